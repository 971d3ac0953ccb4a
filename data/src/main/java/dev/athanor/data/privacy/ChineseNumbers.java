package dev.athanor.data.privacy;

import static dev.athanor.data.privacy.NumberDetector.closed;
import static dev.athanor.data.privacy.NumberDetector.free;

import java.util.Set;

/// Resident identity numbers and unified social credit codes.
final class ChineseNumbers {
  private static final Set<Cue> ID_CUES =
      Set.of(Cue.RESIDENT_ID, Cue.CREDIT_CODE, Cue.CARD, Cue.PHONE, Cue.OTHER_NUMBER, Cue.QQ, Cue.WECHAT, Cue.PASSPORT);

  private ChineseNumbers() {}

  /// 18 characters proved by checksum, date and region; the 15 digits of before 1999 have no checksum, so only beside a word that says so.
  static void residentId(Passage passage, int at, Digits digits) {
    if (!free(passage, at)) {
      return;
    }
    boolean solid = digits.size(0) >= 15;
    int group = solid ? 0 : digits.shaped(6, 8, 4) || digits.shaped(6, 8, 3) ? 2 : -1;
    if (group < 0) {
      return;
    }
    String number = digits.upTo(group);
    int end = digits.end(group);
    if (number.length() == 17 && (passage.at(end) == 'X' || passage.at(end) == 'x')) {
      number += "X";
      end++;
    }
    if (number.length() == 18) {
      if (closed(passage, end) && Regions.county(number.substring(0, 6)) && Checksums.date(number.substring(6, 14)) && Checksums.resident(number)) {
        Cue label = passage.label(at, end, ID_CUES, 32);
        boolean listed = Regions.listed(number.substring(0, 6));
        double confidence =
            label == Cue.RESIDENT_ID ? (listed ? 0.99 : 0.9) : label == Cue.OTHER_NUMBER ? (listed ? 0.8 : 0.3) : listed ? 0.96 : 0.55;
        passage.add(PiiKind.RESIDENT_ID, at, end, confidence, listed ? "checksum, date and county" : "checksum, date and province");
      }
    } else if (number.length() == 15
        && closed(passage, end)
        && Regions.county(number.substring(0, 6))
        && Checksums.date("19" + number.substring(6, 12))
        && passage.label(at, end, ID_CUES, 32) == Cue.RESIDENT_ID) {
      boolean listed = Regions.listed(number.substring(0, 6));
      passage.add(PiiKind.RESIDENT_ID, at, end, listed ? 0.85 : 0.6, (listed ? "date and county" : "date and province") + " beside a word for it");
    }
  }

  /// Two characters for the authority and the kind, six digits of the place, nine of the organisation, one check character. Looked for
  /// from the place's digits: those are always digits.
  static void creditCode(Passage passage, int at, Digits digits) {
    int from = at;
    int run = digits.size(0);
    if (!free(passage, at)) {
      from = at - 1;
      while (from > at - 3 && Fold.isUpper(passage.at(from - 1))) {
        from--;
      }
      if (Fold.isAlnum(passage.at(from - 1)) || run < 6) {
        return;
      }
    } else if (run < 8 && !(run == 1 && Fold.isUpper(passage.at(at + 1)))) {
      return;
    }
    int end = from;
    while (end < from + 19 && Fold.isAlnum(passage.at(end))) {
      end++;
    }
    if (end - from != 18 || passage.at(end) == '_' || passage.at(from - 1) == '_') {
      return;
    }
    String code = passage.half(from, end);
    for (int i = 2; i < 8; i++) {
      if (!Fold.isDigit(code.charAt(i))) {
        return;
      }
    }
    char check = Checksums.creditCheck(code);
    if (check != code.charAt(17) || check == '\0' || !Regions.authority(code.substring(2, 8))) {
      return;
    }
    boolean letters = code.chars().limit(17).anyMatch(c -> c > '9');
    Cue label = passage.label(from, end, ID_CUES, 32);
    double confidence = label == Cue.CREDIT_CODE ? 0.98 : letters ? 0.9 : label == null && "159".indexOf(code.charAt(0)) >= 0 ? 0.45 : 0.3;
    passage.add(PiiKind.CREDIT_CODE, from, end, confidence, label == Cue.CREDIT_CODE ? "checksum and place beside a word for it" : "checksum and place");
  }
}
