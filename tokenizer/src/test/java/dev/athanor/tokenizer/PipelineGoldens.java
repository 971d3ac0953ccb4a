package dev.athanor.tokenizer;

import dev.athanor.base.Json;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Small tokenizers of every published kind with what Hugging Face's `tokenizers` does, made by bench/peers/golden_tokenizers.py.
final class PipelineGoldens {
  static final List<String> KINDS =
      List.of(
          "bert-uncased", "bert-cased", "roberta", "roberta-prefix", "llama-prepend", "llama-first", "xlmr", "t5",
          "unigram-bytes", "clip", "openai-gpt", "word-level", "neox", "deepseek", "digits", "scripts", "added", "continuing",
          "splits", "bytes-normalized", "ctc");

  private PipelineGoldens() {}

  static Stream<String> kinds() {
    return KINDS.stream();
  }

  static JsonNode read(String kind) {
    try {
      return Json.readFile(
          Path.of(Objects.requireNonNull(PipelineGoldens.class.getResource("/golden/pipeline/" + kind + ".json"), kind).toURI()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<String> texts() {
    return read("texts").path("texts").valueStream().map(JsonNode::stringValue).toList();
  }

  static ObjectNode json(String kind) {
    return (ObjectNode) read(kind).path("tokenizer");
  }

  static Tokenizer open(String kind) {
    return Tokenizers.of(json(kind), config(), kind);
  }

  /// The same by the general pipeline, where the file would be read by the faster kind.
  static PipelineTokenizer pipeline(String kind) {
    return new PipelineTokenizer(json(kind), new TokenizerConfig("", Map.of()), kind);
  }

  static ObjectNode config() {
    return Json.MAPPER.createObjectNode();
  }

  static int[] ints(JsonNode array) {
    return array.valueStream().mapToInt(JsonNode::intValue).toArray();
  }

  /// From indices of code points to those of UTF-16 code units.
  static int[] units(String text, int[] codePoints) {
    int[] units = new int[text.length() + 1];
    int n = 0;
    for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
      units[n++] = at;
    }
    units[n] = text.length();
    return IntStream.of(codePoints).map(at -> units[at]).toArray();
  }
}
