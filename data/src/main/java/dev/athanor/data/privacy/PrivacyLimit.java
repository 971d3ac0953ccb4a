package dev.athanor.data.privacy;

import dev.athanor.base.recipe.Default;

/// When a document is dropped as a whole: a list of members is no text to learn from.
///
/// @param findings more than so many
/// @param share of the text, more than this lies in findings
public record PrivacyLimit(@Default("1G") int findings, @Default("1") double share) {
  public PrivacyLimit {
    if (findings < 0) {
      throw new IllegalArgumentException("findings must not be negative");
    }
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("share must be from 0 to 1");
    }
  }
}
