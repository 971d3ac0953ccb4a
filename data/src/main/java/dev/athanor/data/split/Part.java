package dev.athanor.data.split;

import java.util.Locale;

/// A part of a corpus.
public enum Part {
  /// What models learn from.
  TRAIN,
  /// What training is watched on and settings are chosen by.
  VALIDATION,
  /// What scores are measured on, and nothing else.
  TEST;

  /// "train.jsonl.gz".
  public String file() {
    return key() + ".jsonl.gz";
  }

  /// "train".
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
