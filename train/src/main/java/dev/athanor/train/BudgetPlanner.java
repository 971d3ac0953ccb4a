package dev.athanor.train;

import dev.athanor.base.Progress;
import dev.athanor.model.ModelSpec;
import dev.athanor.nn.Parameters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Chooses a model's size and its tokens for a time budget, from the speed that training itself is measured at.
///
/// Candidates grow until the budget no longer feeds the next one: the largest is taken that still sees at least
/// [#TOKENS_PER_PARAMETER] tokens a parameter. That is fewer than the 20 of Hoffmann et al. (https://arxiv.org/abs/2203.15556):
/// their rule minimises the loss for given operations; a budget of minutes on a few cores counts time, which small ops cost too.
public final class BudgetPlanner {
  /// A first setting from short trials with the default recipe, where larger models at equal time were behind; worth a
  /// proper search.
  public static final double TOKENS_PER_PARAMETER = 5;

  /// The share of the budget that goes into steps; the rest is for validation and checkpoints.
  private static final double SHARE_FOR_STEPS = 0.9;

  private static final int MEASURED_STEPS = 14;
  private static final int WARM_UP_STEPS = 4;
  private static final double REMEASURED_SECONDS = 8;
  private static final int MAX_STEPS = 400;

  private BudgetPlanner() {}

  /// What was measured of a candidate.
  ///
  /// @param tokens that the budget would allow
  public record Measured(ModelSpec spec, double tokensPerSecond, long tokens) {
    double tokensPerParameter() {
      return (double) tokens / spec.denseParameters();
    }
  }

  /// @param reason for people
  public record Choice(ModelSpec spec, long tokens, List<Measured> measured, String reason) {}

  /// @param candidates from small to large
  /// @param plan as training will use it; its steps are replaced
  public static Choice choose(
      List<ModelSpec> candidates,
      TrainPlan plan,
      BatchSource source,
      double budgetSeconds,
      Path scratch,
      Progress progress)
      throws InterruptedException {
    List<Measured> measured = new ArrayList<>();
    for (ModelSpec spec : candidates) {
      Measured candidate =
          measure(spec, plan.withSteps(MEASURED_STEPS), source, budgetSeconds, scratch.resolve("size-" + measured.size()));
      measured.add(candidate);
      progress.say(
          String.format(
              Locale.ROOT,
              "plan: hidden %d, %.2f M parameters: %,.0f tokens/s, %.1f M tokens in the budget, %.1f a parameter",
              spec.hiddenSize(),
              spec.denseParameters() / 1e6,
              candidate.tokensPerSecond(),
              candidate.tokens() / 1e6,
              candidate.tokensPerParameter()));
      if (candidate.tokensPerParameter() < TOKENS_PER_PARAMETER) {
        break;
      }
    }
    Measured best =
        measured.stream()
            .filter(candidate -> candidate.tokensPerParameter() >= TOKENS_PER_PARAMETER)
            .reduce((_, larger) -> larger)
            .orElse(measured.getFirst());
    // The first measurements paid for the program's own warming up.
    int steps = (int) Math.clamp(REMEASURED_SECONDS * best.tokensPerSecond() / tokensPerStep(plan, source), MEASURED_STEPS, MAX_STEPS);
    Measured warm = measure(best.spec(), plan.withSteps(steps), source, budgetSeconds, scratch.resolve("chosen"));
    return new Choice(warm.spec(), warm.tokens(), measured, reason(warm, budgetSeconds));
  }

  private static String reason(Measured best, double budgetSeconds) {
    return String.format(
        Locale.ROOT,
        "the largest size that sees at least %.0f tokens a parameter in %.0f s at its measured %,.0f tokens/s",
        TOKENS_PER_PARAMETER,
        budgetSeconds,
        best.tokensPerSecond());
  }

  private static long tokensPerStep(TrainPlan plan, BatchSource source) {
    return (long) source.microBatch(0).batch().read() * plan.microBatches();
  }

  private static Measured measure(
      ModelSpec spec, TrainPlan plan, BatchSource source, double budgetSeconds, Path scratch)
      throws InterruptedException {
    Trainer.Settings settings = new Trainer.Settings("plan", plan.steps(), "plan", 1, spec.contextLength());
    try (Parameters parameters = Parameters.initialise(spec, 0);
        Trainer trainer = new Trainer(spec, parameters, plan, settings)) {
      Trainer.Result result =
          trainer.train(source, List.of(), new Checkpoints(scratch, _ -> {}), Progress.silent());
      double[] speeds =
          result.log().training().stream()
              .skip(WARM_UP_STEPS)
              .mapToDouble(TrainingLog.Step::tokensPerSecond)
              .sorted()
              .toArray();
      double median = speeds[speeds.length / 2]; // shrugs off a hiccup of the machine
      return new Measured(spec, median, (long) (median * budgetSeconds * SHARE_FOR_STEPS));
    }
  }
}
