package dev.athanor.eval.report;

/// Text from sources and models made safe to show.
final class Text {
  private Text() {}

  /// What has no glyph, or would reorder what stands around it, becomes U+FFFD: control characters but tab and newline, lone
  /// surrogates, bidirectional overrides, non-characters. `\r\n` and `\r` become `\n`.
  static String clean(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.replace("\r\n", "\n").replace('\r', '\n').codePoints().forEach(c -> out.appendCodePoint(shown(c) ? c : 0xFFFD));
    return out.toString();
  }

  private static boolean shown(int c) {
    boolean control = Character.isISOControl(c) && c != '\n' && c != '\t';
    boolean surrogate = c >= 0xD800 && c <= 0xDFFF;
    boolean reorders = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    boolean noCharacter = (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
    return !(control || surrogate || reorders || noCharacter);
  }

  /// Clean text for HTML and SVG, as content and inside quoted attributes.
  static String html(String text) {
    String clean = clean(text);
    StringBuilder out = new StringBuilder(clean.length() + 16);
    for (int i = 0; i < clean.length(); i++) {
      char c = clean.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  /// At most so many code points; what was cut is counted at the end.
  static String shortened(String text, int most) {
    int length = text.codePointCount(0, text.length());
    return length <= most
        ? text
        : text.substring(0, text.offsetByCodePoints(0, most)) + "… (" + Figures.count(length - most) + " more characters)";
  }

  /// Cut with an ellipsis so that it is at most so many pixels wide at a font size.
  static String fitted(String text, double pixels, double fontSize) {
    if (width(text, fontSize) <= pixels) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    double used = fontSize;
    for (int c : text.codePoints().toArray()) {
      used += width(c) * fontSize;
      if (used > pixels) {
        break;
      }
      out.appendCodePoint(c);
    }
    return out.append('…').toString();
  }

  /// An estimate in pixels, rather too wide than too narrow: SVG text cannot be measured without a browser.
  static double width(String text, double fontSize) {
    return text.codePoints().mapToDouble(Text::width).sum() * fontSize;
  }

  private static double width(int c) {
    boolean wide = c >= 0x1100 && (Character.isIdeographic(c) || (c >= 0x3000 && c <= 0xFFEF) || c >= 0x1F300 || c <= 0x115F);
    if (wide) {
      return 1.0;
    }
    return Character.isUpperCase(c) || "mwMW%@—→".indexOf(c) >= 0 ? 0.8 : 0.57;
  }
}
