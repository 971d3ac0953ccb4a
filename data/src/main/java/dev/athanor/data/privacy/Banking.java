package dev.athanor.data.privacy;

import static dev.athanor.data.privacy.NumberDetector.closed;
import static dev.athanor.data.privacy.NumberDetector.free;

import java.util.Map;
import java.util.Set;

/// Bank cards and IBANs.
final class Banking {
  private static final Set<Cue> CUES =
      Set.of(Cue.CARD, Cue.RESIDENT_ID, Cue.CREDIT_CODE, Cue.PHONE, Cue.OTHER_NUMBER, Cue.QQ, Cue.WECHAT, Cue.VERSION, Cue.PASSPORT);
  /// The lengths of the SWIFT registry.
  private static final Map<String, Integer> IBAN_LENGTHS =
      Map.ofEntries(
          Map.entry("AD", 24), Map.entry("AE", 23), Map.entry("AL", 28), Map.entry("AT", 20), Map.entry("AZ", 28), Map.entry("BA", 20),
          Map.entry("BE", 16), Map.entry("BG", 22), Map.entry("BH", 22), Map.entry("BR", 29), Map.entry("BY", 28), Map.entry("CH", 21),
          Map.entry("CR", 22), Map.entry("CY", 28), Map.entry("CZ", 24), Map.entry("DE", 22), Map.entry("DK", 18), Map.entry("DO", 28),
          Map.entry("EE", 20), Map.entry("EG", 29), Map.entry("ES", 24), Map.entry("FI", 18), Map.entry("FO", 18), Map.entry("FR", 27),
          Map.entry("GB", 22), Map.entry("GE", 22), Map.entry("GI", 23), Map.entry("GL", 18), Map.entry("GR", 27), Map.entry("GT", 28),
          Map.entry("HR", 21), Map.entry("HU", 28), Map.entry("IE", 22), Map.entry("IL", 23), Map.entry("IS", 26), Map.entry("IT", 27),
          Map.entry("JO", 30), Map.entry("KW", 30), Map.entry("KZ", 20), Map.entry("LB", 28), Map.entry("LI", 21), Map.entry("LT", 20),
          Map.entry("LU", 20), Map.entry("LV", 21), Map.entry("MC", 27), Map.entry("MD", 24), Map.entry("ME", 22), Map.entry("MK", 19),
          Map.entry("MR", 27), Map.entry("MT", 31), Map.entry("MU", 30), Map.entry("NL", 18), Map.entry("NO", 15), Map.entry("PK", 24),
          Map.entry("PL", 28), Map.entry("PS", 29), Map.entry("PT", 25), Map.entry("QA", 29), Map.entry("RO", 24), Map.entry("RS", 22),
          Map.entry("SA", 24), Map.entry("SE", 24), Map.entry("SI", 19), Map.entry("SK", 24), Map.entry("SM", 27), Map.entry("TN", 24),
          Map.entry("TR", 26), Map.entry("UA", 29), Map.entry("VA", 22), Map.entry("VG", 24), Map.entry("XK", 20));

  private Banking() {}

  /// 13 to 19 digits, in one or in fours, that Luhn's formula and an issuer's range allow.
  static void card(Passage passage, int at, Digits digits) {
    if (!free(passage, at)) {
      return;
    }
    int group = cardGroups(digits);
    String number = group < 0 ? "" : digits.upTo(group);
    if (number.length() < 13 || number.length() > 19 || !closed(passage, digits.end(group)) || !Checksums.luhn(number)) {
      return;
    }
    boolean known = issued(number);
    Cue label = passage.label(at, digits.end(group), CUES, 32);
    if (label == Cue.CARD) {
      passage.add(PiiKind.BANK_CARD, at, digits.end(group), known ? 0.97 : number.length() >= 16 ? 0.8 : 0.4, "Luhn's checksum beside a word for it");
    } else if (known && label == null) {
      boolean grouped = group > 0;
      double confidence = grouped ? 0.8 : number.length() >= 16 && number.startsWith("62") ? 0.6 : 0.45;
      passage.add(PiiKind.BANK_CARD, at, digits.end(group), confidence, "Luhn's checksum and an issuer's range");
    }
  }

  private static int cardGroups(Digits digits) {
    if (digits.size(0) >= 13) {
      return 0;
    }
    int last = digits.shaped(4, 4, 4, 4) ? 3 : digits.shaped(4, 6, 5) || digits.shaped(4, 6, 4) ? 2 : digits.shaped(6, 13) ? 1 : -1;
    if (last == 3 && digits.groups() > 4 && digits.size(4) <= 3) {
      last = 4;
    }
    boolean inRow = last == 3 && digits.groups() > 4 && digits.size(4) == 4;
    return last > 0 && !inRow && (digits.allSeparators(last + 1, ' ') || digits.allSeparators(last + 1, '-')) ? last : -1;
  }

  /// Issuers' ranges: Visa, Mastercard, American Express, Discover, JCB, Diners, UnionPay and the numbers that Chinese banks gave before it.
  static boolean issued(String number) {
    int length = number.length();
    int two = Integer.parseInt(number.substring(0, 2));
    int three = Integer.parseInt(number.substring(0, 3));
    int four = Integer.parseInt(number.substring(0, 4));
    if (number.charAt(0) == '4') {
      return length == 13 || length == 16 || length == 19;
    }
    if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) {
      return length == 16;
    }
    if (two == 34 || two == 37) {
      return length == 15;
    }
    if (two == 62 || two == 81 || four == 6011 || two == 65 || (three >= 644 && three <= 649) || (four >= 3528 && four <= 3589)) {
      return length >= 16;
    }
    if (two == 36 || two == 38 || two == 39 || (three >= 300 && three <= 305)) {
      return length == 14;
    }
    return (four == 9558 || four == 9559 || two == 60) && length >= 16;
  }

  /// Two letters and two digits, then up to 30 letters and digits, in one or in fours, of the country's length and with the remainder 1.
  static void iban(Passage passage, int at, Digits digits) {
    int from = at - 2;
    if (digits.size(0) < 2 || !Fold.isUpper(passage.at(at - 1)) || !Fold.isUpper(passage.at(from)) || Fold.isAlnum(passage.at(from - 1))) {
      return;
    }
    Integer length = IBAN_LENGTHS.get(passage.half(from, at));
    if (length == null) {
      return;
    }
    var iban = new StringBuilder();
    int end = from;
    while (iban.length() < length) {
      char c = passage.at(end);
      if (Fold.isUpper(c) || Fold.isDigit(c)) {
        iban.append(c);
      } else if (!((c == ' ' || c == '-') && iban.length() % 4 == 0)) {
        return;
      }
      end++;
    }
    if (!Fold.isAlnum(passage.at(end)) && Checksums.iban(iban.toString())) {
      passage.add(PiiKind.IBAN, from, end, 0.97, "remainder modulo 97 and the country's length");
    }
  }
}
