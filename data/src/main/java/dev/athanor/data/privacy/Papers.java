package dev.athanor.data.privacy;

import static dev.athanor.data.privacy.NumberDetector.closed;
import static dev.athanor.data.privacy.NumberDetector.free;

import java.util.Set;

/// Passports and American social security numbers.
final class Papers {
  private static final Set<Cue> PASSPORT_CUES = Set.of(Cue.PASSPORT, Cue.OTHER_NUMBER, Cue.PHONE, Cue.CARD, Cue.RESIDENT_ID, Cue.SSN, Cue.PLATE);
  private static final Set<Cue> SSN_CUES = Set.of(Cue.SSN, Cue.OTHER_NUMBER, Cue.PHONE, Cue.VERSION, Cue.RESIDENT_ID, Cue.CARD);
  private static final int LINE = 44;

  private Papers() {}

  /// Chinese passports: E, then a digit or a letter but O and I, then seven digits; G, D, S, P or H and eight digits; others of one or
  /// two letters and six to eight digits, or nine digits, beside a word only.
  static void passport(Passage passage, int at, Digits digits) {
    int letters = 0;
    while (letters < 3 && Fold.isUpper(passage.at(at - 1 - letters))) {
      letters++;
    }
    int from = at - letters;
    char before = passage.at(from - 1);
    int run = digits.size(0);
    int end = digits.end(0);
    if (letters > 2 || Fold.isAlnum(before) || before == '_' || before == '-' || !closed(passage, end) || passage.at(end) == '-') {
      return;
    }
    if (digits.upTo(0).startsWith("000")) {
      return;
    }
    boolean labelled = passage.label(from, end, PASSPORT_CUES, 32) == Cue.PASSPORT;
    if (labelled && ((letters > 0 && run >= 6 && run <= 8) || (letters == 0 && run == 9))) {
      passage.add(PiiKind.PASSPORT, from, end, 0.9, "form beside a word for it");
    }
  }

  /// The second line of a passport's machine-readable zone, ICAO 9303 part 4: number, its check digit, nationality, birth and its check
  /// digit, sex, expiry and its check digit; and the first line above it.
  static void machineReadable(Passage passage, int at, int end) {
    if (passage.at(at - 1) == '<') {
      return;
    }
    int from = at;
    while (from > at - LINE && isZone(passage.at(from - 1))) {
      from--;
    }
    if (passage.at(from) != 'P' || isZone(passage.at(from - 1))) {
      return;
    }
    for (int i = from; i < from + LINE; i++) {
      if (!isZone(passage.at(i))) {
        return;
      }
    }
    int second = from + LINE;
    while (second < from + LINE + 4 && Character.isWhitespace(passage.at(second))) {
      second++;
    }
    if (second == from + LINE) {
      return;
    }
    for (int i = second; i < second + LINE; i++) {
      if (!isZone(passage.at(i))) {
        return;
      }
    }
    String line = passage.half(second, second + LINE);
    boolean proved =
        Checksums.machineReadable(line.substring(0, 9)) == line.charAt(9)
            && Checksums.machineReadable(line.substring(13, 19)) == line.charAt(19)
            && Checksums.machineReadable(line.substring(21, 27)) == line.charAt(27);
    if (proved && !isZone(passage.at(second + LINE))) {
      passage.add(PiiKind.PASSPORT, from, second + LINE, 0.99, "machine-readable zone with its check digits");
    }
  }

  private static boolean isZone(char c) {
    return Fold.isUpper(c) || Fold.isDigit(c) || c == '<';
  }

  /// AAA-GG-SSSS: area not 000, 666 or 900…999, group not 00, serial not 0000; without hyphens beside a word only.
  static void ssn(Passage passage, int at, Digits digits) {
    if (!free(passage, at)) {
      return;
    }
    boolean grouped = digits.shaped(3, 2, 4) && (digits.allSeparators(3, '-') || digits.allSeparators(3, ' '));
    int group = grouped ? 2 : digits.size(0) == 9 ? 0 : -1;
    if (group < 0 || !closed(passage, digits.end(group))) {
      return;
    }
    String number = digits.upTo(group);
    boolean allowed =
        !number.startsWith("000") && !number.startsWith("666") && !number.startsWith("9") && !number.startsWith("00", 3)
            && !number.endsWith("0000");
    Cue label = passage.label(at, digits.end(group), SSN_CUES, 40);
    if (!allowed) {
      return;
    }
    if (label == Cue.SSN) {
      passage.add(PiiKind.SSN, at, digits.end(group), 0.95, "allowed number beside a word for it");
    } else if (label == null && grouped && digits.separator(0) == '-') {
      passage.add(PiiKind.SSN, at, digits.end(group), 0.65, "allowed number with its hyphens");
    }
  }
}
