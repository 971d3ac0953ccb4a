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
    if (hopeless(passage, at, before)) {
      return;
    }
    Digits digits = Digits.read(passage, at);
    for (NumberKind kind : kinds) {
      kind.judge(passage, at, digits);
    }
  }

  /// Most numbers in a text are short and alone: nothing is called after them but a house, a Bitcoin address or what letters before begin.
  private static boolean hopeless(Passage passage, int at, char before) {
    int end = at + 1;
    while (end < at + 7 && Fold.isDigit(passage.at(end))) {
      end++;
    }
    if (end == at + 7 || Fold.isUpper(before) || before == '+') {
      return false;
    }
    char after = passage.at(end);
    char next = passage.at(end + 1);
    if (Fold.isLetter(after)) {
      char first = passage.at(at);
      boolean house = next == ' ';
      boolean coded = Fold.isUpper(after) && end == at + 1;
      return !(first == '1' || first == '3' || house || coded);
    }
    boolean house = after == ' ' && (Fold.isUpper(next) || Fold.isDigit(next));
    boolean goesOn = after != '\0' && " -.)\u2010\u2011\u2013".indexOf(after) >= 0 && (Fold.isDigit(next) || next == '(' || next == ' ' || next == '-');
    return !house && !goesOn;
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
