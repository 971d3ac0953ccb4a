package dev.athanor.data.privacy;

import java.util.List;

/// Looks at where a number begins and asks everything that knows a kind of number. Middle groups of a number that dots or hyphens join
/// are no beginnings, nor are decimals.
final class NumberDetector implements Detector {
  private final List<NumberKind> kinds;

  NumberDetector(List<NumberKind> kinds) {
    this.kinds = List.copyOf(kinds);
  }

  /// Knows a kind of number.
  @FunctionalInterface
  interface NumberKind {
    /// @param at the number's first digit
    void judge(Passage passage, int at, Digits digits);
  }

  @Override
  public void look(Passage passage, int at, int end) {
    char before = passage.at(at - 1);
    boolean joined = before == '.' || before == ',' || before == '-' || before == '\u2013' || before == '\u2011';
    if (Fold.isDigit(before) || (joined && Fold.isDigit(passage.at(at - 2)))) {
      return;
    }
    Digits digits = Digits.read(passage, at);
    for (NumberKind kind : kinds) {
      kind.judge(passage, at, digits);
    }
  }

  /// Whether the number stands alone on its left: not glued to a word.
  static boolean free(Passage passage, int at) {
    char before = passage.at(at - 1);
    return !Fold.isLetter(before) && before != '_' && before != '$' && before != '#' && before != '%' && before != '&';
  }

  /// Whether nothing goes on after a number: no letter, digit, decimals or thousands.
  static boolean closed(Passage passage, int end) {
    char after = passage.at(end);
    if (Fold.isAlnum(after) || after == '_' || after == '%') {
      return false;
    }
    return !((after == '.' || after == ',' || after == '-') && Fold.isDigit(passage.at(end + 1)));
  }
}
