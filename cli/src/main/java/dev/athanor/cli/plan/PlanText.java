package dev.athanor.cli.plan;

import dev.athanor.cli.model.Amounts;
import dev.athanor.model.memory.InferenceRun;
import dev.athanor.model.memory.MemorySum;
import dev.athanor.model.memory.TrainingRun;
import dev.athanor.model.memory.UpdateRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// A [Plan] in lines for people.
public final class PlanText {
  private static final int LABEL = 18;
  private static final int BYTES = 11;

  private final Plan plan;
  private final List<String> lines = new ArrayList<>();

  private PlanText(Plan plan) {
    this.plan = plan;
  }

  public static List<String> of(Plan plan) {
    PlanText text = new PlanText(plan);
    text.lines.add(
        "%s: %s, %s parameters, on %s with %s"
            .formatted(
                plan.model().name(),
                plan.model().kind(),
                Amounts.count(plan.model().parameters()),
                plan.device().name(),
                Amounts.bytes(plan.device().bytes())));
    plan.inference().ifPresent(text::serving);
    plan.training().ifPresent(text::training);
    return text.lines;
  }

  private void serving(Plan.Answer<InferenceRun> answer) {
    heading("to serve: " + told(answer.wanted()));
    parts(answer.parts(), answer.bytes());
    verdict(answer.fits(), answer.bytes());
    answer.nearest().ifPresent(nearest -> lines.add("  nearest that fits: " + told(nearest.run()) + ", " + Amounts.bytes(nearest.bytes())));
    if (!answer.fits() && answer.nearest().isEmpty()) {
      lines.add("  nothing near it fits, down to int4 weights, int8 keys and values and one short sequence");
    }
    most("  context that fits, by sequences at a time: ", answer.most(), answer.nearest().isPresent(), " × ");
  }

  private void training(Plan.Answer<TrainingRun> answer) {
    heading("to train: " + told(answer.wanted()));
    parts(answer.parts(), answer.bytes());
    verdict(answer.fits(), answer.bytes());
    answer.nearest().ifPresent(nearest -> lines.add("  nearest that fits: " + told(nearest.run()) + ", " + Amounts.bytes(nearest.bytes())));
    if (!answer.fits() && answer.nearest().isEmpty()) {
      lines.add("  nothing near it fits, down to QLoRA over int4 weights, one sequence of 512 tokens at a time");
    }
    most("  sequences of a micro-batch that fit, by length: ", answer.most(), answer.nearest().isPresent(), ": ");
    folklore(answer.wanted());
  }

  /// "Seven billion parameters need 42 GB" counts weights and gradients in 16 bits and one state; what is updated by AdamW is more.
  private void folklore(TrainingRun run) {
    if (run.adapters().isEmpty() && run.rule() == UpdateRule.ADAMW && run.zeroStage() == 0) {
      long parameters = plan.model().parameters();
      lines.add(
          "  AdamW over all parameters is 16 bytes each before any activation, in mixed precision too (a weight, its gradient and two means in f32,");
      lines.add(
          "  or 2 + 2 + 12): %s here. The 6 bytes that some tables count (%s) leave out the means and the f32 weights."
              .formatted(Amounts.bytes(16 * parameters), Amounts.bytes(6 * parameters)));
    }
  }

  private void parts(List<MemorySum.Part> parts, long all) {
    for (MemorySum.Part part : parts) {
      row(part.label(), part.bytes(), part.note());
    }
    row("the program", plan.device().program(), plan.device().host() ? "JVM and libraries" : "driver and libraries, assumed");
    row("sum", all, "");
  }

  private void row(String label, long bytes, String note) {
    String amount = Amounts.bytes(bytes);
    String line = "  " + label + " ".repeat(LABEL - label.length()) + " ".repeat(Math.max(0, BYTES - amount.length())) + amount;
    lines.add(note.isEmpty() ? line : line + "  " + note);
  }

  private void verdict(boolean fits, long bytes) {
    long room = plan.device().bytes();
    lines.add(
        fits
            ? "  fits: %s of %s are left".formatted(Amounts.bytes(room - bytes), Amounts.bytes(room))
            : "  does not fit: %s more than there are".formatted(Amounts.bytes(bytes - room)));
  }

  private void most(String what, Map<Integer, Integer> most, boolean ofNearest, String between) {
    if (most.isEmpty()) {
      return;
    }
    String all =
        most.entrySet().stream()
            .map(entry -> Amounts.exact(entry.getKey()) + between + Amounts.exact(entry.getValue()))
            .collect(Collectors.joining(", "));
    lines.add(what + all + (ofNearest ? " (as the nearest)" : ""));
  }

  private static String told(InferenceRun run) {
    return String.format(
        Locale.ROOT, "%s weights, %s keys and values, %,d × %,d tokens",
        run.weights().label(), run.cache().label(), run.sequences(), run.context());
  }

  private static String told(TrainingRun run) {
    List<String> told = new ArrayList<>();
    told.add(
        run.adapters()
            .map(adapters -> "LoRA of rank %d on %s over %s weights".formatted(adapters.rank(), adapters.targets().label(), adapters.base().label()))
            .orElse("all weights"));
    told.add(run.rule().label());
    told.add(run.half() ? "products in 16 bits" : "f32");
    told.add(String.format(Locale.ROOT, "%,d × %,d tokens", run.sequences(), run.length()));
    if (run.microBatches() > 1) {
      told.add(run.microBatches() + " micro-batches a step");
    }
    if (run.replicas() > 1) {
      told.add(run.replicas() + " replicas");
    }
    if (run.checkpointing()) {
      told.add("activation checkpointing");
    }
    if (run.devices() > 1) {
      told.add(run.devices() + " devices" + (run.zeroStage() > 0 ? ", ZeRO-" + run.zeroStage() : ""));
    }
    return String.join(", ", told);
  }

  private void heading(String text) {
    lines.add("");
    lines.add(text);
  }
}
