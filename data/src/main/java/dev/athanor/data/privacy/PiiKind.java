package dev.athanor.data.privacy;

import java.util.Locale;

/// What can be found in a text that tells who somebody is, or lets somebody in.
public enum PiiKind {
  EMAIL,
  PHONE,
  /// Chinese resident identity number, GB 11643.
  RESIDENT_ID,
  BANK_CARD,
  IBAN,
  /// United States social security number.
  SSN,
  PASSPORT,
  IP,
  MAC,
  /// Chinese vehicle plate.
  PLATE,
  /// Chinese unified social credit code, GB 32100.
  CREDIT_CODE,
  /// WeChat and QQ.
  MESSENGER,
  /// Keys, tokens and passwords.
  SECRET,
  PRIVATE_KEY,
  /// `user:password` in a URL.
  URL_CREDENTIALS,
  WALLET,
  BIRTH_DATE,
  ADDRESS,
  NAME,
  /// A firm or another body, which a model alone finds.
  ORGANISATION,
  /// A town, a country, a river, which a model alone finds.
  PLACE;

  /// Whether it is told by a text's sense and not by a form of its own.
  boolean isNamed() {
    return switch (this) {
      case ADDRESS, NAME, ORGANISATION, PLACE -> true;
      case EMAIL, PHONE, RESIDENT_ID, BANK_CARD, IBAN, SSN, PASSPORT, IP, MAC, PLATE, CREDIT_CODE, MESSENGER, SECRET, PRIVATE_KEY,
          URL_CREDENTIALS, WALLET, BIRTH_DATE -> false;
    };
  }

  /// As recipes and metadata spell it: `resident_id`.
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// What stands for it in a masked text: `<RESIDENT_ID>`.
  public String tag() {
    return "<" + name() + ">";
  }
}
