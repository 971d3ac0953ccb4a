package dev.athanor.tokenizer;

import dev.athanor.base.UserException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The merges of bytes that make one token of every character of an alphabet.
final class AlphabetMerges {
  /// Bytes one char each (Latin-1); the left are those of a beginning of the character.
  record Merge(String left, String right) {}

  private AlphabetMerges() {}

  /// By code point, and of a character the shorter beginning first; a beginning that several share stands once. Characters of one
  /// byte need none.
  ///
  /// @throws UserException where half a surrogate pair stands alone
  static List<Merge> of(String alphabet) {
    List<Merge> merges = new ArrayList<>();
    Set<String> known = new HashSet<>();
    alphabet
        .codePoints()
        .sorted()
        .distinct()
        .forEach(
            codePoint -> {
              if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                throw new UserException(String.format("the alphabet holds U+%04X, half of a character", codePoint));
              }
              String bytes =
                  PieceEncoder.latin1(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
              for (int n = 2; n <= bytes.length(); n++) {
                if (known.add(bytes.substring(0, n))) {
                  merges.add(new Merge(bytes.substring(0, n - 1), bytes.substring(n - 1, n)));
                }
              }
            });
    return merges;
  }
}
