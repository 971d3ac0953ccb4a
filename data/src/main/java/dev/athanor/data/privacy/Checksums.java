package dev.athanor.data.privacy;

import dev.athanor.base.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Locale;

/// Check digits.
final class Checksums {
  /// GB 11643 / ISO 7064 MOD 11-2.
  private static final int[] RESIDENT_WEIGHTS = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  private static final String RESIDENT_CHECKS = "10X98765432";
  /// GB 32100: digits and letters without I, O, S, V, Z; weights are powers of 3 modulo 31.
  static final String CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  private static final String BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  private static final String BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  private static final int[] BECH32_GENERATOR = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};

  private Checksums() {}

  /// ISO/IEC 7812-1: every second digit from the right but one is doubled, its digits are added up; the sum ends in 0.
  static boolean luhn(String digits) {
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      int value = i % 2 == 1 ? 2 * digit : digit;
      sum += value > 9 ? value - 9 : value;
    }
    return sum % 10 == 0;
  }

  /// The last character of a resident identity number from its first 17 digits.
  static char residentCheck(String digits) {
    int sum = 0;
    for (int i = 0; i < RESIDENT_WEIGHTS.length; i++) {
      sum += RESIDENT_WEIGHTS[i] * (digits.charAt(i) - '0');
    }
    return RESIDENT_CHECKS.charAt(sum % 11);
  }

  static boolean resident(String number) {
    return residentCheck(number) == Character.toUpperCase(number.charAt(17));
  }

  /// The last character of a unified social credit code from its first 17; NUL when one is not of the alphabet.
  static char creditCheck(String code) {
    int sum = 0;
    int weight = 1;
    for (int i = 0; i < 17; i++) {
      int value = CREDIT_ALPHABET.indexOf(code.charAt(i));
      if (value < 0) {
        return '\0';
      }
      sum += weight * value;
      weight = (weight * 3) % 31;
    }
    return CREDIT_ALPHABET.charAt((31 - (sum % 31)) % 31);
  }

  /// ISO 13616: the first four characters moved to the end, letters as 10…35, the whole modulo 97 is 1.
  static boolean iban(String iban) {
    int rest = 0;
    for (int i = 0; i < iban.length(); i++) {
      char c = iban.charAt((i + 4) % iban.length());
      int value = Character.digit(c, 36);
      if (value < 0) {
        return false;
      }
      rest = (value < 10 ? rest * 10 + value : rest * 100 + value) % 97;
    }
    return rest == 1;
  }

  /// ICAO 9303: weights 7, 3, 1; letters 10…35, the filler `<` 0.
  static char machineReadable(String field) {
    int sum = 0;
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      int weight = i % 3 == 0 ? 7 : i % 3 == 1 ? 3 : 1;
      sum += weight * (c == '<' ? 0 : Math.max(0, Character.digit(c, 36)));
    }
    return (char) ('0' + sum % 10);
  }

  /// A date that exists, from 1900 to 2100.
  static boolean date(int year, int month, int day) {
    if (year < 1900 || year > 2100) {
      return false;
    }
    try {
      return LocalDate.of(year, month, day).getDayOfMonth() == day;
    } catch (DateTimeException e) {
      return false;
    }
  }

  /// `yyyyMMdd`.
  static boolean date(String digits) {
    return date(
        Integer.parseInt(digits.substring(0, 4)), Integer.parseInt(digits.substring(4, 6)), Integer.parseInt(digits.substring(6, 8)));
  }

  /// Bitcoin's: 21 bytes and the first 4 of their double SHA-256, in base 58.
  static boolean base58(String address) {
    byte[] bytes = new byte[25];
    for (int i = 0; i < address.length(); i++) {
      int carry = BASE58.indexOf(address.charAt(i));
      if (carry < 0) {
        return false;
      }
      for (int j = 24; j >= 0; j--) {
        carry += 58 * (bytes[j] & 0xFF);
        bytes[j] = (byte) carry;
        carry >>>= 8;
      }
      if (carry != 0) {
        return false;
      }
    }
    byte[] twice = Sha256.digest().digest(Sha256.digest().digest(Arrays.copyOf(bytes, 21)));
    return Arrays.equals(twice, 0, 4, bytes, 21, 25);
  }

  /// BIP 173 and 350 with the prefix "bc".
  static boolean bech32(String address) {
    String lower = address.toLowerCase(Locale.ROOT);
    int sum = 1;
    for (byte b : "bc".getBytes(StandardCharsets.US_ASCII)) {
      sum = polymod(sum, b >> 5);
    }
    sum = polymod(sum, 0);
    for (byte b : "bc".getBytes(StandardCharsets.US_ASCII)) {
      sum = polymod(sum, b & 31);
    }
    for (int i = 3; i < lower.length(); i++) {
      int value = BECH32.indexOf(lower.charAt(i));
      if (value < 0) {
        return false;
      }
      sum = polymod(sum, value);
    }
    return sum == 1 || sum == 0x2bc830a3;
  }

  private static int polymod(int sum, int value) {
    int top = sum >>> 25;
    int next = ((sum & 0x1ffffff) << 5) ^ value;
    for (int i = 0; i < 5; i++) {
      next ^= ((top >>> i) & 1) == 1 ? BECH32_GENERATOR[i] : 0;
    }
    return next;
  }
}
