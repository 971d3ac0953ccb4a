package dev.athanor.inference;

import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Mixer;


/// The keys and values of one sequence, of all layers, and its tokens. Grows by blocks of `BLOCK` positions.
///
/// A block holds its keys transposed, BLOCK numbers a dimension, so that scores need no sum across lanes, and its values
/// `width` numbers a position, where width is dim rounded up to whole vectors.
public final class KvCache {
  /// Positions in a block; a multiple of four vectors of every width up to 512 bits.
  static final int BLOCK = 64;

  private final int dim;
  private final int width;
  private final int numKvHeads;
  private final float[][][] keys;
  private final float[][][] values;
  private int[] ids = new int[BLOCK];
  private int length;
  private int blocks;

  KvCache(DecoderSpec spec) {
    Mixer.Attention attention = spec.attention();
    dim = attention.headDim();
    width = (dim + PackedMatrix.LANES - 1) / PackedMatrix.LANES * PackedMatrix.LANES;
    numKvHeads = attention.numKvHeads();
    int places = (spec.contextLength() + BLOCK - 1) / BLOCK;
    keys = new float[spec.numLayers()][places][];
    values = new float[spec.numLayers()][places][];
  }

  /// Positions that are filled.
  public int length() {
    return length;
  }

  /// Forgets the positions from `newLength` on.
  public void truncate(int newLength) {
    if (newLength < 0 || newLength > length) {
      throw new IllegalArgumentException("cannot truncate " + length + " positions to " + newLength);
    }
    length = newLength;
  }

  /// The tokens at the positions that are filled or about to be.
  int[] ids() {
    return ids;
  }

  void putId(int position, int id) {
    ids[position] = id;
  }

  /// Makes room for positions below `end`; they count from `advance` on.
  void reserve(int end) {
    if (end > ids.length) {
      ids = java.util.Arrays.copyOf(ids, Math.max(end, 2 * ids.length));
    }
    for (; blocks * BLOCK < end; blocks++) {
      for (int layer = 0; layer < keys.length; layer++) {
        keys[layer][blocks] = new float[numKvHeads * dim * BLOCK];
        values[layer][blocks] = new float[numKvHeads * BLOCK * width];
      }
    }
  }

  void advance(int end) {
    length = end;
  }

  /// Stores one position's key and value of one head.
  void put(int layer, int head, int position, float[] kv, int keyAt, int valueAt) {
    float[] block = keys[layer][position / BLOCK];
    int at = head * dim * BLOCK + position % BLOCK;
    for (int d = 0; d < dim; d++) {
      block[at + d * BLOCK] = kv[keyAt + d];
    }
    System.arraycopy(
        kv, valueAt, values[layer][position / BLOCK], (head * BLOCK + position % BLOCK) * width, dim);
  }

  /// Causal attention of one query at `position` over all keys up to it, block by block with a running maximum, so that no
  /// row of scores is ever whole. Milakov and Gimelshein, https://arxiv.org/abs/1805.02867
  ///
  /// @param scores room for BLOCK numbers
  /// @param out the result in its first `dim` places; room for `width` numbers
  void attend(int layer, int head, int position, float[] q, int qAt, float[] scores, float[] out) {
    float scale = (float) (1 / Math.sqrt(dim));
    float max = Float.NEGATIVE_INFINITY;
    float sum = 0;
    java.util.Arrays.fill(out, 0, width, 0);
    for (int first = 0; first <= position; first += BLOCK) {
      int n = Math.min(BLOCK, position + 1 - first);
      Kernels.scores(q, qAt, keys[layer][first / BLOCK], head * dim * BLOCK, dim, scale, scores);
      float newMax = Math.max(max, Kernels.max(scores, 0, n));
      float keep = (float) Math.exp(max - newMax);
      Kernels.expMinus(scores, 0, n, newMax);
      sum *= keep;
      for (int j = 0; j < n; j++) {
        sum += scores[j];
      }
      Kernels.weigh(scores, n, values[layer][first / BLOCK], head * BLOCK * width, width, keep, out);
      max = newMax;
    }
    float share = 1 / sum;
    for (int d = 0; d < dim; d++) {
      out[d] *= share;
    }
  }

  /// The room that `attend` needs for its result.
  int width() {
    return width;
  }
}
