package dev.athanor.tokenizer;

/// What the published patterns ask of a code point: `\p{L}`, `\p{N}`, `\s` (Unicode's White_Space) with CR and LF apart,
/// or none of them. The classes are disjoint.
final class CharClass {
  static final byte OTHER = 0;
  static final byte LETTER = 1;
  static final byte NUMBER = 2;
  static final byte SPACE = 3;
  static final byte NEWLINE = 4;

  private static final byte[] BASIC = basicPlane();

  private CharClass() {}

  static byte of(int codePoint) {
    return codePoint < BASIC.length ? BASIC[codePoint] : compute(codePoint);
  }

  private static byte[] basicPlane() {
    byte[] classes = new byte[1 << 16];
    for (int c = 0; c < classes.length; c++) {
      classes[c] = compute(c);
    }
    return classes;
  }

  private static byte compute(int codePoint) {
    if (codePoint == '\r' || codePoint == '\n') {
      return NEWLINE;
    }
    if ((codePoint >= '\t' && codePoint <= '\r') || codePoint == 0x85) {
      return SPACE;
    }
    return switch (Character.getType(codePoint)) {
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER ->
          LETTER;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> NUMBER;
      case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> SPACE;
      default -> OTHER;
    };
  }
}
