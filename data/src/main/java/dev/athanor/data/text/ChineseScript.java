package dev.athanor.data.text;

import com.github.houbb.opencc4j.util.ZhConverterUtil;

/// The script that Chinese is to be written in.
public enum ChineseScript {
  /// As it is.
  KEEP {
    @Override
    String convert(String text) {
      return text;
    }
  },
  SIMPLIFIED {
    @Override
    String convert(String text) {
      return byLines(text, true);
    }
  },
  TRADITIONAL {
    @Override
    String convert(String text) {
      return byLines(text, false);
    }
  };

  private static final int PIECE = 1 << 16;

  /// By OpenCC's dictionaries of phrases and characters.
  abstract String convert(String text);

  /// Line by line, long lines in pieces: the library holds a string for each word of what it is given.
  private static String byLines(String text, boolean simplified) {
    var converted = new StringBuilder(text.length());
    for (int at = 0; at < text.length(); ) {
      int newline = text.indexOf('\n', at);
      int end = Math.min(newline < 0 ? text.length() : newline + 1, at + PIECE);
      if (end < text.length() && Character.isLowSurrogate(text.charAt(end)) && Character.isHighSurrogate(text.charAt(end - 1))) {
        end++;
      }
      String piece = text.substring(at, end);
      converted.append(hasHan(piece) ? simplified ? ZhConverterUtil.toSimple(piece) : ZhConverterUtil.toTraditional(piece) : piece);
      at = end;
    }
    return converted.toString();
  }

  private static boolean hasHan(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x3400) {
        return true;
      }
    }
    return false;
  }
}
