package dev.athanor.data.toxicity;

import java.util.Locale;

/// What is wrong with a phrase. As headings of word lists: `[insult]`, `[self-harm]`.
public enum Category {
  INSULT,
  HATE,
  SEXUAL,
  VIOLENCE,
  SELF_HARM,
  /// Gambling, drugs, forged papers, fraud.
  ADS;

  /// "self-harm", as in lists, metadata and recipes.
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
