package dev.athanor.data.dedup;

import dev.athanor.data.SplitMix64;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.LongConsumer;

/// MinHash signatures: two sets agree in one value of their signatures with a probability that is their Jaccard similarity, whatever
/// the value. Broder 1997.
///
/// Value i is the least of `(x ^ xorᵢ) · mulᵢ` over the set's hashes x, in 32 bits with mulᵢ odd: a permutation of the 32-bit
/// numbers. It takes one multiplication of a width that every vector unit has, and eight hashes pass at a time while the least values
/// stay in registers. Of each value 16 bits are kept (Li and König, "b-bit minwise hashing", WWW 2010), so different sets
/// agree in a value by chance once in 65,536.
public final class MinHash {
  /// Of a value in a signature.
  public static final int BYTES = Short.BYTES;
  private static final int AT_ONCE = 8;

  private final int[] xor;
  private final int[] mul;

  public MinHash(int values, long seed) {
    xor = new int[values];
    mul = new int[values];
    var random = new SplitMix64(seed);
    for (int i = 0; i < values; i++) {
      xor[i] = (int) (random.next() >>> 32);
      mul[i] = (int) (random.next() >>> 32) | 1;
    }
  }

  /// Of a signature.
  public int bytes() {
    return xor.length * BYTES;
  }

  public Signer signer() {
    return new Signer();
  }

  /// Takes one set's hashes. Not for several threads.
  public final class Signer implements LongConsumer {
    private final int[] least = new int[xor.length];
    private final int[] waiting = new int[AT_ONCE];
    private int count;

    private Signer() {
      Arrays.fill(least, Integer.MAX_VALUE);
    }

    @Override
    public void accept(long hash) {
      waiting[count & (AT_ONCE - 1)] = (int) (hash ^ (hash >>> 32));
      count++;
      if ((count & (AT_ONCE - 1)) == 0) {
        lower(least, xor, mul, waiting);
        count = AT_ONCE;
      }
    }

    /// Puts two bytes for each value; zeros for a set of nothing. Begins another set.
    public void sign(ByteBuffer out) {
      if (count > 0) {
        // A hash twice is no other set: what is left of the last eight fills the gap or has passed before.
        Arrays.fill(waiting, count < AT_ONCE ? count : AT_ONCE, AT_ONCE, waiting[0]);
        lower(least, xor, mul, waiting);
      }
      for (int value : least) {
        out.putShort(count == 0 ? 0 : (short) ((value * 0x9e3779b1) >>> 16));
      }
      Arrays.fill(least, Integer.MAX_VALUE);
      count = 0;
    }
  }

  private static void lower(int[] least, int[] xor, int[] mul, int[] hashes) {
    int a = hashes[0];
    int b = hashes[1];
    int c = hashes[2];
    int d = hashes[3];
    int e = hashes[4];
    int f = hashes[5];
    int g = hashes[6];
    int h = hashes[7];
    for (int i = 0; i < least.length; i++) {
      int x = xor[i];
      int m = mul[i];
      int one = Math.min(Math.min((a ^ x) * m, (b ^ x) * m), Math.min((c ^ x) * m, (d ^ x) * m));
      int two = Math.min(Math.min((e ^ x) * m, (f ^ x) * m), Math.min((g ^ x) * m, (h ^ x) * m));
      least[i] = Math.min(least[i], Math.min(one, two));
    }
  }
}
