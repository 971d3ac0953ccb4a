package dev.athanor.data.text;

/// Characters without a shape: which say something where they stand, and which are left-overs.
final class Invisible {
  private static final int ZWNJ = 0x200c;
  private static final int ZWJ = 0x200d;
  private static final int EMOJI_VARIATION = 0xfe0f;
  private static final int BLACK_FLAG = 0x1f3f4;
  private static final int KEYCAP = 0x20e3;

  private Invisible() {}

  /// Whether a character may have to go: nearly none does.
  static boolean suspicious(int c) {
    return c < 0x20
        ? c != '\n' && c != '\t'
        : (c >= 0x7f && c <= 0x9f)
            || c == 0xad
            || c == 0x61c
            || c == 0x180e
            || (c >= 0x200b && c <= 0x200f)
            || (c >= 0x2028 && c <= 0x202e)
            || (c >= 0x2060 && c <= 0x206f)
            || c == 0xfeff
            || (c >= 0xfff9 && c <= 0xfffb)
            || (c >= 0xd800 && c <= 0xdfff)
            || (c & 0xfffe) == 0xfffe
            || (c >= 0xe0000 && c <= 0xe007f);
  }

  /// Whether a suspicious character goes.
  ///
  /// @param before the code point before it that was kept; 0 for none
  /// @param after the code point behind it; 0 for none
  static boolean goes(int c, int before, int after) {
    if (c == ZWJ) {
      return !(isOfEmoji(before) && Character.isExtendedPictographic(after)) && !joins(before);
    }
    if (c == ZWNJ) {
      return !joins(before);
    }
    if (c >= 0xe0020 && c <= 0xe007f) {
      // A flag's region, letter by letter ("🏴" and tags).
      return before != BLACK_FLAG && !(before >= 0xe0020 && before <= 0xe007f);
    }
    return true;
  }

  private static boolean isOfEmoji(int c) {
    return c == EMOJI_VARIATION || c == KEYCAP || Character.isEmojiModifier(c) || Character.isExtendedPictographic(c);
  }

  /// Scripts whose spelling needs joiners: Arabic and its kin, Mongolian, those of India and around it.
  private static boolean joins(int c) {
    return (c >= 0x600 && c <= 0xdff) || (c >= 0x1000 && c <= 0x109f) || (c >= 0x1780 && c <= 0x18af) || (c >= 0xfb50 && c <= 0xfdff);
  }
}
