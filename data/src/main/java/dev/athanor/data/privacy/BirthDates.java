package dev.athanor.data.privacy;

import java.util.List;
import java.util.Locale;

/// Days of birth: whole dates from 1900, beside a word for them only.
final class BirthDates {
  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
  private static final int THIS_CENTURY_END = 2100;

  private BirthDates() {}

  /// Called at a word such as 出生日期.
  static void look(Passage passage, int at, int end) {
    int from = end;
    while (from < end + 10 && passage.at(from) != '\0' && " :是为于在-\t\"',=".indexOf(passage.at(from)) >= 0) {
      from++;
    }
    for (String word : List.of("is ", "was ", "on ")) {
      if (passage.startsWith(word, from)) {
        from += word.length();
      }
    }
    int stop = dateEnd(passage, from);
    if (stop > 0 && !Fold.isAlnum(passage.at(stop))) {
      boolean said = passage.half(at, end).equalsIgnoreCase("born");
      passage.add(PiiKind.BIRTH_DATE, from, stop, said ? 0.6 : 0.9, "date beside a word for birth");
    }
  }

  private static int dateEnd(Passage passage, int from) {
    if (Fold.isDigit(passage.at(from))) {
      int run = run(passage, from);
      return switch (run - from) {
        case 8 -> Checksums.date(passage.half(from, run)) ? run : -1;
        case 4 -> yearFirst(passage, from, run);
        case 1, 2 -> dayFirst(passage, from, run);
        default -> -1;
      };
    }
    return Fold.isUpper(passage.at(from)) ? monthFirst(passage, from) : -1;
  }

  private static int run(Passage passage, int from) {
    int i = from;
    while (i < from + 9 && Fold.isDigit(passage.at(i))) {
      i++;
    }
    return i;
  }

  private static int number(Passage passage, int from, int to) {
    return from == to || to - from > 4 ? -1 : Integer.parseInt(passage.half(from, to));
  }

  /// 1990-01-31, 1990/1/31, 1990.1.31, 1990年1月31日.
  private static int yearFirst(Passage passage, int from, int run) {
    char separator = passage.at(run);
    if ("-/.年".indexOf(separator) < 0 || separator == '\0') {
      return -1;
    }
    int monthEnd = run(passage, run + 1);
    char second = passage.at(monthEnd);
    if (!(separator == '年' ? second == '月' : second == separator)) {
      return -1;
    }
    int dayEnd = run(passage, monthEnd + 1);
    boolean exists = Checksums.date(number(passage, from, run), number(passage, run + 1, monthEnd), number(passage, monthEnd + 1, dayEnd));
    return !exists ? -1 : separator == '年' && passage.at(dayEnd) == '日' ? dayEnd + 1 : dayEnd;
  }

  /// 31/01/1990, 01/31/1990, 31 January 1990.
  private static int dayFirst(Passage passage, int from, int run) {
    char separator = passage.at(run);
    int first = number(passage, from, run);
    if (separator == '/' || separator == '.' || separator == '-') {
      int secondEnd = run(passage, run + 1);
      int yearEnd = run(passage, secondEnd + 1);
      int second = number(passage, run + 1, secondEnd);
      if (passage.at(secondEnd) != separator || yearEnd - secondEnd != 5) {
        return -1;
      }
      int year = number(passage, secondEnd + 1, yearEnd);
      return Checksums.date(year, first, second) || Checksums.date(year, second, first) ? yearEnd : -1;
    }
    int i = run;
    while (i < run + 3 && Fold.isLower(passage.at(i))) {
      i++;
    }
    if (passage.at(i) != ' ') {
      return -1;
    }
    int monthEnd = word(passage, i + 1);
    int yearFrom = monthEnd + (passage.at(monthEnd) == ',' ? 2 : 1);
    return named(passage, i + 1, monthEnd, first, yearFrom);
  }

  /// January 31, 1990; Jan. 31st 1990.
  private static int monthFirst(Passage passage, int from) {
    int monthEnd = word(passage, from);
    int dayFrom = monthEnd + (passage.at(monthEnd) == '.' ? 2 : 1);
    int dayEnd = run(passage, dayFrom);
    int i = dayEnd;
    while (i < dayEnd + 2 && Fold.isLower(passage.at(i))) {
      i++;
    }
    int yearFrom = i + (passage.at(i) == ',' ? 2 : 1);
    return named(passage, from, monthEnd, number(passage, dayFrom, dayEnd), yearFrom);
  }

  private static int named(Passage passage, int from, int to, int day, int yearFrom) {
    int month = to - from < 3 ? 0 : MONTHS.indexOf(passage.half(from, from + 3).toLowerCase(Locale.ROOT)) + 1;
    int yearEnd = run(passage, yearFrom);
    boolean exists = month > 0 && yearEnd - yearFrom == 4 && Checksums.date(number(passage, yearFrom, yearEnd), month, day);
    return exists && number(passage, yearFrom, yearEnd) < THIS_CENTURY_END ? yearEnd : -1;
  }

  private static int word(Passage passage, int from) {
    int i = from;
    while (i < from + 10 && Fold.isLetter(passage.at(i))) {
      i++;
    }
    return i;
  }
}
