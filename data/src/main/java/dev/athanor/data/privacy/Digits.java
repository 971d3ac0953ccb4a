package dev.athanor.data.privacy;

/// A number as it is written: groups of digits with single separators between them.
final class Digits {
  private static final int MOST_DIGITS = 34;
  private static final int MOST_GROUPS = 9;

  private final String digits;
  private final int groups;
  private final int[] ends;
  private final int[] totals;
  private final String separators;

  private Digits(String digits, int groups, int[] ends, int[] totals, String separators) {
    this.digits = digits;
    this.groups = groups;
    this.ends = ends;
    this.totals = totals;
    this.separators = separators;
  }

  /// @param at the first character, a digit
  static Digits read(Passage passage, int at) {
    var digits = new StringBuilder();
    var separators = new StringBuilder();
    int[] ends = new int[MOST_GROUPS];
    int[] totals = new int[MOST_GROUPS];
    int groups = 0;
    int i = at;
    while (groups < MOST_GROUPS) {
      while (digits.length() <= MOST_DIGITS && Fold.isDigit(passage.at(i))) {
        digits.append(passage.at(i++));
      }
      ends[groups] = i;
      totals[groups++] = digits.length();
      int next = separated(passage, i);
      if (next == i || digits.length() > MOST_DIGITS || groups == MOST_GROUPS) {
        break;
      }
      separators.append(passage.at(i) == ' ' && passage.at(i + 1) == '(' ? '(' : passage.at(i));
      i = next;
    }
    return new Digits(digits.toString(), groups, ends, totals, separators.toString());
  }

  /// Where the next group begins after a separator; `at` itself when there is none.
  private static int separated(Passage passage, int at) {
    char first = passage.at(at);
    int next =
        switch (first) {
          case ' ' -> passage.at(at + 1) == '(' ? at + 2 : at + 1;
          case '-', '.', '\u2010', '\u2011', '\u2013' -> at + 1;
          case ')' -> passage.at(at + 1) == ' ' || passage.at(at + 1) == '-' ? at + 2 : at + 1;
          default -> at;
        };
    return next > at && Fold.isDigit(passage.at(next)) ? next : at;
  }

  int groups() {
    return groups;
  }

  /// `)` for `) `, `(` for ` (`.
  char separator(int afterGroup) {
    return separators.charAt(afterGroup);
  }

  /// Where a group ends in the text.
  int end(int group) {
    return ends[group];
  }

  /// The digits of the groups up to this one, in half width.
  String upTo(int group) {
    return digits.substring(0, totals[group]);
  }

  int size(int group) {
    return group == 0 ? totals[0] : totals[group] - totals[group - 1];
  }

  /// Whether the first groups have these sizes.
  boolean shaped(int... sizes) {
    if (groups < sizes.length) {
      return false;
    }
    for (int g = 0; g < sizes.length; g++) {
      if (size(g) != sizes[g]) {
        return false;
      }
    }
    return true;
  }

  /// Whether the separators between the first `count` groups are all this one.
  boolean allSeparators(int count, char separator) {
    for (int i = 0; i + 1 < count; i++) {
      if (separators.charAt(i) != separator) {
        return false;
      }
    }
    return true;
  }
}
