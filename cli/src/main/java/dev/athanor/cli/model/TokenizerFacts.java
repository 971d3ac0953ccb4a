package dev.athanor.cli.model;

import dev.athanor.base.Json;
import dev.athanor.model.gguf.GgufArray;
import dev.athanor.model.gguf.GgufFile;
import dev.athanor.model.gguf.GgufModel;
import dev.athanor.tokenizer.Tokenizers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What a folder's tokenizer is, as its files say: also one that Athanor cannot read.
///
/// @param kind "BPE", "Unigram", "WordPiece"; the name of the file where that is no `tokenizer.json`
/// @param tokens one more than the highest id; 0 where the file does not say
/// @param merges of a BPE
/// @param added tokens beside the vocabulary, special ones among them
/// @param end the name of the token that ends a document
public record TokenizerFacts(String kind, int tokens, int merges, int added, Optional<String> end, boolean chatTemplate) {
  /// Tokenizers that only other tools read.
  private static final List<String> OTHERS = List.of("tokenizer.model", "spiece.model", "vocab.txt", "vocab.json");

  // llama_token_type
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;

  /// Empty where the folder holds none.
  static Optional<TokenizerFacts> of(Path folder) {
    Path file = folder.resolve(Tokenizers.FILE);
    if (Files.exists(file)) {
      return Optional.of(read(folder, Json.readFile(file)));
    }
    return OTHERS.stream()
        .filter(name -> Files.exists(folder.resolve(name)))
        .findFirst()
        .map(name -> new TokenizerFacts(name, 0, 0, 0, Optional.empty(), false));
  }

  /// Of a GGUF file, whose tokenizer lies in its metadata. Empty where it holds none.
  static Optional<TokenizerFacts> of(GgufModel model) {
    if (!model.hasTokenizer()) {
      return Optional.empty();
    }
    GgufFile file = model.file();
    String kind = file.text("tokenizer.ggml.model").orElse("");
    List<String> tokens = file.array("tokenizer.ggml.tokens").map(GgufArray::texts).orElse(List.of());
    long[] types = file.array("tokenizer.ggml.token_type").map(GgufArray::integers).orElse(new long[0]);
    Optional<String> end =
        file.integer("tokenizer.ggml.eos_token_id").stream()
            .filter(id -> id >= 0 && id < tokens.size())
            .mapToObj(id -> tokens.get((int) id))
            .findFirst();
    return Optional.of(
        new TokenizerFacts(
            kind.equals("gpt2") ? "BPE" : kind,
            tokens.size(),
            file.array("tokenizer.ggml.merges").map(GgufArray::size).orElse(0),
            (int) Arrays.stream(types).filter(type -> type == CONTROL || type == USER_DEFINED).count(),
            end,
            file.text("tokenizer.chat_template").isPresent()));
  }

  private static TokenizerFacts read(Path folder, JsonNode json) {
    JsonNode model = json.path("model");
    JsonNode added = json.path("added_tokens");
    int highest = model.path("vocab").isArray() ? model.path("vocab").size() - 1 : -1;
    for (var entry : model.path("vocab").properties()) {
      highest = Math.max(highest, entry.getValue().asInt(-1));
    }
    for (JsonNode token : added) {
      highest = Math.max(highest, token.path("id").asInt(-1));
    }
    Path configFile = folder.resolve(Tokenizers.CONFIG_FILE);
    JsonNode config = Files.exists(configFile) ? Json.readFile(configFile) : Json.MAPPER.createObjectNode();
    JsonNode end = config.path("eos_token").isObject() ? config.path("eos_token").path("content") : config.path("eos_token");
    return new TokenizerFacts(
        model.path("type").asString("of an unnamed kind"),
        highest + 1,
        model.path("merges").size(),
        added.size(),
        Optional.ofNullable(end.isString() ? end.asString() : null),
        config.has("chat_template") || Files.exists(folder.resolve("chat_template.jinja")));
  }
}
