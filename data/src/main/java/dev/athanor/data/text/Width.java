package dev.athanor.data.text;

/// How wide letters and digits of Chinese and Japanese typography are to be written.
public enum Width {
  /// As they are.
  KEEP,
  /// Full-width Latin letters, digits and symbols as ASCII, and the ideographic space as a blank. Chinese punctuation (，！？：；（）～) stays: it is
  /// right as it is.
  HALF;

  private static final String PUNCTUATION = "，！？：；（）～．";

  String apply(String text) {
    return switch (this) {
      case KEEP -> text;
      case HALF -> half(text);
    };
  }

  private static String half(String text) {
    var narrow = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\u3000') {
        narrow.append(' ');
      } else if (c >= '\uff01' && c <= '\uff5e' && PUNCTUATION.indexOf(c) < 0) {
        narrow.append((char) (c - 0xfee0));
      } else {
        narrow.append(c);
      }
    }
    return narrow.toString();
  }
}
