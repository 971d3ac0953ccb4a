package dev.athanor.tokenizer;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import java.nio.file.Path;
import tools.jackson.databind.node.ObjectNode;

/// A tokenizer as the files that Hugging Face's libraries read.
///
/// @param tokenizer the content of `tokenizer.json`
/// @param config the content of `tokenizer_config.json`
public record PublishedTokenizer(ObjectNode tokenizer, ObjectNode config) {
  /// Equal tokenizers give equal bytes.
  public void save(Path dir) {
    AtomicFile.writeString(dir.resolve(Tokenizers.FILE), Json.pretty(tokenizer));
    AtomicFile.writeString(dir.resolve(Tokenizers.CONFIG_FILE), Json.pretty(config));
  }

  /// As it would be read from its files.
  public Tokenizer open() {
    return Tokenizers.of(tokenizer, config, Tokenizers.FILE);
  }

  /// Ids in all.
  public int vocabSize() {
    int model = tokenizer.path("model").path("vocab").size();
    return model + (int) tokenizer.path("added_tokens").valueStream().filter(token -> token.path("id").intValue() >= model).count();
  }
}
