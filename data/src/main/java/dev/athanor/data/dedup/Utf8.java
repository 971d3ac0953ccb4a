package dev.athanor.data.dedup;

/// Steps through valid UTF-8.
final class Utf8 {
  private Utf8() {}

  /// Bytes of the code point that this byte begins.
  static int length(byte first) {
    return first >= 0 ? 1 : (first & 0xe0) == 0xc0 ? 2 : (first & 0xf0) == 0xe0 ? 3 : 4;
  }

  /// The code point that begins at a place.
  static int at(byte[] text, int place) {
    byte first = text[place];
    return switch (length(first)) {
      case 1 -> first;
      case 2 -> ((first & 0x1f) << 6) | next(text, place + 1);
      case 3 -> ((first & 0x0f) << 12) | (next(text, place + 1) << 6) | next(text, place + 2);
      default -> ((first & 0x07) << 18) | (next(text, place + 1) << 12) | (next(text, place + 2) << 6) | next(text, place + 3);
    };
  }

  private static int next(byte[] text, int place) {
    return text[place] & 0x3f;
  }

  static int codePoints(byte[] text, int length) {
    int count = 0;
    for (int i = 0; i < length; i++) {
      count += (text[i] & 0xc0) == 0x80 ? 0 : 1;
    }
    return count;
  }
}
