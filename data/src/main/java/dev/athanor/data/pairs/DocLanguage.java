package dev.athanor.data.pairs;

/// The language of a documentation text, told by its letters.
final class DocLanguage {
  /// Chinese documentation of Java code is full of Latin identifiers, so a small share of Han characters decides.
  private static final double HAN_SHARE = 0.15;

  private static final int FEWEST_HAN = 4;
  private static final int FEWEST_WORDS = 3;

  private DocLanguage() {}

  /// "zh" when at least 15 % of the letters are Han characters, else "en".
  static String of(String text) {
    long letters = text.codePoints().filter(Character::isLetter).count();
    return letters > 0 && han(text) >= HAN_SHARE * letters ? "zh" : "en";
  }

  /// Says more than a label: four Han characters, or three words.
  static boolean isSentence(String text) {
    return han(text) >= FEWEST_HAN || words(text) >= FEWEST_WORDS;
  }

  private static long han(String text) {
    return text.codePoints().filter(c -> Character.UnicodeScript.of(c) == Character.UnicodeScript.HAN).count();
  }

  private static int words(String text) {
    int words = 0;
    boolean inside = false;
    for (int i = 0; i < text.length(); i++) {
      boolean letter = Character.isLetter(text.charAt(i));
      words += letter && !inside ? 1 : 0;
      inside = letter || (inside && text.charAt(i) == '\'');
    }
    return words;
  }
}
