package dev.athanor.tokenizer;

import java.lang.Character.UnicodeScript;

/// Which characters make words, and which are Chinese.
public final class Letters {
  private Letters() {}

  public static boolean isHan(int character) {
    return character >= 0x2E80 && UnicodeScript.of(character) == UnicodeScript.HAN && Character.isLetter(character);
  }

  /// Letters, and marks on them, of scripts that put spaces between words.
  static boolean isOfWord(int character) {
    if (character < 0x80) {
      return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
    }
    int type = Character.getType(character);
    if (!Character.isLetter(character) && type != Character.NON_SPACING_MARK && type != Character.COMBINING_SPACING_MARK) {
      return false;
    }
    return switch (UnicodeScript.of(character)) {
      case HAN, HIRAGANA, KATAKANA, BOPOMOFO, THAI, LAO, KHMER, MYANMAR, TIBETAN -> false;
      default -> true;
    };
  }
}
