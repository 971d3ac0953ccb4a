package dev.athanor.train.objective;

import dev.athanor.base.UserException;
import dev.athanor.tokenizer.Tokenizer;
import java.util.List;
import java.util.OptionalInt;

/// The tokens before the parts of a document whose middle is to be filled in.
public record MiddleTokens(int prefix, int suffix, int middle) {
  /// The names that Qwen's tokenizers give them, and ours: prefix, suffix, middle.
  public static final List<String> QWEN = List.of("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>");

  private static final List<List<String>> NAMES = List.of(QWEN, List.of("<fim_prefix>", "<fim_suffix>", "<fim_middle>"));

  public MiddleTokens {
    if (prefix == suffix || suffix == middle || prefix == middle) {
      throw new IllegalArgumentException("three different tokens, not " + prefix + ", " + suffix + " and " + middle);
    }
  }

  /// By the names that Qwen's and StarCoder's tokenizers give them.
  ///
  /// @throws UserException where the tokenizer has neither
  public static MiddleTokens of(Tokenizer tokenizer) {
    for (List<String> names : NAMES) {
      OptionalInt prefix = tokenizer.id(names.get(0));
      OptionalInt suffix = tokenizer.id(names.get(1));
      OptionalInt middle = tokenizer.id(names.get(2));
      if (prefix.isPresent() && suffix.isPresent() && middle.isPresent()) {
        return new MiddleTokens(prefix.getAsInt(), suffix.getAsInt(), middle.getAsInt());
      }
    }
    throw new UserException(
        "the tokenizer has no tokens for filling in the middle; train it with the special tokens "
            + String.join(", ", NAMES.getFirst()));
  }
}
