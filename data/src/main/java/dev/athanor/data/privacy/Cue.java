package dev.athanor.data.privacy;

/// What words beside a number say that it is.
enum Cue {
  PHONE,
  RESIDENT_ID,
  CARD,
  PASSPORT,
  SSN,
  CREDIT_CODE,
  WECHAT,
  QQ,
  IP,
  VERSION,
  WALLET,
  PLATE,
  /// Of an order, a product, a parcel, a book, a paper: nobody's.
  OTHER_NUMBER,
  BIRTH,
  /// A form's field: 姓名：.
  NAME_FIELD,
  /// "My name is".
  NAME_SAID,
  /// "Mr."
  NAME_TITLE,
  ADDRESS,
  /// password, api_key: the name of a value that is secret.
  SECRET
}
