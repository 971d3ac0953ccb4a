package dev.athanor.data.privacy;

import java.util.Locale;

/// How much a text looks like something drawn, not written.
final class Entropy {
  private Entropy() {}

  /// Shannon's entropy of the characters' frequencies in bits a character; characters above U+007F count as one.
  static double bits(String text) {
    int[] counts = new int[129];
    for (int i = 0; i < text.length(); i++) {
      counts[Math.min(128, text.charAt(i))]++;
    }
    double bits = 0;
    for (int count : counts) {
      if (count > 0) {
        double share = count / (double) text.length();
        bits -= share * Math.log(share) / Math.log(2);
      }
    }
    return bits;
  }

  /// How many of lower case, upper case, digits and others there are; what joins words is none of these.
  static int classes(String text) {
    boolean lower = false;
    boolean upper = false;
    boolean digit = false;
    boolean other = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Fold.isLower(c)) {
        lower = true;
      } else if (Fold.isUpper(c)) {
        upper = true;
      } else if (Fold.isDigit(c)) {
        digit = true;
      } else {
        other |= c != '-' && c != '_' && c != '.' && c != ' ';
      }
    }
    return (lower ? 1 : 0) + (upper ? 1 : 0) + (digit ? 1 : 0) + (other ? 1 : 0);
  }

  static boolean hasDigit(String text) {
    return text.chars().anyMatch(c -> c >= '0' && c <= '9');
  }

  /// Whether a value only stands for one.
  static boolean isExample(String value) {
    String lower = value.toLowerCase(Locale.ROOT);
    for (String mark : MARKS) {
      if (lower.contains(mark)) {
        return true;
      }
    }
    return value.chars().distinct().count() <= 3;
  }

  private static final String[] MARKS = {
    "example", "placeholder", "changeme", "change-me", "change_me", "your", "xxxx", "****", "redacted", "dummy", "sample", "insert", "todo", "...",
    "1234567890abcdef", "abcdefghijkl", "test_key", "fake", "replace", "my-", "my_", "enter"
  };
}
