package dev.athanor.tokenizer.pipeline;

/// Kinds of characters as Rust's standard library and Hugging Face's `tokenizers` tell them apart.
final class Kinds {
  private static final int PUNCTUATION =
      1 << Character.CONNECTOR_PUNCTUATION
          | 1 << Character.DASH_PUNCTUATION
          | 1 << Character.START_PUNCTUATION
          | 1 << Character.END_PUNCTUATION
          | 1 << Character.INITIAL_QUOTE_PUNCTUATION
          | 1 << Character.FINAL_QUOTE_PUNCTUATION
          | 1 << Character.OTHER_PUNCTUATION;
  private static final int MARK = 1 << Character.NON_SPACING_MARK | 1 << Character.ENCLOSING_MARK | 1 << Character.COMBINING_SPACING_MARK;
  private static final int NUMBER = 1 << Character.DECIMAL_DIGIT_NUMBER | 1 << Character.LETTER_NUMBER | 1 << Character.OTHER_NUMBER;
  private static final int BLANK = 1 << Character.SPACE_SEPARATOR | 1 << Character.LINE_SEPARATOR | 1 << Character.PARAGRAPH_SEPARATOR;
  private static final int INVISIBLE = 1 << Character.CONTROL | 1 << Character.FORMAT | 1 << Character.PRIVATE_USE;

  private Kinds() {}

  private static boolean is(int kinds, int codePoint) {
    return ((kinds >>> Character.getType(codePoint)) & 1) != 0;
  }

  /// Unicode's White_Space.
  static boolean isWhiteSpace(int c) {
    return (c >= '\t' && c <= '\r') || c == 0x85 || is(BLANK, c);
  }

  static boolean isNumeric(int c) {
    return is(NUMBER, c);
  }

  /// Unicode's punctuation and, as BERT has it, every visible ASCII character that is neither letter nor digit.
  static boolean isPunctuation(int c) {
    return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~') || is(PUNCTUATION, c);
  }

  static boolean isMark(int c) {
    return is(MARK, c);
  }

  static boolean isNonSpacingMark(int c) {
    return Character.getType(c) == Character.NON_SPACING_MARK;
  }

  /// `\w` of Rust's regular expressions.
  static boolean isWord(int c) {
    return Character.isAlphabetic(c)
        || isMark(c)
        || Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER
        || Character.getType(c) == Character.CONNECTOR_PUNCTUATION
        || c == 0x200C
        || c == 0x200D;
  }

  /// What BERT's cleaning drops: control, format and private-use characters of Unicode 8, by which published vocabularies
  /// were made; format characters that came later stay.
  static boolean isInvisible(int c) {
    boolean later = c == 0x890 || c == 0x891 || c == 0x8E2 || c == 0x110CD || (c >= 0x13430 && c <= 0x1343F);
    return is(INVISIBLE, c) && c != '\t' && c != '\n' && c != '\r' && !later;
  }

  /// The blocks that BERT takes for Chinese characters.
  static boolean isChinese(int c) {
    return (c >= 0x4E00 && c <= 0x9FFF)
        || (c >= 0x3400 && c <= 0x4DBF)
        || (c >= 0x20000 && c <= 0x2A6DF)
        || (c >= 0x2A700 && c <= 0x2B73F)
        || (c >= 0x2B740 && c <= 0x2B81F)
        || (c >= 0x2B920 && c <= 0x2CEAF)
        || (c >= 0xF900 && c <= 0xFAFF)
        || (c >= 0x2F800 && c <= 0x2FA1F);
  }
}
