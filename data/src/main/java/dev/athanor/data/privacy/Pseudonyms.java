package dev.athanor.data.privacy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Replacements that keep a value's kind and form and cannot be real: reserved domains and networks, provinces, issuers and area codes that
/// do not exist, checksums that do not hold. What is drawn comes from HMAC-SHA256 (RFC 2104) of the kind and the value, so the same value
/// gives the same replacement everywhere under the same key, however it is punctuated, and without the key nothing leads back.
final class Pseudonyms {
  private static final String CONSONANTS = "bdfgklmnprstvz";
  private static final String VOWELS = "aeiou";
  private static final String STEMS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥";
  private static final List<String> MONTHS =
      List.of("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December");
  private static final int MOST_TRIES = 32;

  private final SecretKeySpec key;
  private final List<String> regions;

  Pseudonyms(byte[] key, List<String> regions) {
    this.key = new SecretKeySpec(key, "HmacSHA256");
    this.regions = List.copyOf(regions);
  }

  String of(PiiKind kind, String value) {
    String half = half(value);
    var draw = new Draw(kind, normal(kind, half));
    return switch (kind) {
      case EMAIL -> draw.word(3) + draw.below(100) + "@example." + draw.one("com", "org", "net");
      case PHONE -> phone(half, draw);
      case RESIDENT_ID -> shaped(half, draw, "00");
      case BANK_CARD -> card(half, draw);
      case IBAN -> iban(half, draw);
      case SSN -> shaped(half, draw, "000");
      case PASSPORT -> half.contains("<<") ? zone(half, draw) : passport(half, draw);
      case IP -> half.contains(":") ? v6(draw) : v4(draw);
      case MAC -> mac(half, draw);
      case PLATE -> plate(half, draw);
      case CREDIT_CODE -> shaped(half, draw, "00000000");
      case MESSENGER -> Fold.isDigit(half.charAt(0)) ? shaped(half, draw, "0") : "example_" + draw.word(3) + draw.below(100);
      case SECRET -> secret(half, draw);
      case PRIVATE_KEY -> privateKey(value, draw);
      case URL_CREDENTIALS -> draw.word(2) + ":EXAMPLE" + draw.word(3) + draw.below(100);
      case WALLET -> half.startsWith("0x") ? half.substring(0, 2) + draw.hex(39) : half.substring(0, 1) + "0" + draw.word(15);
      case BIRTH_DATE -> date(half, draw);
      case ADDRESS -> value.chars().anyMatch(c -> Fold.isHan((char) c))
          ? "某省某市无名路" + (1 + draw.below(999)) + "号"
          : (1 + draw.below(999)) + " Nowhere Street";
      case NAME -> value.chars().anyMatch(c -> Fold.isHan((char) c))
          ? "某" + draw.from(STEMS) + draw.from(STEMS)
          : capital(draw.word(3)) + " Doe";
      case ORGANISATION -> value.chars().anyMatch(c -> Fold.isHan((char) c))
          ? "某" + draw.from(STEMS) + draw.from(STEMS) + "公司"
          : capital(draw.word(3)) + " Example";
      case PLACE -> value.chars().anyMatch(c -> Fold.isHan((char) c))
          ? "某" + draw.from(STEMS) + draw.from(STEMS) + "地"
          : capital(draw.word(3)) + " Nowhere";
    };
  }

  /// Whether a name was put here in the place of another, or is a part of such a one.
  static boolean isMade(String text, int from, int to) {
    if (text.charAt(from) == '某' || (from > 0 && text.charAt(from - 1) == '某')) {
      return true;
    }
    for (String last : List.of(" Doe", " Example", " Nowhere")) {
      if (text.startsWith(last, to) || (to - from >= last.length() && text.startsWith(last, to - last.length())) || text.startsWith(last, from - 1)) {
        return true;
      }
    }
    return false;
  }

  private static String half(String value) {
    var half = new StringBuilder(value.length());
    value.chars().forEach(c -> half.append(Fold.half((char) c)));
    return half.toString();
  }

  /// What two ways to write the same value share.
  private static String normal(PiiKind kind, String half) {
    return switch (kind) {
      case EMAIL -> half.toLowerCase(Locale.ROOT);
      case PHONE, RESIDENT_ID, BANK_CARD, IBAN, SSN, PASSPORT, MAC, PLATE, CREDIT_CODE -> {
        var alnum = new StringBuilder();
        half.codePoints().filter(Character::isLetterOrDigit).forEach(c -> alnum.appendCodePoint(Character.toUpperCase(c)));
        yield alnum.toString();
      }
      case IP -> half.toLowerCase(Locale.ROOT);
      case MESSENGER, SECRET, PRIVATE_KEY, URL_CREDENTIALS, WALLET, BIRTH_DATE, ADDRESS, NAME, ORGANISATION, PLACE -> half;
    };
  }

  // ---- forms

  /// Digits for digits and letters for letters, the first of them given.
  private static String shaped(String value, Draw draw, String begin) {
    var shaped = new StringBuilder(value.length());
    int taken = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (!Fold.isAlnum(c)) {
        shaped.append(c);
      } else if (taken < begin.length()) {
        shaped.append(begin.charAt(taken++));
      } else {
        taken++;
        shaped.append(Fold.isDigit(c) ? draw.digit() : Fold.isUpper(c) ? Character.toUpperCase(draw.letter()) : draw.letter());
      }
    }
    return shaped.toString();
  }

  /// The country's code stays; a number that no rule takes follows.
  private String phone(String value, Draw draw) {
    String digits = value.replaceAll("[^0-9]", "");
    boolean plus = value.startsWith("+");
    String country = country(digits, plus);
    String national = digits.substring(country.length());
    String begin = !plus && national.length() == 11 && Phones.isMobile(national) ? "12" : "00";
    for (int i = 0; i < MOST_TRIES; i++) {
      String made = shaped(value, draw, country + begin);
      if (!real(made, plus)) {
        return made;
      }
    }
    return value.replaceAll("[0-9]", "0");
  }

  private static String country(String digits, boolean plus) {
    if (plus) {
      return digits.startsWith("1") ? "1" : digits.substring(0, 2);
    }
    return digits.startsWith("0086") ? "0086" : digits.startsWith("86") && digits.length() == 13 ? "86" : "";
  }

  private boolean real(String made, boolean plus) {
    int end = 0;
    while (end < made.length() && (Fold.isDigit(made.charAt(end)) || " -().+".indexOf(made.charAt(end)) >= 0)) {
      end++;
    }
    String number = made.substring(0, end);
    if (plus) {
      return Phones.valid(number, null);
    }
    return regions.stream().anyMatch(region -> Phones.valid(number, region));
  }

  private static String card(String value, Draw draw) {
    String made = shaped(value, draw, "000");
    var digits = new StringBuilder();
    made.chars().filter(c -> c >= '0' && c <= '9').forEach(digits::appendCodePoint);
    if (!Checksums.luhn(digits.toString())) {
      return made;
    }
    char last = made.charAt(made.length() - 1);
    return made.substring(0, made.length() - 1) + (last == '9' ? '0' : (char) (last + 1));
  }

  /// ZZ is no country; letters only, so that no part of it is another number.
  private static String iban(String value, Draw draw) {
    var made = new StringBuilder("ZZ00");
    for (int i = 4; i < value.length(); i++) {
      made.append(Fold.isAlnum(value.charAt(i)) ? Character.toUpperCase(draw.letter()) : value.charAt(i));
    }
    return made.toString();
  }

  private static String passport(String value, Draw draw) {
    int letters = 0;
    while (letters < value.length() && Fold.isLetter(value.charAt(letters))) {
      letters++;
    }
    return shaped(value, draw, "X".repeat(letters) + "000");
  }

  private static String zone(String value, Draw draw) {
    var made = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      made.append(i > 0 && Fold.isAlnum(c) ? Character.toUpperCase(draw.letter()) : c);
    }
    return made.toString();
  }

  /// 240.0.0.0/4 is reserved, RFC 1112.
  private static String v4(Draw draw) {
    return (240 + draw.below(15)) + "." + draw.below(256) + "." + draw.below(256) + "." + draw.below(256);
  }

  private static String v6(Draw draw) {
    return "2001:db8:" + draw.hex(4) + ":" + draw.hex(4) + "::" + draw.hex(4);
  }

  /// Locally administered.
  private static String mac(String value, Draw draw) {
    var made = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      made.append(!Fold.isHex(c) ? String.valueOf(c) : i == 1 ? "2" : draw.hex(1));
    }
    return made.toString();
  }

  /// No plate has the letter I.
  private static String plate(String value, Draw draw) {
    return value.charAt(0) + "I" + shaped(value.substring(2), draw, "");
  }

  private static String secret(String value, Draw draw) {
    int separator = Math.max(value.lastIndexOf('_', 12), value.lastIndexOf('-', 8));
    String prefix = separator > 0 ? value.substring(0, separator + 1) : value.startsWith("AKIA") || value.startsWith("AIza") ? value.substring(0, 4) : "";
    var made = new StringBuilder(prefix).append("EXAMPLE");
    while (made.length() < Math.min(value.length(), 200)) {
      made.append(draw.letter());
    }
    return made.toString();
  }

  private static String privateKey(String value, Draw draw) {
    int lineEnd = value.indexOf("-----", 5) + 5;
    int end = value.lastIndexOf("-----END");
    return value.substring(0, lineEnd) + "\nEXAMPLE" + draw.word(12) + "\n" + (end > lineEnd ? value.substring(end) : "");
  }

  /// A day of the nineteenth century, written as the value is.
  private static String date(String value, Draw draw) {
    var made = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); ) {
      int stop = i;
      if (Fold.isDigit(value.charAt(i))) {
        while (stop < value.length() && Fold.isDigit(value.charAt(stop))) {
          stop++;
        }
        made.append(
            switch (stop - i) {
              case 8 -> two(18) + two(draw.below(100)) + two(1 + draw.below(12)) + two(1 + draw.below(28));
              case 4 -> two(18) + two(draw.below(100));
              case 2 -> two(1 + draw.below(12));
              default -> String.valueOf(1 + draw.below(9));
            });
      } else if (Fold.isLetter(value.charAt(i))) {
        while (stop < value.length() && Fold.isLetter(value.charAt(stop))) {
          stop++;
        }
        String month = MONTHS.get(draw.below(12));
        made.append(stop - i > 3 ? month : stop - i == 3 ? month.substring(0, 3) : value.substring(i, stop));
      } else {
        made.append(value.charAt(stop++));
      }
      i = stop;
    }
    return made.toString();
  }

  private static String two(int number) {
    return number < 10 ? "0" + number : String.valueOf(number);
  }

  private static String capital(String word) {
    return Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }

  /// A stream of numbers below 256 that the key, the kind and the value determine.
  private final class Draw {
    private final byte[] seed;
    private byte[] block = new byte[0];
    private int used;
    private int counter;

    Draw(PiiKind kind, String value) {
      seed = (kind.key() + "\0" + value).getBytes(StandardCharsets.UTF_8);
    }

    private int next() {
      if (used == block.length) {
        block = hmac(counter++);
        used = 0;
      }
      return block[used++] & 0xFF;
    }

    private byte[] hmac(int number) {
      try {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(key);
        mac.update(ByteBuffer.allocate(4).putInt(number).flip());
        return mac.doFinal(seed);
      } catch (NoSuchAlgorithmException | InvalidKeyException e) {
        throw new IllegalStateException("every JDK has HmacSHA256 and takes any key for it", e);
      }
    }

    /// From 24 bits, so that the bias is below 1 / 16,000.
    int below(int bound) {
      return ((next() << 16) | (next() << 8) | next()) % bound;
    }

    char from(String alphabet) {
      return alphabet.charAt(below(alphabet.length()));
    }

    char digit() {
      return (char) ('0' + below(10));
    }

    char letter() {
      return (char) ('a' + below(26));
    }

    String hex(int digits) {
      var hex = new StringBuilder(digits);
      for (int i = 0; i < digits; i++) {
        hex.append(Character.forDigit(below(16), 16));
      }
      return hex.toString();
    }

    String word(int syllables) {
      var word = new StringBuilder();
      for (int i = 0; i < syllables; i++) {
        word.append(from(CONSONANTS)).append(from(VOWELS));
      }
      return word.toString();
    }

    String one(String... choices) {
      return choices[below(choices.length)];
    }
  }
}
