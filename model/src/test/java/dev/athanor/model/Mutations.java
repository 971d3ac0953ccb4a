package dev.athanor.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/// Seeded damage to the bytes of a file: what a disk, a network or an adversary does to it.
public final class Mutations {
  private static final long[] EXTREMES = {
    0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, Integer.MAX_VALUE, 1L << 31, 1L << 32, 1L << 40, 1L << 61,
    0xFFFF_FFFFL, 1L << 24
  };

  private final Random random;

  public Mutations(long seed) {
    random = new Random(seed);
  }

  /// A damaged copy: one to three of: a bit flipped, a byte changed, bytes inserted, bytes removed, the end cut off, a
  /// word overwritten with a number that hurts.
  ///
  /// @param busy most damage falls on so many bytes at the beginning, where lengths and offsets are
  public byte[] next(byte[] whole, int busy) {
    byte[] bytes = whole.clone();
    int rounds = 1 + random.nextInt(3);
    for (int i = 0; i < rounds && bytes.length > 0; i++) {
      int at = random.nextInt(random.nextInt(8) == 0 ? bytes.length : Math.min(busy, bytes.length));
      bytes =
          switch (random.nextInt(6)) {
            case 0 -> changed(bytes, at, (byte) (bytes[at] ^ (1 << random.nextInt(8))));
            case 1 -> changed(bytes, at, (byte) random.nextInt(256));
            case 2 -> inserted(bytes, at, 1 + random.nextInt(16));
            case 3 -> removed(bytes, at, Math.min(bytes.length - at, 1 + random.nextInt(16)));
            case 4 -> Arrays.copyOf(bytes, at);
            default -> overwritten(bytes, at, EXTREMES[random.nextInt(EXTREMES.length)]);
          };
    }
    return bytes;
  }

  private static byte[] changed(byte[] bytes, int at, byte value) {
    bytes[at] = value;
    return bytes;
  }

  private byte[] inserted(byte[] bytes, int at, int n) {
    byte[] more = new byte[n];
    random.nextBytes(more);
    return ByteBuffer.allocate(bytes.length + n).put(bytes, 0, at).put(more).put(bytes, at, bytes.length - at).array();
  }

  private static byte[] removed(byte[] bytes, int at, int n) {
    return ByteBuffer.allocate(bytes.length - n).put(bytes, 0, at).put(bytes, at + n, bytes.length - at - n).array();
  }

  private byte[] overwritten(byte[] bytes, int at, long value) {
    byte[] word = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    int n = Math.min(bytes.length - at, random.nextBoolean() ? 8 : 4);
    System.arraycopy(word, 0, bytes, at, n);
    return bytes;
  }
}
