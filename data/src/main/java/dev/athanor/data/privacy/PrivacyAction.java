package dev.athanor.data.privacy;

/// What is done about a finding.
public enum PrivacyAction {
  /// Taken out.
  REMOVE,
  /// Replaced by its kind: `<EMAIL>`.
  MASK,
  /// Every letter and digit replaced by `*`: its form stays.
  MASK_FORMAT,
  /// Replaced by another of its kind and form that cannot be real; the same value always by the same.
  PSEUDONYM,
  /// Left as it is, and counted.
  KEEP,
  /// Not looked for.
  OFF
}
