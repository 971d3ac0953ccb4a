package dev.athanor.tokenizer.pipeline;

import java.lang.Character.UnicodeScript;

/// Scripts as SentencePiece counts them: kana and the long-vowel mark are Han, a space belongs to any script.
final class Scripts {
  static final int NONE = -1;
  static final int ANY = -2;

  private Scripts() {}

  static int of(int codePoint) {
    if (codePoint == ' ') {
      return ANY;
    }
    if (codePoint == 0x30FC) {
      return number(UnicodeScript.HAN);
    }
    UnicodeScript script = UnicodeScript.of(codePoint);
    return switch (script) {
      case HIRAGANA, KATAKANA -> number(UnicodeScript.HAN);
      case UNKNOWN -> ANY;
      default -> number(script);
    };
  }

  private static int number(UnicodeScript script) {
    return script.name().hashCode() & Integer.MAX_VALUE;
  }
}
