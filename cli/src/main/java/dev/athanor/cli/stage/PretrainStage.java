package dev.athanor.cli.stage;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.base.run.Artifact;
import dev.athanor.base.run.Stage;
import dev.athanor.base.run.StageContext;
import dev.athanor.cli.model.Amounts;
import dev.athanor.data.TokenFile;
import dev.athanor.model.ModelSpec;
import dev.athanor.nn.Parameters;
import dev.athanor.tensor.Gemm;
import dev.athanor.tensor.LibTorch;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.Tokenizers;
import dev.athanor.train.BatchSource;
import dev.athanor.train.BudgetPlanner;
import dev.athanor.train.Checkpoints;
import dev.athanor.train.MultiTokenPrediction;
import dev.athanor.train.Regularisation;
import dev.athanor.train.Schedule;
import dev.athanor.train.TrainPlan;
import dev.athanor.train.Trainer;
import dev.athanor.train.TrainingLog;
import dev.athanor.train.optim.Adam;
import dev.athanor.train.optim.AdamW;
import dev.athanor.train.optim.Muon;
import dev.athanor.train.optim.OptimizerSettings;
import dev.athanor.train.optim.RowAdagrad;
import dev.athanor.train.optim.Sgd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Token files, or training shards, → a base model, by the recipe's objective.
///
/// @param shards null where the train split's token file is trained on
public record PretrainStage(Recipe.Pretrain recipe, long seed, @Nullable Path shards) implements Stage {
  static final String NAME = "pretrain";
  static final String MODEL = "model";
  static final String SUMMARY = "summary";
  private static final String PLAN = "plan.json";
  private static final int MICRO_BATCHES = 2;
  private static final int VALIDATIONS = 12;
  private static final int VALIDATION_TOKENS = 60_000;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public Object configuration() {
    return Map.of("pretrain", Recipes.toTree(recipe), "seed", seed);
  }

  @Override
  public List<String> inputs() {
    return List.of(TokenizerStage.NAME);
  }

  /// What was decided before the first step, once; a resumed run reads it instead of measuring again.
  ///
  /// @param replicas and `threadsEach` decide the order of additions, and so the last bits
  /// @param reason for people
  record Plan(
      Recipe.Model model,
      long steps,
      long tokens,
      int replicas,
      int threadsEach,
      double peakGflops,
      String blas,
      String reason) {}

  /// What the report tells of the training.
  ///
  /// @param seconds with validation and checkpoints
  /// @param tokensPerSecond over the whole of it
  /// @param mfu of the steps, without validation and checkpoints
  /// @param memory null in artifacts of before it was measured
  record Summary(
      Plan plan,
      String model,
      long parameters,
      long tokens,
      double seconds,
      double tokensPerSecond,
      double mfu,
      @Nullable Memory memory,
      TrainingLog log) {}

  /// In bytes, beside the program itself.
  ///
  /// @param measured how much the process grew, garbage included; null where the system does not tell
  record Memory(long predicted, @Nullable Long measured) {}

  @Override
  public void run(StageContext context) throws IOException, InterruptedException {
    Path input = context.input(TokenizerStage.NAME);
    BpeTokenizer tokenizer = Tokenizers.load(input.resolve(TokenizerStage.FOLDER));
    Artifact tokens = context.artifact(TokenizerStage.NAME);
    try (TrainingText train = TrainingText.open(shards, input, tokenizer);
        TokenFile validation = TokenFile.open(input.resolve(TokenizerStage.VALIDATION))) {
      PretrainData data = new PretrainData(recipe, tokenizer, rowsPerMicroBatch(), seed);
      BatchSource source = train.with(data);
      Plan plan = plan(context, source, tokenizer);
      ModelSpec spec = spec(plan.model(), tokenizer);
      context.progress().say("pretrain: " + Describe.model(spec) + ", " + plan.tokens() + " tokens: " + plan.reason());
      Trainer.Settings settings =
          new Trainer.Settings(
              NAME,
              Math.max(1, plan.steps() / VALIDATIONS),
              tokens.digest() + seed,
              plan.peakGflops(),
              recipe.contextLength());
      TrainPlan training = training(plan.steps(), plan.replicas(), plan.threadsEach());
      long predicted = training.memory(spec, rowsPerMicroBatch(), recipe.contextLength()).bytes();
      context.progress().say("pretrain: training will take " + Amounts.bytes(predicted) + " of memory beside the program");
      ProcessMemory memory = ProcessMemory.begin();
      try (Parameters parameters = Parameters.initialise(spec, seed);
          Trainer trainer = new Trainer(spec, parameters, training, settings)) {
        Trainer.Result result =
            trainer.train(
                source,
                data.fixed(validation, VALIDATION_TOKENS),
                new Checkpoints(context.checkpoints(), context.progress()::say),
                context.progress());
        OptionalLong added = memory.added();
        added.ifPresent(
            bytes ->
                context
                    .progress()
                    .say("pretrain: memory grew by at most " + Amounts.bytes(bytes) + ", the Java heap's garbage included; predicted were " + Amounts.bytes(predicted)));
        SavedModel.write(context.output().resolve(MODEL), spec, data.special(), parameters, tokenizer);
        context.metric(
            SUMMARY,
            new Summary(
                plan,
                Describe.model(spec),
                spec.parameters(),
                result.tokens(),
                result.seconds(),
                result.tokens() / result.seconds(),
                trainer.mfu(result.tokens() / result.stepSeconds()),
                new Memory(predicted, added.isPresent() ? added.getAsLong() : null),
                result.log()));
      }
    }
  }

  /// A fixed cut of the batch, whatever the machine, so that the same micro-batches are added everywhere.
  private int microBatches() {
    return Math.max(1, Math.min(MICRO_BATCHES, recipe.batchTokens() / recipe.contextLength()));
  }

  private int rowsPerMicroBatch() {
    return Math.max(1, recipe.batchTokens() / recipe.contextLength() / microBatches());
  }

  private Plan plan(StageContext context, BatchSource source, BpeTokenizer tokenizer) throws IOException, InterruptedException {
    Path recorded = context.checkpoints().resolve(PLAN);
    if (Files.exists(recorded)) {
      return Json.readFile(recorded, Plan.class);
    }
    double peak = Gemm.peakGflops(Runtime.getRuntime().availableProcessors());
    Plan plan;
    if (recipe.budget() == null) {
      long tokens = recipe.tokens() == null ? 0 : recipe.tokens();
      Recipe.Model model = recipe.model() == null ? Sizes.DEFAULT : recipe.model();
      plan = planned(model, source, tokens, peak, "size and tokens as the recipe states them");
    } else {
      plan = measured(context, source, tokenizer, recipe.budget().toMillis() / 1000.0, peak);
    }
    AtomicFile.writeString(recorded, Json.pretty(plan));
    return plan;
  }

  private Plan measured(StageContext context, BatchSource source, BpeTokenizer tokenizer, double budget, double peak)
      throws IOException, InterruptedException {
    List<Recipe.Model> models = recipe.model() == null ? Sizes.LADDER : List.of(recipe.model());
    List<ModelSpec> specs = models.stream().map(model -> spec(model, tokenizer)).toList();
    Path scratch = Files.createTempDirectory(context.checkpoints(), "measure");
    try {
      BudgetPlanner.Choice choice =
          BudgetPlanner.choose(
              specs, training(1, replicas(), threadsEach()), source, budget, scratch, context.progress());
      return planned(models.get(specs.indexOf(choice.spec())), source, choice.tokens(), peak, choice.reason());
    } finally {
      DeleteFolder.at(scratch);
    }
  }

  private ModelSpec spec(Recipe.Model model, BpeTokenizer tokenizer) {
    if (recipe.architecture().decodesAlone()) {
      return Sizes.spec(model, tokenizer.vocabSize(), recipe.contextLength())
          .with(
              Optional.ofNullable(recipe.ngrams()).map(Recipe.Ngrams::embedding),
              Optional.ofNullable(recipe.induction()).map(Recipe.Induction::embedding));
    }
    int start = PretrainData.decoderStart(recipe.architecture(), tokenizer);
    return Sizes.spec(recipe.architecture(), model, tokenizer.vocabSize(), recipe.contextLength(), start);
  }

  /// Steps as long as the first one; of objectives that add tokens of their own, others differ a little.
  private Plan planned(Recipe.Model model, BatchSource source, long tokens, double peak, String reason) {
    long perStep = 0;
    for (int m = 0; m < microBatches(); m++) {
      perStep += source.microBatch(m).batch().read();
    }
    long steps = Math.max(1, tokens / perStep);
    return new Plan(model, steps, steps * perStep, replicas(), threadsEach(), peak, LibTorch.blas(), reason);
  }

  private TrainPlan training(long steps, int replicas, int threadsEach) {
    return new TrainPlan(
            steps, microBatches(), replicas, threadsEach, schedule(), optimizer(), muon(), recipe.clip())
        .with(new RowAdagrad.Settings(recipe.ngramLearningRate()))
        .with(new Regularisation(recipe.dropout(), recipe.labelSmoothing(), recipe.zLoss()))
        .with(recipe.precision())
        .withMultiToken(
            recipe.multiTokenPrediction() == 0
                ? Optional.empty()
                : Optional.of(new MultiTokenPrediction(recipe.multiTokenPrediction(), recipe.multiTokenWeight())))
        .withCheckpointing(recipe.activationCheckpointing())
        .withPatience(recipe.patience() == null ? OptionalInt.empty() : OptionalInt.of(recipe.patience()));
  }

  private Schedule schedule() {
    return switch (recipe.schedule()) {
      case WSD -> new Schedule.Wsd(recipe.warmup(), recipe.decay());
      case COSINE -> new Schedule.Cosine(recipe.warmup(), 0);
      case LINEAR -> new Schedule.Linear(recipe.warmup(), 0);
      case CONSTANT -> new Schedule.Constant(recipe.warmup());
    };
  }

  private OptimizerSettings optimizer() {
    return switch (recipe.optimizer()) {
      case MUON, ADAMW -> new AdamW.Settings(recipe.adamwLearningRate(), 0.9, 0.95, 1e-8, recipe.weightDecay());
      case ADAM -> new Adam.Settings(recipe.adamwLearningRate(), 0.9, 0.95, 1e-8, recipe.weightDecay());
      case SGD -> new Sgd.Settings(recipe.sgdLearningRate(), recipe.momentum(), false, recipe.weightDecay());
    };
  }

  private Optional<Muon.Settings> muon() {
    return switch (recipe.optimizer()) {
      case MUON -> Optional.of(new Muon.Settings(recipe.muonLearningRate(), 0.95, recipe.weightDecay()));
      case ADAMW, ADAM, SGD -> Optional.empty();
    };
  }

  private int replicas() {
    return Math.min(microBatches(), recipe.replicas() > 0 ? recipe.replicas() : Runtime.getRuntime().availableProcessors());
  }

  private int threadsEach() {
    return Math.max(1, Runtime.getRuntime().availableProcessors() / replicas());
  }
}
