package dev.athanor.tokenizer;

import dev.athanor.base.UserException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What the trainers over characters share.
///
/// @param vocabSize ids in all: the unknown token, the bytes where they stand in, the pieces and the special tokens
/// @param specialTokens the first ends a document; with `<|im_start|>` and `<|im_end|>` the tokenizer speaks ChatML
/// @param coverage the share of the corpus' characters, counted each time, that the most frequent ones must make up; those are a
///     piece each, the others are unknown or bytes
/// @param alphabet characters that are a piece each in any case
/// @param byteFallback a character without a piece becomes its UTF-8 bytes, a token each, and not the unknown token
public record WordOptions(
    int vocabSize,
    List<String> specialTokens,
    WordRules rules,
    double coverage,
    String alphabet,
    boolean byteFallback,
    int threads) {
  /// The unknown token: id 0.
  public static final String UNKNOWN = "<unk>";

  public WordOptions {
    specialTokens = List.copyOf(specialTokens);
    if (specialTokens.isEmpty() || specialTokens.contains("") || new HashSet<>(specialTokens).size() < specialTokens.size()) {
      throw new UserException(
          "special tokens: at least one, each with a name of its own; the first ends a document: " + specialTokens);
    }
    if (specialTokens.contains(UNKNOWN)) {
      throw new UserException(UNKNOWN + " is there in any case; it is no special token to be named");
    }
    specialTokens.stream().filter(name -> name.codePointCount(0, name.length()) < 2).findFirst().ifPresent(
        name -> {
          throw new UserException("special token '" + name + "': a single character may be a piece; name it with two at least");
        });
    if (!(coverage > 0 && coverage <= 1)) {
      throw new UserException("character coverage is a share above 0 and up to 1, such as 0.9995, not " + coverage);
    }
    if (threads < 1) {
      throw new UserException("threads must be at least 1, not " + threads);
    }
    alphabet.codePoints().filter(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE).findFirst().ifPresent(
        c -> {
          throw new UserException(String.format("the alphabet holds U+%04X, half of a character", c));
        });
    int least = 2 + specialTokens.size() + (byteFallback ? 256 : 0);
    if (vocabSize < least) {
      throw new UserException(
          "vocabulary size " + vocabSize + " is too small; " + UNKNOWN + (byteFallback ? ", 256 bytes" : "")
              + ", one piece and the special tokens need at least " + least);
    }
  }

  /// Ids before the first piece.
  public int before() {
    return byteFallback ? 257 : 1;
  }

  /// Ids that are left for pieces, single characters among them.
  public int pieces() {
    return vocabSize - before() - specialTokens.size();
  }

  /// Names that no piece may have.
  public Set<String> reserved() {
    Set<String> names = new HashSet<>(specialTokens);
    names.add(UNKNOWN);
    for (int b = 0; b < 256; b++) {
      names.add(byteName(b));
    }
    return names;
  }

  /// How tokenizer.json names the token of a byte.
  public static String byteName(int unsignedByte) {
    return String.format("<0x%02X>", unsignedByte);
  }
}
