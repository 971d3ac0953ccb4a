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
  NAME;

  /// As recipes and metadata spell it: `resident_id`.
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// What stands for it in a masked text: `<RESIDENT_ID>`.
  public String tag() {
    return "<" + name() + ">";
  }
}
