package dev.athanor.data.ngram;

import java.lang.Character.UnicodeScript;

/// Units for raw text of any language: words in lower case with every digit as `0`, where a script puts no blanks between words
/// (Chinese, Japanese, Thai, Lao, Khmer, Burmese) each character, and every sign by itself. Full-width forms of ASCII become ASCII.
/// So text need not be normalised as CCNet does before its SentencePiece model (Wenzek et al. 2019, section 3.3).
public record WordsAndHan() implements UnitCutter {
  /// A longer run of letters is cut: it is no word.
  static final int LONGEST = 64;

  private static final byte SPACE = 0;
  private static final byte WORD = 1;
  private static final byte DIGIT = 2;
  private static final byte ALONE = 3;
  private static final byte[] KIND = new byte[Character.MIN_SUPPLEMENTARY_CODE_POINT];

  static {
    for (int c = 0; c < KIND.length; c++) {
      KIND[c] = kindOf(c);
    }
  }

  @Override
  public void cut(CharSequence text, int from, int to, Sink sink) {
    char[] word = new char[LONGEST + 2];
    int length = 0;
    int at = from;
    while (at < to) {
      int c = text.charAt(at++);
      if (Character.isHighSurrogate((char) c) && at < to && Character.isLowSurrogate(text.charAt(at))) {
        c = Character.toCodePoint((char) c, text.charAt(at++));
      } else if (c >= 0xFF01 && c <= 0xFF5E) {
        c -= 0xFEE0;
      }
      byte kind = c < KIND.length ? KIND[c] : kindOf(c);
      boolean inWord = kind == WORD || kind == DIGIT;
      if (length > 0 && (!inWord || length >= LONGEST)) {
        sink.unit(word, 0, length);
        length = 0;
      }
      if (kind == DIGIT) {
        word[length++] = '0';
      } else if (kind == WORD) {
        length += Character.toChars(c < 128 ? asciiLower(c) : Character.toLowerCase(c), word, length);
      } else if (kind == ALONE) {
        sink.unit(word, 0, Character.toChars(c, word, 0));
      }
    }
    if (length > 0) {
      sink.unit(word, 0, length);
    }
  }

  private static int asciiLower(int c) {
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
  }

  private static byte kindOf(int c) {
    int type = Character.getType(c);
    if (Character.isWhitespace(c) || Character.isSpaceChar(c) || type == Character.CONTROL || type == Character.FORMAT
        || type == Character.SURROGATE || type == Character.UNASSIGNED) {
      return SPACE;
    }
    if (type == Character.DECIMAL_DIGIT_NUMBER) {
      return DIGIT;
    }
    boolean letter =
        Character.isLetter(c) || type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK
            || type == Character.LETTER_NUMBER || type == Character.OTHER_NUMBER;
    return letter && !standsAlone(c) ? WORD : ALONE;
  }

  private static boolean standsAlone(int c) {
    if (c < 0x0E00) {
      return false;
    }
    return switch (UnicodeScript.of(c)) {
      case HAN, HIRAGANA, KATAKANA, BOPOMOFO, THAI, LAO, KHMER, MYANMAR -> true;
      default -> false;
    };
  }
}
