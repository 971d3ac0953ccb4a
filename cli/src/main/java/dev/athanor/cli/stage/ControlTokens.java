package dev.athanor.cli.stage;

import dev.athanor.tokenizer.BpeTrainer;
import dev.athanor.train.objective.MiddleTokens;
import dev.athanor.train.objective.SpanNoise;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/// The special tokens that a model and its objective need, under the names of the published family.
///
/// @param all the first ends a document
/// @param first those with the lowest ids, in order, where the family's published code counts on it: RoBERTa tells positions by the
///     padding's id 1
/// @param roles what `tokenizer_config.json` says beyond the end, such as `mask_token`; in order
record ControlTokens(List<String> all, List<String> first, SequencedMap<String, String> roles) {
  ControlTokens {
    all = List.copyOf(all);
    first = List.copyOf(first);
  }

  static ControlTokens of(Recipe.Pretrain recipe) {
    return switch (recipe.architecture()) {
      case DECODER -> {
        List<String> names = new ArrayList<>(BpeTrainer.Options.of(1000).specialTokens());
        if (recipe.fillInTheMiddle() != null) {
          names.addAll(MiddleTokens.QWEN);
        }
        yield new ControlTokens(names, List.of(), new LinkedHashMap<>());
      }
      case BERT ->
          of(
              recipe,
              "[SEP]",
              List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
              Map.of("pad_token", "[PAD]", "unk_token", "[UNK]", "cls_token", "[CLS]", "sep_token", "[SEP]", "mask_token", "[MASK]"));
      case ROBERTA, BART -> of(recipe, "</s>", List.of("<s>", "<pad>", "</s>", "<unk>"), CLASSIC);
      case T5 -> of(recipe, "</s>", List.of("<pad>", "</s>", "<unk>"), Map.of("pad_token", "<pad>", "unk_token", "<unk>"));
    };
  }

  private static final Map<String, String> CLASSIC =
      Map.of(
          "bos_token", "<s>", "cls_token", "<s>", "sep_token", "</s>", "pad_token", "<pad>", "unk_token", "<unk>", "mask_token", "<mask>");

  private static ControlTokens of(Recipe.Pretrain recipe, String end, List<String> first, Map<String, String> roles) {
    List<String> all = new ArrayList<>(List.of(end));
    first.stream().filter(name -> !name.equals(end)).forEach(all::add);
    SequencedMap<String, String> sorted = new LinkedHashMap<>();
    roles.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(role -> sorted.put(role.getKey(), role.getValue()));
    boolean both = recipe.architecture() == Recipe.Architecture.T5 || recipe.architecture() == Recipe.Architecture.BART;
    boolean masks = roles.containsKey("mask_token") || (both && !recipe.corruptsSpans());
    if (masks && !first.contains("[MASK]")) {
      all.add("<mask>");
      sorted.put("mask_token", "<mask>");
    }
    if (both && recipe.corruptsSpans()) {
      SpanNoise noise = PretrainData.noise(recipe);
      int spans = noise.counts(noise.rowLength(recipe.contextLength())).spans();
      IntStream.range(0, spans).forEach(i -> all.add("<extra_id_" + i + ">"));
    }
    return new ControlTokens(all, first, sorted);
  }
}
