package dev.athanor.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/// Takes the pairs that meet inside a character of an alphabet: the left ends with a beginning of its bytes, and the right goes on
/// with the next of them.
final class InsideCharacters implements MergeLearner.Filter {
  private static final int LONGEST_CHARACTER = 4;

  /// Of the characters' bytes, one char each.
  private final Set<String> beginnings;

  private InsideCharacters(Set<String> beginnings) {
    this.beginnings = beginnings;
  }

  static InsideCharacters of(String alphabet) {
    Set<String> beginnings = new HashSet<>();
    alphabet
        .codePoints()
        .forEach(
            character -> {
              String bytes = PieceEncoder.latin1(Character.toString(character).getBytes(StandardCharsets.UTF_8));
              for (int n = 1; n <= bytes.length(); n++) {
                beginnings.add(bytes.substring(0, n));
              }
            });
    return new InsideCharacters(beginnings);
  }

  @Override
  public boolean takes(byte[] left, byte[] right) {
    int start = left.length - 1;
    while (start > 0 && left.length - start < LONGEST_CHARACTER && isContinuation(left[start])) {
      start--;
    }
    if (left.length == 0 || right.length == 0 || !isContinuation(right[0]) || isContinuation(left[start])) {
      return false;
    }
    StringBuilder bytes = new StringBuilder();
    for (int i = start; i < left.length; i++) {
      bytes.append((char) (left[i] & 0xFF));
    }
    for (int i = 0; i < right.length && isContinuation(right[i]); i++) {
      bytes.append((char) (right[i] & 0xFF));
    }
    return beginnings.contains(bytes.toString());
  }

  private static boolean isContinuation(byte b) {
    return (b & 0xC0) == 0x80;
  }
}
