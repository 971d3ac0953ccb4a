package dev.athanor.data.dedup;

import dev.athanor.data.SplitMix64;
import java.nio.ByteBuffer;

/// A 128-bit digest of a text's UTF-16 units: two lanes of 64 bits, each a bijection of its state for every four units. Two given
/// different texts agree in both lanes with probability 2⁻¹²⁸, so some two of n texts with about n²/2¹²⁹: 10⁻¹⁹ for 10¹⁰ lines.
/// It is no cryptographic hash: who wants two texts to collide can make them.
final class Digest {
  static final int BYTES = 16;
  private static final long FIRST = 0x2545f4914f6cdd1dL;
  private static final long SECOND = 0x6a09e667f3bcc909L;

  private long one = FIRST;
  private long two = SECOND;
  private long word;
  private long units;

  private Digest() {}

  /// Puts the digest of a part of a text.
  ///
  /// @param withoutSpace white space and marks that show nothing do not count
  static void of(String text, int from, int to, boolean withoutSpace, ByteBuffer out) {
    var digest = new Digest();
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!withoutSpace || !Unit.isSpace(c)) {
        digest.add(c);
      }
    }
    digest.absorb();
    out.putLong(SplitMix64.mix(digest.one ^ digest.units)).putLong(SplitMix64.mix(digest.two + digest.units));
  }

  private void add(char c) {
    word = (word << 16) | c;
    if ((++units & 3) == 0) {
      absorb();
      word = 0;
    }
  }

  private void absorb() {
    one = SplitMix64.mix(one ^ word);
    two = SplitMix64.mix(two + Long.rotateLeft(word, 29) * SECOND);
  }
}
