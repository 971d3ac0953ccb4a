package dev.athanor.cli.model;

import dev.athanor.base.UserException;
import dev.athanor.model.SpecialTokens;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/// A folder's tokenizer, to be carried into a new model's.
///
/// @param tokens ids that it knows
/// @param special the ends of a text and of a turn, both of which end a generation
public record TokenizerFiles(Path folder, int tokens, SpecialTokens special) {
  private static final List<String> FILES =
      List.of(
          Tokenizers.FILE,
          Tokenizers.MODEL_FILE,
          Tokenizers.CONFIG_FILE,
          "chat_template.jinja",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "merges.txt");

  /// @throws UserException when the folder holds none that Athanor reads
  public static TokenizerFiles of(Path folder) {
    if (!Tokenizers.isIn(folder)) {
      throw new UserException(
          "no tokenizer in %s: it holds neither %s nor %s".formatted(folder, Tokenizers.FILE, Tokenizers.MODEL_FILE));
    }
    Tokenizer tokenizer = Tokenizers.open(folder);
    int[] ends =
        IntStream.concat(
                IntStream.of(tokenizer.endOfText()), IntStream.of(tokenizer.chatTemplate().stopIds()))
            .distinct()
            .toArray();
    return new TokenizerFiles(folder, tokenizer.vocabSize(), SpecialTokens.endingWith(ends));
  }

  /// Copies the files that are there.
  public void copyTo(Path target) throws IOException {
    for (String file : FILES) {
      if (Files.exists(folder.resolve(file))) {
        Files.copy(folder.resolve(file), target.resolve(file));
      }
    }
  }
}
