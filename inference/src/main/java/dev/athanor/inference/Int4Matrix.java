package dev.athanor.inference;

import static dev.athanor.inference.Lanes.FLOATS;
import static dev.athanor.inference.Lanes.INTS;
import static dev.athanor.inference.Lanes.LANES;
import static dev.athanor.inference.Lanes.PANEL;
import static dev.athanor.inference.Lanes.STRIP;
import static dev.athanor.inference.Lanes.TILE;
import static dev.athanor.inference.Lanes.padded;
import static dev.athanor.inference.Rounded.PAIRS;
import static dev.athanor.inference.Rounded.GROUP_INTS;
import static dev.athanor.inference.WeightFormat.GROUP;

import dev.athanor.model.BlockRounding;
import dev.athanor.model.QuantizedMatrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/// Weights of 4 bits with a scale for every GROUP columns, read with activations of 8 bits.
///
/// A strip of STRIP rows is four sets of LANES rows. For each group of columns in turn it holds the scales as [Int8Matrix] does, then a
/// vector of ints for each pair of columns: int i has the weights of the rows set·LANES + i, the first column's in its low half and
/// the second's in its high half, set s at the bits 4s of the half, each with 8 added.
///
/// A group's sum is exact in 16-bit lanes: it begins with −8·Σx, which takes the added 8 away, and so ends within ±16·8·127. Every output
/// is one chain `y = fma(sum, weightScale · activationScale, y)` over the groups.
final class Int4Matrix extends PackedMatrix {
  private static final int SCALES = 2 * LANES;
  private static final int STRIP_INTS = SCALES + PAIRS * LANES;
  private static final short NIBBLE = 15;
  // As the bits of an F32 that many units above ROUND; taken away, the number itself is left.
  private static final float ROUND = 12582912f;
  private static final int MAGIC = 0x4b400000;

  private final int groups;
  private final int[] packed;

  Int4Matrix(int rows, int cols) {
    super(rows, cols);
    groups = (cols + GROUP - 1) / GROUP;
    packed = new int[Math.toIntExact((long) padded(rows) / STRIP * groups * STRIP_INTS)];
    for (int at = 0; at < packed.length; at++) {
      packed[at] = at % STRIP_INTS < SCALES ? 0 : 0x88888888;
    }
  }

  private int group(int row, int group) {
    return (row / STRIP * groups + group) * STRIP_INTS;
  }

  private static int scaleInt(int row) {
    return row % STRIP / PANEL * LANES + row % LANES;
  }

  private static int scaleShift(int row) {
    return row % PANEL < LANES ? 0 : 16;
  }

  private static int codeInt(int row, int k) {
    return SCALES + k % GROUP / 2 * LANES + row % LANES;
  }

  private static int codeShift(int row, int k) {
    return k % 2 * 16 + row % STRIP / LANES * 4;
  }

  @Override
  void put(int row, float[] weights) {
    byte[] codes = new byte[GROUP];
    for (int g = 0; g < groups; g++) {
      int count = Math.min(GROUP, cols() - g * GROUP);
      put(row, g, BlockRounding.int4(weights, g * GROUP, count, codes, 0), codes, 0, count);
    }
  }

  private void put(int row, int g, short scale, byte[] codes, int from, int count) {
    int at = group(row, g);
    packed[at + scaleInt(row)] |= (scale & 0xffff) << scaleShift(row);
    for (int k = 0; k < count; k++) {
      // 8 stands there already: 8 ^ (q + 8) is left to toggle.
      packed[at + codeInt(row, k)] ^= (8 ^ (codes[from + k] + 8)) << codeShift(row, k);
    }
  }

  @Override
  boolean takes(QuantizedMatrix matrix) {
    return matrix.bits() == QuantizedMatrix.Bits.INT4;
  }

  @Override
  void put(int row, QuantizedMatrix matrix, int from) {
    for (int g = 0; g < groups; g++) {
      int count = Math.min(GROUP, cols() - g * GROUP);
      put(row, g, matrix.scales()[from * groups + g], matrix.codes(), from * cols() + g * GROUP, count);
    }
  }

  @Override
  void row(int row, float[] to, int at) {
    for (int k = 0; k < cols(); k++) {
      int group = group(row, k / GROUP);
      float scale = Float.float16ToFloat((short) (packed[group + scaleInt(row)] >> scaleShift(row)));
      int code = (packed[group + codeInt(row, k)] >> codeShift(row, k) & NIBBLE) - 8;
      to[at + k] = code * scale;
    }
  }

  @Override
  boolean readsRounded() {
    return true;
  }

  @Override
  void one(Activations x, int row, float[] y, int yo, Share share) {
    int to = share.to(paddedRows() / STRIP);
    Rounded in = x.rounded();
    int[] sums = share.room().ints();
    for (int strip = share.from(paddedRows() / STRIP); strip < to; strip++) {
      int at = yo + strip * STRIP;
      System.arraycopy(bias(), strip * STRIP, y, at, STRIP);
      for (int g = 0; g < groups; g++) {
        int w = (strip * groups + g) * STRIP_INTS;
        group(packed, w + SCALES, in.codes(), in.codesAt(row) + g * GROUP_INTS, sums);
        add(sums, packed, w, in.scales()[in.scalesAt(row) + g], y, at);
      }
    }
  }

  /// A group's sums of all four sets for one token.
  private static void group(int[] w, int wo, int[] x, int xo, int[] to) {
    ShortVector a0 = IntVector.broadcast(INTS, x[xo + PAIRS]).reinterpretAsShorts(), a1 = a0, a2 = a0, a3 = a0;
    for (int q = 0; q < PAIRS; q++) {
      ShortVector in = IntVector.broadcast(INTS, x[xo + q]).reinterpretAsShorts();
      ShortVector v = IntVector.fromArray(INTS, w, wo + q * LANES).reinterpretAsShorts();
      a0 = a0.add(v.and(NIBBLE).mul(in));
      a1 = a1.add(v.lanewise(VectorOperators.LSHR, 4).and(NIBBLE).mul(in));
      a2 = a2.add(v.lanewise(VectorOperators.LSHR, 8).and(NIBBLE).mul(in));
      a3 = a3.add(v.lanewise(VectorOperators.LSHR, 12).mul(in));
    }
    a0.reinterpretAsInts().intoArray(to, 0);
    a1.reinterpretAsInts().intoArray(to, LANES);
    a2.reinterpretAsInts().intoArray(to, 2 * LANES);
    a3.reinterpretAsInts().intoArray(to, 3 * LANES);
  }

  /// Scales the sums of all four sets and adds them.
  private static void add(int[] sums, int[] w, int wo, float xScale, float[] y, int yo) {
    FloatVector scale = FloatVector.broadcast(FLOATS, xScale * HalfMatrix.REBIAS);
    for (int half = 0; half < 2; half++) {
      IntVector scales = IntVector.fromArray(INTS, w, wo + half * LANES);
      FloatVector s0 =
          scales.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 3).and(HalfMatrix.SPREAD).reinterpretAsFloats();
      FloatVector s1 = scales.lanewise(VectorOperators.ASHR, 3).and(HalfMatrix.SPREAD).reinterpretAsFloats();
      int at = yo + half * PANEL;
      IntVector p = IntVector.fromArray(INTS, sums, half * PANEL);
      p = p.add(p.lanewise(VectorOperators.LSHL, 16)).lanewise(VectorOperators.ASHR, 16).add(MAGIC);
      p.reinterpretAsFloats().sub(ROUND).fma(s0.mul(scale), FloatVector.fromArray(FLOATS, y, at)).intoArray(y, at);
      p = IntVector.fromArray(INTS, sums, half * PANEL + LANES);
      p = p.add(p.lanewise(VectorOperators.LSHL, 16)).lanewise(VectorOperators.ASHR, 16).add(MAGIC);
      at += LANES;
      p.reinterpretAsFloats().sub(ROUND).fma(s1.mul(scale), FloatVector.fromArray(FLOATS, y, at)).intoArray(y, at);
    }
  }

  @Override
  void many(Activations x, int first, int tiles, float[] y, int stride, Share share) {
    int strips = paddedRows() / STRIP;
    int to = share.to(strips);
    Rounded in = x.rounded();
    int[] sums = share.room().ints();
    for (int strip = share.from(strips); strip < to; strip++) {
      for (int tile = 0; tile < tiles; tile++) {
        int row = first + tile * TILE;
        int at = row * stride + strip * STRIP;
        begin(bias(), strip * STRIP, y, at, stride);
        for (int g = 0; g < groups; g++) {
          int w = (strip * groups + g) * STRIP_INTS;
          int codes = in.codesAt(row) + g * GROUP_INTS * TILE;
          int scales = in.scalesAt(row) + g * TILE;
          for (int half = 0; half < 2; half++) {
            tile(packed, w + SCALES, 8 * half, in.codes(), codes, sums);
            add(sums, packed, w + half * LANES, in.scales(), scales, y, at + half * PANEL, stride);
          }
        }
      }
    }
  }

  private static void begin(float[] bias, int bo, float[] y, int yo, int stride) {
    for (int t = 0; t < TILE; t++) {
      System.arraycopy(bias, bo, y, yo + t * stride, STRIP);
    }
  }

  /// A group's sums of two sets for four tokens, in 16-bit lanes yet to be paired.
  ///
  /// @param shift where the first set's bits begin
  /// @param to two vectors a token
  private static void tile(int[] w, int wo, int shift, int[] x, int xo, int[] to) {
    int o = xo + PAIRS * TILE;
    ShortVector a00 = IntVector.broadcast(INTS, x[o]).reinterpretAsShorts(), a01 = a00;
    ShortVector a10 = IntVector.broadcast(INTS, x[o + 1]).reinterpretAsShorts(), a11 = a10;
    ShortVector a20 = IntVector.broadcast(INTS, x[o + 2]).reinterpretAsShorts(), a21 = a20;
    ShortVector a30 = IntVector.broadcast(INTS, x[o + 3]).reinterpretAsShorts(), a31 = a30;
    for (int q = 0; q < PAIRS; q++) {
      ShortVector v = IntVector.fromArray(INTS, w, wo + q * LANES).reinterpretAsShorts().lanewise(VectorOperators.LSHR, shift);
      ShortVector v0 = v.and(NIBBLE);
      ShortVector v1 = v.lanewise(VectorOperators.LSHR, 4).and(NIBBLE);
      int p = xo + q * TILE;
      ShortVector in = IntVector.broadcast(INTS, x[p]).reinterpretAsShorts();
      a00 = a00.add(v0.mul(in));
      a01 = a01.add(v1.mul(in));
      in = IntVector.broadcast(INTS, x[p + 1]).reinterpretAsShorts();
      a10 = a10.add(v0.mul(in));
      a11 = a11.add(v1.mul(in));
      in = IntVector.broadcast(INTS, x[p + 2]).reinterpretAsShorts();
      a20 = a20.add(v0.mul(in));
      a21 = a21.add(v1.mul(in));
      in = IntVector.broadcast(INTS, x[p + 3]).reinterpretAsShorts();
      a30 = a30.add(v0.mul(in));
      a31 = a31.add(v1.mul(in));
    }
    a00.reinterpretAsInts().intoArray(to, 0);
    a01.reinterpretAsInts().intoArray(to, LANES);
    a10.reinterpretAsInts().intoArray(to, 2 * LANES);
    a11.reinterpretAsInts().intoArray(to, 3 * LANES);
    a20.reinterpretAsInts().intoArray(to, 4 * LANES);
    a21.reinterpretAsInts().intoArray(to, 5 * LANES);
    a30.reinterpretAsInts().intoArray(to, 6 * LANES);
    a31.reinterpretAsInts().intoArray(to, 7 * LANES);
  }

  /// Scales the sums of two sets for four tokens and adds them.
  private static void add(int[] sums, int[] w, int wo, float[] s, int so, float[] y, int yo, int stride) {
    IntVector scales = IntVector.fromArray(INTS, w, wo);
    FloatVector s0 =
        scales.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 3).and(HalfMatrix.SPREAD).reinterpretAsFloats();
    FloatVector s1 = scales.lanewise(VectorOperators.ASHR, 3).and(HalfMatrix.SPREAD).reinterpretAsFloats();
    for (int t = 0; t < TILE; t++) {
      FloatVector scale = FloatVector.broadcast(FLOATS, s[so + t] * HalfMatrix.REBIAS);
      IntVector p = IntVector.fromArray(INTS, sums, 2 * t * LANES);
      p = p.add(p.lanewise(VectorOperators.LSHL, 16)).lanewise(VectorOperators.ASHR, 16).add(MAGIC);
      int at = yo + t * stride;
      p.reinterpretAsFloats().sub(ROUND).fma(s0.mul(scale), FloatVector.fromArray(FLOATS, y, at)).intoArray(y, at);
      p = IntVector.fromArray(INTS, sums, (2 * t + 1) * LANES);
      p = p.add(p.lanewise(VectorOperators.LSHL, 16)).lanewise(VectorOperators.ASHR, 16).add(MAGIC);
      at += LANES;
      p.reinterpretAsFloats().sub(ROUND).fma(s1.mul(scale), FloatVector.fromArray(FLOATS, y, at)).intoArray(y, at);
    }
  }
}
