package dev.athanor.tokenizer;

import java.util.Random;

/// Seeded texts that are hard on tokenizers: every plane, blanks of all kinds, contractions, runs.
final class RandomText {
  private static final String[] PARTS = {
    " ", "  ", "\n", "\r\n", "\t", "'s", "'S", "'Ll", "'ſ", "'", "a", "Z", "é", "中文", "的", "0", "42", "٣", "½", "-", "==",
    "\u00a0", "\u3000", "\u2028", "\u0085", "\u200b", "\u180e", "e\u0301", "👍🏽", "👩‍👧", "\uD835\uDFD8", "<|im_end|>", "return", "the", "\0"
  };

  private final Random random;

  RandomText(long seed) {
    random = new Random(seed);
  }

  String next(int parts) {
    StringBuilder text = new StringBuilder();
    int n = random.nextInt(parts + 1);
    for (int i = 0; i < n; i++) {
      if (random.nextInt(4) == 0) {
        text.appendCodePoint(codePoint());
      } else {
        String part = PARTS[random.nextInt(PARTS.length)];
        text.repeat(part, random.nextInt(8) == 0 ? 1 + random.nextInt(6) : 1);
      }
    }
    return text.toString();
  }

  /// Few letters and blanks, so that pairs repeat.
  String words(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append("aabc d中".charAt(random.nextInt(7)));
    }
    return text.toString();
  }

  private int codePoint() {
    while (true) {
      int c = random.nextInt(random.nextBoolean() ? 0x3000 : 0x110000);
      if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
        return c;
      }
    }
  }
}
