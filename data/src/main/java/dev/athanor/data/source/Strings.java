package dev.athanor.data.source;

/// What texts from outside need.
final class Strings {
  private Strings() {}

  /// With U+FFFD for each surrogate without its other half, which JSON can write (`\ud83d`) and UTF-8 cannot.
  static String sound(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (!isPair(text, i)) {
          return repaired(text);
        }
        i++;
      }
    }
    return text;
  }

  private static boolean isPair(CharSequence text, int at) {
    return Character.isHighSurrogate(text.charAt(at)) && at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1));
  }

  private static String repaired(String text) {
    var sound = new StringBuilder(text);
    for (int i = 0; i < sound.length(); i++) {
      if (Character.isSurrogate(sound.charAt(i))) {
        if (isPair(sound, i)) {
          i++;
        } else {
          sound.setCharAt(i, '\uFFFD');
        }
      }
    }
    return sound.toString();
  }

  /// The beginning of a text, for messages.
  static String shortened(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
    return text.substring(0, end) + "…";
  }
}
