package dev.athanor.tokenizer;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Tokenizers on disk, in the published Hugging Face layout: `tokenizer.json` and `tokenizer_config.json` in a model's
/// folder.
public final class Tokenizers {
  public static final String FILE = "tokenizer.json";
  public static final String CONFIG_FILE = "tokenizer_config.json";
  private static final String TEMPLATE_FILE = "chat_template.jinja";

  /// What published models call the end of a document, for folders without a configuration that says it.
  private static final List<String> USUAL_ENDS = List.of("<|endoftext|>", "<|end_of_text|>", "</s>");

  private Tokenizers() {}

  /// Reads a folder's tokenizer. A `chat_template.jinja` beside it goes before the configuration's template.
  ///
  /// @throws UserException when a file is missing, damaged or holds a component that is not supported; names it
  public static BpeTokenizer load(Path dir) {
    Path file = dir.resolve(FILE);
    BpeModel model = new TokenizerJsonReader(file).read();
    Map<String, JsonNode> keys = new LinkedHashMap<>();
    Path configFile = dir.resolve(CONFIG_FILE);
    if (Files.exists(configFile)) {
      Json.readFile(configFile).properties().forEach(e -> keys.put(e.getKey(), e.getValue()));
    }
    TokenizerConfig config = new TokenizerConfig(eosToken(keys, model, configFile), keys);
    Path template = dir.resolve(TEMPLATE_FILE);
    if (Files.exists(template)) {
      config = config.withChatTemplate(text(template));
    }
    try {
      return new BpeTokenizer(model, config);
    } catch (IllegalArgumentException e) {
      throw new UserException(file + ": " + e.getMessage(), e);
    }
  }

  /// Writes `tokenizer.json` and `tokenizer_config.json`; equal tokenizers give equal bytes.
  public static void save(BpeTokenizer tokenizer, Path dir) {
    AtomicFile.writeString(dir.resolve(FILE), Json.pretty(new TokenizerJsonWriter(tokenizer).json()));
    AtomicFile.writeString(dir.resolve(CONFIG_FILE), Json.pretty(tokenizer.config().json()));
  }

  private static String eosToken(Map<String, JsonNode> keys, BpeModel model, Path configFile) {
    JsonNode eos = keys.get("eos_token");
    if (eos != null && !eos.isNull()) {
      return TokenizerConfig.tokenName(eos)
          .orElseThrow(() -> new UserException(configFile + ": eos_token is neither a name nor an object with a content"));
    }
    return USUAL_ENDS.stream()
        .filter(name -> model.addedTokens().stream().anyMatch(t -> t.content().equals(name)))
        .findFirst()
        .orElseThrow(() -> new UserException(configFile + ": eos_token is missing; name the token that ends a document"));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UserException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
