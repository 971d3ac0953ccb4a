package dev.athanor.data.privacy;

import static dev.athanor.data.privacy.NumberDetector.closed;
import static dev.athanor.data.privacy.NumberDetector.free;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Telephone numbers: Chinese ones by rules of our own, since they are written without any mark; others by libphonenumber, which sees
/// only what a plus sign, a word beside it or a form such as (212) 555-0143 has made likely.
///
/// @param regions in whose national forms numbers are read, as ISO 3166 codes
/// @param serviceNumbers whether 400 and 800 numbers of Chinese firms are found too
record Phones(List<String> regions, boolean serviceNumbers) {
  static final Set<Cue> CUES =
      Set.of(
          Cue.PHONE, Cue.OTHER_NUMBER, Cue.VERSION, Cue.CARD, Cue.RESIDENT_ID, Cue.CREDIT_CODE, Cue.QQ, Cue.WECHAT, Cue.PASSPORT, Cue.SSN,
          Cue.IP);
  /// What follows an amount.
  private static final String UNITS = "字元次个人万亿米年吨克岁位分秒毫件条倍千百页度名家只";

  Phones {
    regions = List.copyOf(regions);
    requireRegions(regions);
  }

  static void requireRegions(List<String> regions) {
    for (String region : regions) {
      if (!PhoneNumberUtil.getInstance().getSupportedRegions().contains(region)) {
        throw new IllegalArgumentException("regions must be ISO 3166 codes such as CN, US and GB, not '" + region + "'");
      }
    }
  }

  void judge(Passage passage, int at, Digits digits) {
    char before = passage.at(at - 1);
    if (digits.upTo(digits.groups() - 1).length() < 7) {
      return;
    }
    if (before == '+') {
      international(passage, at, digits);
      return;
    }
    if (!free(passage, at)) {
      return;
    }
    boolean inRow = before == ' ' && Fold.isDigit(passage.at(at - 2)) && digits.size(0) == 4 && digits.groups() > 1 && digits.size(1) == 4;
    if (inRow || afterPlus(passage, at)) {
      return;
    }
    Cue label = passage.label(at, digits.end(0), CUES, 32);
    if (chinese(passage, at, digits, label)) {
      return;
    }
    if (northAmerican(passage, at, digits, label)) {
      return;
    }
    if (label == Cue.PHONE) {
      labelled(passage, at, digits);
    }
  }

  // ---- with a plus sign

  /// Whether this is the second group of a number with a plus sign, which was looked at as a whole: +1 (503) 555-0144.
  private static boolean afterPlus(Passage passage, int at) {
    int i = at - 1;
    while (i > at - 3 && (passage.at(i) == ' ' || passage.at(i) == '(' || passage.at(i) == '-')) {
      i--;
    }
    int digits = i;
    while (digits > i - 3 && Fold.isDigit(passage.at(digits))) {
      digits--;
    }
    return i < at - 1 && digits < i && passage.at(digits) == '+';
  }

  private void international(Passage passage, int at, Digits digits) {
    if (Fold.isAlnum(passage.at(at - 2))) {
      return;
    }
    for (int g = digits.groups() - 1; g >= 0; g--) {
      String number = digits.upTo(g);
      if (number.length() < 8 || number.length() > 15 || !closed(passage, digits.end(g))) {
        continue;
      }
      if (valid("+" + number, null)) {
        passage.add(PiiKind.PHONE, at - 1, extension(passage, digits.end(g)), 0.93, "valid international number");
        return;
      }
    }
    Cue label = passage.label(at - 1, digits.end(0), CUES, 32);
    int last = lastWithin(digits, 8, 15);
    boolean noughts = last >= 0 && digits.upTo(last).substring(1, 4).contains("00");
    if (label == Cue.PHONE && last >= 0 && !noughts && closed(passage, digits.end(last))) {
      passage.add(PiiKind.PHONE, at - 1, digits.end(last), 0.7, "plus sign beside a word for it");
    }
  }

  // ---- Chinese

  private boolean chinese(Passage passage, int at, Digits digits, @Nullable Cue label) {
    int first = digits.upTo(0).equals("86") || digits.upTo(0).equals("0086") ? 1 : 0;
    String all = digits.upTo(digits.groups() - 1);
    int skipped = first == 1 ? digits.size(0) : 0;
    int solidPrefix = first == 0 && digits.size(0) == 13 && all.startsWith("86") ? 2 : digits.size(0) == 15 && all.startsWith("0086") ? 4 : 0;
    for (int g = Math.min(digits.groups() - 1, first + 2); g >= first; g--) {
      int skip = skipped + (g == first ? solidPrefix : 0);
      String number = digits.upTo(g).substring(skip);
      boolean mobile = number.length() == 11 && isMobile(number) && mobileGroups(digits, first, g);
      boolean inRow = digits.groups() > g + 1 && digits.separator(g) == ' ' && digits.size(g + 1) == 4 && digits.size(0) == 4;
      boolean landline = !mobile && !inRow && isLandline(number) && landlineGroups(digits, first, g);
      if (!(mobile || landline) || !(landline ? done(passage, digits.end(g)) : closed(passage, digits.end(g)))) {
        continue;
      }
      int from = at - (passage.at(at - 1) == '(' && digits.groups() > g && g > first && digits.separator(first) == ')' ? 1 : 0);
      boolean grouped = g > first || skip > 0;
      double confidence = mobile ? mobile(passage, at, digits.end(g), label, grouped) : landline(label, g > first);
      passage.add(
          PiiKind.PHONE, from, extension(passage, digits.end(g)), confidence, (mobile ? "Chinese mobile" : "Chinese landline") + told(label));
      return true;
    }
    return service(passage, at, digits, label);
  }

  private static String told(@Nullable Cue label) {
    return label == Cue.PHONE ? " beside a word for it" : "";
  }

  /// 13, 14, 15 (not 154), 16 (162, 165, 166, 167), 17 (170…178), 18, 19 (not 194).
  static boolean isMobile(String number) {
    if (number.charAt(0) != '1') {
      return false;
    }
    char third = number.charAt(2);
    return switch (number.charAt(1)) {
      case '3', '8' -> true;
      case '4' -> third != '2' && third != '3';
      case '5' -> third != '4';
      case '6' -> third == '2' || third == '5' || third == '6' || third == '7';
      case '7' -> third != '9';
      case '9' -> third != '4';
      default -> false;
    };
  }

  private static boolean mobileGroups(Digits digits, int first, int last) {
    int groups = last - first + 1;
    return groups == 1
        || (groups == 3 && digits.size(first) == 3 && digits.size(first + 1) == 4 && tidy(digits, first))
        || (groups == 3 && digits.size(first) == 4 && digits.size(first + 1) == 3 && tidy(digits, first))
        || (groups == 3 && digits.size(first) == 3 && digits.size(first + 1) == 3 && tidy(digits, first));
  }

  private static boolean tidy(Digits digits, int first) {
    return digits.separator(first) == digits.separator(first + 1) && digits.separator(first) != '.';
  }

  private static double mobile(Passage passage, int at, int end, @Nullable Cue label, boolean grouped) {
    if (label == Cue.PHONE || label == Cue.WECHAT) {
      return 0.95;
    }
    if (label != null) {
      return 0.3;
    }
    char after = passage.at(end) == ' ' ? passage.at(end + 1) : passage.at(end);
    char before = passage.at(at - 1);
    if (UNITS.indexOf(after) >= 0 || after == 'B' || after == 'M' || after == 'K' || before == '=' || before == '/' || before == '¥') {
      return 0.3;
    }
    return grouped ? 0.85 : chineseAround(passage, at, end) ? 0.7 : 0.55;
  }

  private static boolean chineseAround(Passage passage, int at, int end) {
    for (int i = 1; i <= 12; i++) {
      if (Fold.isHan(passage.at(at - i)) || Fold.isHan(passage.at(end - 1 + i))) {
        return true;
      }
    }
    return false;
  }

  /// An area code and seven or eight digits that do not begin with 0 or 1: 010, 02x without 026, and 03xx…09xx.
  static boolean isLandline(String number) {
    if (number.length() < 10 || number.length() > 12 || number.charAt(0) != '0') {
      return false;
    }
    char second = number.charAt(1);
    int code = second == '1' || second == '2' ? 3 : 4;
    boolean known = second == '1' ? number.charAt(2) == '0' : second == '2' ? number.charAt(2) != '6' : second >= '3';
    int local = number.length() - code;
    return known && (local == 7 || local == 8) && number.charAt(code) >= '2';
  }

  private static boolean landlineGroups(Digits digits, int first, int last) {
    int code = digits.size(first);
    return last == first || ((code == 3 || code == 4) && (last == first + 1 || digits.size(first + 1) == 4) && digits.separator(first) != '.');
  }

  private static double landline(@Nullable Cue label, boolean grouped) {
    return label == Cue.PHONE ? 0.93 : label != null ? 0.3 : grouped ? 0.75 : 0.4;
  }

  private boolean service(Passage passage, int at, Digits digits, @Nullable Cue label) {
    String all = digits.upTo(Math.min(2, digits.groups() - 1));
    boolean shaped =
        all.length() == 10
            && (all.startsWith("400") || all.startsWith("800"))
            && (digits.size(0) == 10 || digits.shaped(3, 3, 4) || digits.shaped(3, 4, 3) || digits.shaped(3, 7) || digits.shaped(4, 3, 3));
    boolean seen = shaped && (digits.size(0) < 10 || label == Cue.PHONE) && digits.allSeparators(Math.min(3, digits.groups()), '-');
    if (seen && serviceNumbers) {
      passage.add(PiiKind.PHONE, at, digits.end(Math.min(2, digits.groups() - 1)), 0.8, "Chinese service number");
    }
    return seen;
  }

  /// `closed`, or an extension follows.
  private static boolean done(Passage passage, int end) {
    return closed(passage, end) || (passage.at(end) == '-' && extension(passage, end) > end);
  }

  /// "转801", "-801", " ext. 12" after a number.
  private static int extension(Passage passage, int end) {
    int at = end;
    if (passage.at(at) == '-' || passage.at(at) == '转') {
      at++;
    } else if (passage.at(at) == ' ' && passage.at(at + 1) == 'e' && passage.at(at + 2) == 'x' && passage.at(at + 3) == 't') {
      at += 4;
      while (at < end + 7 && (passage.at(at) == '.' || passage.at(at) == ' ')) {
        at++;
      }
    } else {
      return end;
    }
    int last = at;
    while (last < at + 6 && Fold.isDigit(passage.at(last))) {
      last++;
    }
    return last > at && last <= at + 5 && !Fold.isAlnum(passage.at(last)) ? last : end;
  }

  // ---- North American

  /// (NPA) NXX-XXXX, NPA-NXX-XXXX, NPA.NXX.XXXX, each with 1 before it or without.
  private boolean northAmerican(Passage passage, int at, Digits digits, @Nullable Cue label) {
    if (!regions.contains("US") && !regions.contains("CA")) {
      return false;
    }
    int first = digits.size(0) == 1 && digits.upTo(0).equals("1") && digits.groups() > 3 ? 1 : 0;
    if (digits.groups() < first + 3 || digits.size(first) != 3 || digits.size(first + 1) != 3 || digits.size(first + 2) != 4) {
      return false;
    }
    String number = digits.upTo(first + 2).substring(first);
    int end = digits.end(first + 2);
    boolean spaces = digits.separator(first) == ' ' && digits.separator(first + 1) == ' ';
    if (!closed(passage, end) || number.charAt(0) < '2' || number.charAt(3) < '2' || label == Cue.OTHER_NUMBER || label == Cue.VERSION) {
      return false;
    }
    if ((spaces && label != Cue.PHONE && first == 0) || !valid(number, "US")) {
      return false;
    }
    boolean bracket = digits.separator(first) == ')' && passage.at(at - 1) == '(';
    passage.add(
        PiiKind.PHONE, bracket ? at - 1 : at, extension(passage, end), label == Cue.PHONE ? 0.95 : bracket ? 0.85 : 0.75,
        "valid North American number" + told(label));
    return true;
  }

  // ---- beside a word

  private void labelled(Passage passage, int at, Digits digits) {
    boolean bracket = passage.at(at - 1) == '(' && digits.groups() > 1 && digits.separator(0) == ')';
    for (int g = Math.min(digits.groups() - 1, 6); g >= 0; g--) {
      String number = digits.upTo(g);
      if (number.length() < 7 || number.length() > 13 || !closed(passage, digits.end(g))) {
        continue;
      }
      for (String region : regions) {
        // China's were looked at by rules of our own.
        if (!region.equals("CN") && valid(number, region)) {
          passage.add(PiiKind.PHONE, bracket ? at - 1 : at, extension(passage, digits.end(g)), 0.85, "valid number of " + region + " beside a word for it");
          return;
        }
      }
      char before = passage.at(at - 1);
      boolean second = before == ' ' && (Fold.isDigit(passage.at(at - 2)) || passage.at(at - 2) == ')');
      boolean glued = second || before == '-' || before == '=' || before == ')' || (before == '(' && !bracket && Fold.isLetter(passage.at(at - 2)));
      boolean local = !glued && (number.length() == 7 || number.length() == 8) && number.charAt(0) >= '2' && g <= 1 && !(g == 1 && digits.separator(0) == '.');
      if (local && !looksLikeDate(number)) {
        passage.add(PiiKind.PHONE, at, extension(passage, digits.end(g)), 0.65, "local number beside a word for it");
        return;
      }
    }
  }

  private static boolean looksLikeDate(String number) {
    return number.length() == 8 && (number.startsWith("19") || number.startsWith("20")) && Checksums.date(number);
  }

  private static int lastWithin(Digits digits, int least, int most) {
    for (int g = digits.groups() - 1; g >= 0; g--) {
      int length = digits.upTo(g).length();
      if (length >= least && length <= most) {
        return g;
      }
    }
    return -1;
  }

  static boolean valid(String number, @Nullable String region) {
    PhoneNumberUtil util = PhoneNumberUtil.getInstance();
    try {
      return util.isValidNumber(util.parse(number, region));
    } catch (NumberParseException e) {
      return false;
    }
  }
}
