package dev.athanor.data.dedup;

import dev.athanor.data.SplitMix64;

/// Cuts a text into tokens: words where words are parted by spaces, single characters where they are not (Han, kana, Thai, Lao, Khmer,
/// Myanmar, Tibetan), whatever stands beside whatever. Everything is told by code point.
///
/// @param unit what a token is
/// @param fold letters count without case, full-width forms as the usual ones
/// @param marks punctuation and symbols are tokens, one each; else they only part words
public record Tokens(Cut unit, boolean fold, boolean marks) {
  /// What a token is.
  public enum Cut {
    /// Words, or single characters in scripts without spaces.
    AUTO,
    /// Runs of letters and digits in all scripts.
    WORD,
    /// Single letters and digits in all scripts.
    CHARACTER
  }

  /// Takes tokens in their order.
  @FunctionalInterface
  public interface Sink {
    /// @param hash of the token, 64 bits
    /// @param from its first UTF-16 unit
    /// @param to after its last
    /// @param single it is a character of a script without spaces
    void token(long hash, int from, int to, boolean single);
  }

  private static final byte SPACE = 0;
  private static final byte WORD = 1;
  private static final byte SINGLE = 2;
  private static final byte MARK = 3;
  private static final long SEED = 0x41746861_6e6f7231L;
  private static final long PRIME = 0x100000001b3L;
  private static final byte[] KINDS = kinds();

  private static byte[] kinds() {
    var kinds = new byte[1 << 16];
    for (int c = 0; c < kinds.length; c++) {
      kinds[c] = kindOf(c);
    }
    return kinds;
  }

  private static byte kindOf(int codePoint) {
    if (Character.isIdeographic(codePoint) || withoutSpaces(codePoint)) {
      return SINGLE;
    }
    return switch (Character.getType(codePoint)) {
      case Character.UPPERCASE_LETTER, Character.LOWERCASE_LETTER, Character.TITLECASE_LETTER, Character.MODIFIER_LETTER,
          Character.OTHER_LETTER, Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER,
          Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> WORD;
      case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.CONTROL, Character.FORMAT ->
          SPACE;
      default -> MARK;
    };
  }

  private static boolean withoutSpaces(int codePoint) {
    return switch (Character.UnicodeScript.of(codePoint)) {
      case HIRAGANA, KATAKANA, THAI, LAO, KHMER, MYANMAR, TIBETAN -> Character.isLetterOrDigit(codePoint);
      default -> false;
    };
  }

  private byte kind(int codePoint) {
    byte kind = codePoint < KINDS.length ? KINDS[codePoint] : kindOf(codePoint);
    return switch (unit) {
      case AUTO -> kind;
      case WORD -> kind == SINGLE ? WORD : kind;
      case CHARACTER -> kind == WORD ? SINGLE : kind;
    };
  }

  /// Hands over the tokens of a part of a text.
  public void forEach(String text, int from, int to, Sink sink) {
    int at = from;
    while (at < to) {
      int codePoint = text.codePointAt(at);
      int end = at + Character.charCount(codePoint);
      byte kind = kind(codePoint);
      if (kind == WORD) {
        at = word(text, at, to, sink);
        continue;
      }
      if (kind == SINGLE || (kind == MARK && marks)) {
        sink.token(SplitMix64.mix(SEED ^ (folded(codePoint) * PRIME)), at, end, kind == SINGLE);
      }
      at = end;
    }
  }

  private int word(String text, int from, int to, Sink sink) {
    long hash = SEED;
    int at = from;
    while (at < to) {
      int codePoint = text.charAt(at);
      int size = 1;
      if (Character.isHighSurrogate((char) codePoint)) {
        codePoint = text.codePointAt(at);
        size = Character.charCount(codePoint);
      }
      if (kind(codePoint) != WORD) {
        break;
      }
      hash = (hash ^ folded(codePoint)) * PRIME;
      hash ^= hash >>> 29;
      at += size;
    }
    sink.token(SplitMix64.mix(hash), from, at, false);
    return at;
  }

  private int folded(int codePoint) {
    if (!fold) {
      return codePoint;
    }
    if (codePoint < 0x80) {
      return codePoint >= 'A' && codePoint <= 'Z' ? codePoint + 32 : codePoint;
    }
    return Character.toLowerCase(codePoint >= 0xff01 && codePoint <= 0xff5e ? codePoint - 0xfee0 : codePoint);
  }
}
