package dev.athanor.data.classifier;

import dev.athanor.data.SplitMix64;
import dev.athanor.data.ngram.UnitCutter;
import dev.athanor.data.ngram.WordsAndHan;
import java.util.Arrays;

/// What a classifier sees of a text: hashes of its n-grams of units (words; in Chinese, characters), across line ends too, and if
/// wanted of the character n-grams of its words between `<` and `>`.
///
/// @param words longest n-gram of units, ≥ 1
/// @param leastChars shortest character n-gram; 0 for none
/// @param mostChars longest
/// @param buckets that hashes fall into
public record Features(int words, int leastChars, int mostChars, int buckets) {
  private static final long WORD_SEED = 0x51ed270b_1f3a5c77L;
  private static final long CHAR_SEED = 0x2545f491_4f6cdd1dL;
  private static final long STEP = 0x9e3779b97f4a7c15L;
  private static final int LONGEST_NGRAM = 8;
  private static final UnitCutter CUTTER = new WordsAndHan();

  public Features {
    if (words < 1 || words > LONGEST_NGRAM) {
      throw new IllegalArgumentException("words must be between 1 and " + LONGEST_NGRAM + ", not " + words);
    }
    if (leastChars < 0 || mostChars < leastChars || mostChars > LONGEST_NGRAM || (leastChars == 0 && mostChars > 0)) {
      throw new IllegalArgumentException("chars must be a range within 1 to " + LONGEST_NGRAM + ", or 0 to 0 for none");
    }
    if (buckets < 16 || buckets > 1 << 28) {
      throw new IllegalArgumentException("buckets must be between 16 and 2^28, not " + buckets);
    }
  }

  /// The buckets of a text, one for each n-gram, those of the first `most` units.
  int[] of(CharSequence text, int most) {
    var bag = new Bag(most);
    CUTTER.cut(text, 0, text.length(), bag);
    return Arrays.copyOf(bag.features, bag.count);
  }

  private final class Bag implements UnitCutter.Sink {
    private final long[] window = new long[words];
    private final int most;
    private long units;
    private int[] features = new int[256];
    private int count;

    Bag(int most) {
      this.most = most;
    }

    @Override
    public void unit(char[] chars, int from, int to) {
      if (units == most) {
        return;
      }
      long h = WORD_SEED;
      for (int i = from; i < to; i++) {
        h = (h ^ chars[i]) * 0x100000001b3L;
        h ^= h >>> 29;
      }
      System.arraycopy(window, 0, window, 1, words - 1);
      window[0] = SplitMix64.mix(h);
      units++;
      long gram = 0;
      for (int n = 0; n < words && n < units; n++) {
        gram = SplitMix64.mix((gram ^ window[n]) + STEP * (n + 1));
        put(gram);
      }
      if (mostChars > 0) {
        characters(chars, from, to);
      }
    }

    /// N-grams of code points of `<word>`; a word of one character has none.
    private void characters(char[] chars, int from, int to) {
      int length = to - from;
      if (Character.codePointCount(chars, from, length) < 2) {
        return;
      }
      for (int start = -1; start <= length; start++) {
        if (start >= 0 && start < length && Character.isLowSurrogate(chars[from + start])) {
          continue;
        }
        long h = CHAR_SEED;
        int n = 0;
        for (int end = start; end <= length && n < mostChars; end++) {
          char c = end < 0 ? '<' : end == length ? '>' : chars[from + end];
          h = (h ^ c) * 0x100000001b3L;
          h ^= h >>> 29;
          if (!Character.isHighSurrogate(c)) {
            n++;
            if (n >= leastChars) {
              put(SplitMix64.mix(h));
            }
          }
        }
      }
    }

    private void put(long hash) {
      if (count == features.length) {
        features = Arrays.copyOf(features, 2 * count);
      }
      features[count++] = (int) Math.unsignedMultiplyHigh(hash, buckets);
    }
  }
}
