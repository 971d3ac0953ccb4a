package dev.athanor.inference;

import dev.athanor.model.Mixer;
import java.util.Arrays;

/// Keys and values of one block that attends. They grow by blocks of `BLOCK` positions; with a window, a block of positions that no
/// later one sees is taken for the next.
///
/// A block of positions holds its keys transposed, BLOCK numbers a dimension, so that scores need no sum across lanes, and its values
/// `width` numbers a position, where width is dim rounded up to whole vectors.
final class KeyValues implements BlockMemory {
  /// Positions in a block; a multiple of four vectors of every width up to 512 bits.
  static final int BLOCK = 64;

  private static final float[] GONE = {};

  private final int dim;
  private final int width;
  private final int numKvHeads;
  private final int window;
  private final float scale;
  /// 0 for none.
  private final float softcap;
  private float[][] keys = {};
  private float[][] values = {};
  /// Blocks firstBlock … blocks − 1 are there.
  private int firstBlock;
  private int blocks;

  KeyValues(Mixer.Attention attention) {
    dim = attention.headDim();
    width = width(dim);
    numKvHeads = attention.numKvHeads();
    window = attention.window().orElse(Integer.MAX_VALUE);
    scale = (float) attention.scale();
    softcap = (float) attention.softcap().orElse(0);
  }

  /// The room that `attend` needs for a head's result.
  static int width(int headDim) {
    return (headDim + Lanes.LANES - 1) / Lanes.LANES * Lanes.LANES;
  }

  @Override
  public void reserve(int length, int end) {
    int needed = (int) (((long) end + BLOCK - 1) / BLOCK);
    if (needed > keys.length) {
      int places = Math.max(needed, 2 * keys.length);
      keys = Arrays.copyOf(keys, places);
      values = Arrays.copyOf(values, places);
    }
    int firstSeen = first(length) / BLOCK;
    while (blocks < needed) {
      if (firstBlock < firstSeen) {
        take(firstBlock++);
      } else {
        keys[blocks] = new float[numKvHeads * dim * BLOCK];
        values[blocks] = new float[numKvHeads * BLOCK * width];
      }
      blocks++;
    }
  }

  private void take(int block) {
    keys[blocks] = keys[block];
    values[blocks] = values[block];
    keys[block] = GONE;
    values[block] = GONE;
  }

  /// The first position that the one at `position` sees.
  private int first(int position) {
    return Math.max(0, position - window + 1);
  }

  /// Positions at places of their own need no more than that.
  @Override
  public void commit() {}

  /// The blocks of positions that are held.
  int blocks() {
    return blocks - firstBlock;
  }

  /// Stores one position's key and value of one head.
  void put(int head, int position, float[] kv, int keyAt, int valueAt) {
    float[] block = keys[position / BLOCK];
    int at = head * dim * BLOCK + position % BLOCK;
    for (int d = 0; d < dim; d++) {
      block[at + d * BLOCK] = kv[keyAt + d];
    }
    System.arraycopy(kv, valueAt, values[position / BLOCK], (head * BLOCK + position % BLOCK) * width, dim);
  }

  /// Attention of one query at `position` over the keys that it sees, block by block with a running maximum, so that no row of
  /// scores is ever whole. Milakov and Gimelshein, https://arxiv.org/abs/1805.02867
  ///
  /// @param head of the keys
  /// @param byDistance added to the scores of keys so far behind, the last one to all that are farther; empty for none
  /// @param scores room for BLOCK numbers
  /// @param out the result in its first `dim` places; room for `width` numbers
  void attend(int head, int position, float[] q, int qAt, float[] byDistance, float[] scores, float[] out) {
    int begin = first(position);
    float max = Float.NEGATIVE_INFINITY;
    float sum = 0;
    Arrays.fill(out, 0, width, 0);
    for (int block = begin / BLOCK; block <= position / BLOCK; block++) {
      int first = block * BLOCK;
      int from = Math.max(0, begin - first);
      int n = Math.min(BLOCK, position + 1 - first);
      Kernels.scores(q, qAt, keys[block], head * dim * BLOCK, dim, scale, scores);
      if (softcap > 0) {
        Kernels.softcap(scores, 0, n, softcap);
      }
      if (byDistance.length > 0) {
        for (int j = from; j < n; j++) {
          scores[j] += byDistance[Math.min(byDistance.length - 1, position - first - j)];
        }
      }
      float newMax = Math.max(max, Kernels.max(scores, from, n - from));
      float keep = (float) Math.exp(max - newMax);
      Kernels.expMinus(scores, 0, n, newMax);
      Arrays.fill(scores, 0, from, 0);
      sum *= keep;
      for (int j = from; j < n; j++) {
        sum += scores[j];
      }
      Kernels.weigh(scores, n, values[block], head * BLOCK * width, width, keep, out);
      max = newMax;
    }
    float share = 1 / sum;
    for (int d = 0; d < dim; d++) {
      out[d] *= share;
    }
  }
}
