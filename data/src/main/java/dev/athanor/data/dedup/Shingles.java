package dev.athanor.data.dedup;

import dev.athanor.data.SplitMix64;
import java.util.function.LongConsumer;

/// Hashes of every `size` tokens in a row (Broder, "On the resemblance and containment of documents", 1997): a polynomial of the
/// tokens' hashes in a fixed odd number, modulo 2⁶⁴, rolled on from token to token, then mixed. Time and memory do not depend
/// on `size`; nothing is held of the text.
public record Shingles(Tokens tokens, int size) {
  private static final long BASE = 0x9e3779b97f4a7c15L;

  public Shingles {
    if (size < 1) {
      throw new IllegalArgumentException("size must be at least 1, not " + size);
    }
  }

  /// Hands over the hashes in their order. A text of fewer tokens than a shingle has one of all of them; one without any has none.
  ///
  /// @return the number of tokens
  public long forEach(String text, int from, int to, LongConsumer sink) {
    var rolling = new Rolling(sink);
    tokens.forEach(text, from, to, rolling);
    rolling.finish();
    return rolling.count;
  }

  private final class Rolling implements Tokens.Sink {
    private final LongConsumer sink;
    private final long[] last = new long[size];
    private final long outgoing = power(size);
    private long hash;
    private long count;
    private int slot;

    Rolling(LongConsumer sink) {
      this.sink = sink;
    }

    @Override
    public void token(long token, int from, int to, boolean single) {
      hash = hash * BASE + token - last[slot] * outgoing;
      last[slot] = token;
      slot = slot + 1 == size ? 0 : slot + 1;
      if (++count >= size) {
        sink.accept(SplitMix64.mix(hash));
      }
    }

    void finish() {
      if (count > 0 && count < size) {
        sink.accept(SplitMix64.mix(hash + count));
      }
    }
  }

  private static long power(int exponent) {
    long power = 1;
    for (int i = 0; i < exponent; i++) {
      power *= BASE;
    }
    return power;
  }
}
