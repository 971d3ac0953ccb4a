package dev.athanor.data.language;

/// A text's language.
///
/// @param language "en", "zh-hans", "java"; "und" where it cannot be told
/// @param confidence in [0, 1]
public record Identified(String language, double confidence) {
  public static final Identified UNDETERMINED = new Identified("und", 0);
}
