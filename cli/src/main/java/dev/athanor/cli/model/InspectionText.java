package dev.athanor.cli.model;

import dev.athanor.cli.model.Inspection.Checksums;
import dev.athanor.cli.model.Inspection.Model;
import dev.athanor.cli.model.Inspection.Stored;
import dev.athanor.cli.model.Inspection.Tensor;
import dev.athanor.model.Footprint;
import dev.athanor.model.ModelPart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// An [Inspection] in lines for people.
public final class InspectionText {
  private static final int LABEL = 26;

  private final List<String> lines = new ArrayList<>();

  private InspectionText() {}

  /// @param withTensors a line for each tensor at the end
  public static List<String> of(Inspection inspection, boolean withTensors) {
    InspectionText text = new InspectionText();
    text.lines.add(inspection.path() + ": " + headline(inspection));
    inspection.model().ifPresent(text::model);
    text.stored(inspection.stored());
    inspection.model().ifPresent(text::memory);
    inspection.tokenizer().ifPresentOrElse(text::tokenizer, () -> text.noTokenizer(inspection));
    inspection.checksums().ifPresent(text::checksums);
    if (withTensors) {
      text.heading("tensors: stored name, ours, shape, type");
      inspection.tensors().forEach(text::tensor);
    }
    return text.lines;
  }

  private static String headline(Inspection inspection) {
    if (inspection.model().isPresent()) {
      Model model = inspection.model().get();
      String active =
          model.activeParameters() == model.parameters()
              ? ""
              : ", of which a token meets " + Amounts.count(model.activeParameters());
      return "%s, %s, %s parameters%s"
          .formatted(model.kind(), model.family(), Amounts.count(model.parameters()), active);
    }
    long numbers = inspection.stored().numbers().values().stream().mapToLong(Long::longValue).sum();
    return "tensors alone, %s numbers; inspect the folder with its config.json to see what they are of"
        .formatted(Amounts.count(numbers));
  }

  private void model(Model model) {
    heading("architecture (" + model.architecture() + ")");
    SpecLines.of(model.spec()).forEach(line -> add(line.label(), line.text()));
    heading("parameters");
    model.parts().forEach((label, parameters) -> part(label, parameters, model.parameters()));
    add("total", Amounts.exact(model.parameters()));
    if (model.activeParameters() != model.parameters()) {
      add("active", Amounts.exact(model.activeParameters()) + " that a token meets");
    }
  }

  private void part(String label, ModelPart.Parameters parameters, long all) {
    String share = String.format(Locale.ROOT, "%5.1f %%", 100.0 * parameters.total() / all);
    String active =
        parameters.active() == parameters.total() ? "" : ", active " + Amounts.exact(parameters.active());
    add(label, share + "  " + Amounts.exact(parameters.total()) + active);
  }

  private void stored(Stored stored) {
    heading("on disk");
    String types =
        stored.numbers().entrySet().stream()
            .map(entry -> stored.numbers().size() == 1 ? entry.getKey() : entry.getKey() + " " + Amounts.count(entry.getValue()))
            .collect(Collectors.joining(", "));
    add(
        "weights",
        "%s, %s in %s, %s"
            .formatted(types, Amounts.bytes(stored.bytes()), plural(stored.files(), "file"), plural(stored.tensors(), "tensor")));
  }

  private void memory(Model model) {
    heading("in memory");
    add(
        "weights",
        model.memory().entrySet().stream()
            .map(entry -> entry.getKey() + " " + Amounts.bytes(entry.getValue()))
            .collect(Collectors.joining(", ")));
    model.cache().ifPresent(cache -> cache(cache, model.spec().contextLength()));
  }

  private void cache(Footprint.Cache cache, int context) {
    List<String> parts = new ArrayList<>();
    if (cache.perToken() > 0) {
      parts.add(both(cache.perToken()) + " a token");
    }
    if (cache.perSourceToken() > 0) {
      parts.add(both(cache.perSourceToken()) + " a token of the source");
    }
    if (cache.fixed() > 0) {
      parts.add(both(cache.fixed()) + " of states");
    }
    if (cache.perToken() > 0) {
      parts.add(both(cache.atFullContext()) + " at " + Amounts.exact(context) + " tokens");
    }
    add("a sequence (f32 | bf16)", String.join(", ", parts));
  }

  private static String both(long numbers) {
    return Amounts.bytes(4 * numbers) + " | " + Amounts.bytes(2 * numbers);
  }

  private void tokenizer(TokenizerFacts facts) {
    heading("beside them");
    if (facts.tokens() == 0) {
      add("tokenizer", facts.kind() + ", which Athanor does not read");
      return;
    }
    add(
        "tokenizer",
        "%s, %s tokens%s, %s added, %s, %s"
            .formatted(
                facts.kind(),
                Amounts.exact(facts.tokens()),
                facts.merges() > 0 ? ", " + Amounts.exact(facts.merges()) + " merges" : "",
                facts.added(),
                facts.end().map(end -> "ends with " + end).orElse("no end named"),
                facts.chatTemplate() ? "with a chat template" : "no chat template"));
  }

  private void noTokenizer(Inspection inspection) {
    switch (inspection.format()) {
      case FOLDER, GGUF -> {
        heading("beside them");
        add("tokenizer", "none");
      }
      case SAFETENSORS -> {}
    }
  }

  private void checksums(Checksums checksums) {
    add(
        "checksums",
        switch (checksums) {
          case NONE -> "none (no checksums.json)";
          case PRESENT -> "in checksums.json, not compared; --verify does";
          case VERIFIED -> "in checksums.json, and all files are as it says";
        });
  }

  private void tensor(Tensor tensor) {
    String ours = tensor.ours().isEmpty() ? "-" : String.join(" + ", tensor.ours());
    lines.add("  " + String.join("  ", tensor.name(), ours.equals(tensor.name()) ? "=" : ours, shape(tensor), tensor.dtype()));
  }

  private static String shape(Tensor tensor) {
    return Arrays.stream(tensor.shape()).mapToObj(String::valueOf).collect(Collectors.joining("×", "[", "]"));
  }

  private static String plural(int count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  private void heading(String text) {
    lines.add("");
    lines.add(text);
  }

  private void add(String label, String text) {
    lines.add("  " + label + " ".repeat(Math.max(1, LABEL - label.length())) + text);
  }
}
