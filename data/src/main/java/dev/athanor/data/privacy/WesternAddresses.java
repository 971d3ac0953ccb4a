package dev.athanor.data.privacy;

import java.util.Set;

/// Street addresses of the English-speaking countries: a number, one to four words that begin with capitals, a word for a street; then
/// a flat, a town, a state and its postal code where they follow.
final class WesternAddresses {
  private static final Set<String> STREETS =
      Set.of(
          "Street", "St", "Avenue", "Ave", "Road", "Rd", "Boulevard", "Blvd", "Lane", "Ln", "Drive", "Dr", "Court", "Ct", "Way", "Place", "Pl",
          "Square", "Sq", "Terrace", "Ter", "Highway", "Hwy", "Parkway", "Pkwy", "Circle", "Cir", "Crescent", "Close", "Gardens", "Mews", "Trail",
          "Alley");
  private static final Set<String> STATES =
      Set.of(
          "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA", "ME", "MD", "MA", "MI", "MN",
          "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA",
          "WA", "WV", "WI", "WY", "DC");
  private static final Set<String> FLATS = Set.of("Apt", "Apartment", "Suite", "Ste", "Unit", "Flat", "Floor", "Room");
  /// Streets that licences name, thousands of times over, and seats of government.
  private static final Set<String> PUBLIC =
      Set.of("Franklin St", "Franklin Street", "Temple Place", "Oracle Parkway", "Network Circle", "Mass Ave", "Pennsylvania Avenue", "Downing Street", "Nowhere Street");
  private static final int MOST_WORDS = 5;

  private WesternAddresses() {}

  static void judge(Passage passage, int at, Digits digits) {
    int number = digits.size(0);
    int i = digits.end(0);
    if (passage.at(i) != ' ' && passage.at(i + 1) != ' ') {
      return;
    }
    if (number > 5 || (digits.groups() > 1 && digits.separator(0) != ' ') || !NumberDetector.free(passage, at) || passage.at(at) == '0') {
      return;
    }
    if (number < 5 && Fold.isUpper(passage.at(i)) && passage.at(i + 1) == ' ') {
      i++;
    }
    if (passage.at(i) != ' ') {
      return;
    }
    int end = -1;
    boolean named = false;
    int word = i + 1;
    for (int words = 0; words < MOST_WORDS; words++) {
      int stop = word(passage, word);
      if (stop == word) {
        return;
      }
      String text = passage.half(word, stop);
      if (named && STREETS.contains(text)) {
        end = passage.at(stop) == '.' && text.length() <= 4 ? stop + 1 : stop;
        break;
      }
      named = true;
      word = passage.at(stop) == '.' ? stop + 1 : stop;
      if (passage.at(word) != ' ') {
        return;
      }
      word++;
    }
    if (end < 0) {
      return;
    }
    String street = passage.half(i + 1, passage.at(end - 1) == '.' ? end - 1 : end);
    if (PUBLIC.stream().anyMatch(street::endsWith)) {
      return;
    }
    judgeRest(passage, at, end, number);
  }

  private static void judgeRest(Passage passage, int at, int street, int number) {
    int flat = flat(passage, street);
    int town = town(passage, flat);
    boolean labelled = passage.before(at, Set.of(Cue.ADDRESS), 20) == Cue.ADDRESS;
    int year = number == 4 ? Integer.parseInt(passage.half(at, at + 4)) : 0;
    double confidence = town > flat ? 0.93 : flat > street || labelled ? 0.85 : year >= 1900 && year < 2030 ? 0.5 : 0.65;
    passage.add(PiiKind.ADDRESS, at, town, confidence, town > flat ? "number, street, town and postal code" : "number and street");
  }

  /// A word with a capital, or an ordinal: 5th.
  private static int word(Passage passage, int from) {
    char first = passage.at(from);
    if (!Fold.isUpper(first) && !Fold.isDigit(first)) {
      return from;
    }
    int i = from + 1;
    while (i < from + 16 && (Fold.isLetter(passage.at(i)) || Fold.isDigit(passage.at(i)) || passage.at(i) == '\'')) {
      i++;
    }
    return Fold.isDigit(first) && !Fold.isLower(passage.at(i - 1)) ? from : i;
  }

  private static int skip(Passage passage, int from) {
    int i = from;
    while (i < from + 3 && (passage.at(i) == ',' || passage.at(i) == ' ' || passage.at(i) == '\n')) {
      i++;
    }
    return i;
  }

  private static int flat(Passage passage, int street) {
    int i = skip(passage, street);
    int stop = word(passage, i);
    if (passage.at(i) == '#') {
      stop = i;
    } else if (stop == i || !FLATS.contains(passage.half(i, stop))) {
      return street;
    }
    int from = passage.at(stop) == '.' || passage.at(stop) == '#' ? stop + 1 : stop;
    from = passage.at(from) == ' ' ? from + 1 : from;
    from = passage.at(from) == '#' ? from + 1 : from;
    int end = from;
    while (end < from + 6 && Fold.isAlnum(passage.at(end))) {
      end++;
    }
    return end > from ? end : street;
  }

  /// A town of up to three words, a state's two letters and five digits; or as much of it as there is, a postal code at least.
  private static int town(Passage passage, int flat) {
    int i = skip(passage, flat);
    for (int words = 0; words < 5; words++) {
      int stop = word(passage, i);
      if (stop == i) {
        return flat;
      }
      if (stop - i == 2 && STATES.contains(passage.half(i, stop))) {
        int zip = skip(passage, stop);
        int end = zip;
        while (end < zip + 5 && Fold.isDigit(passage.at(end))) {
          end++;
        }
        if (end != zip + 5 || Fold.isDigit(passage.at(end))) {
          return flat;
        }
        return passage.at(end) == '-' && Fold.isDigit(passage.at(end + 1)) && Fold.isDigit(passage.at(end + 4)) ? end + 5 : end;
      }
      i = skip(passage, stop);
    }
    return flat;
  }
}
