package dev.athanor.inference;

import static dev.athanor.inference.Lanes.FLOATS;
import static dev.athanor.inference.Lanes.INTS;
import static dev.athanor.inference.Lanes.LANES;
import static dev.athanor.inference.Lanes.PANEL;
import static dev.athanor.inference.Lanes.STRIP;
import static dev.athanor.inference.Lanes.padded;
import static dev.athanor.inference.WeightFormat.GROUP;

import dev.athanor.model.BlockRounding;
import dev.athanor.model.QuantizedMatrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// Weights of 8 bits with a scale for every GROUP columns.
///
/// A strip of STRIP rows is four sets of LANES rows. For each group of columns in turn it holds the scales, F16 in two vectors of ints
/// (sets 0 and 1 in the halves of the first, 2 and 3 in the second), then a vector of ints a column, byte b of int i the weight of row
/// b·LANES + i. The last group is filled up with zeros.
final class Int8Matrix extends WideningMatrix {
  private static final int SCALES = 2 * LANES;
  private static final int GROUP_INTS = SCALES + GROUP * LANES;
  private static final int TOP = 0xff000000;
  // A weight is converted where it stands, in an int's top byte.
  private static final float PLACE = 0x1p-24f;
  // Of a scale that stands as HalfMatrix.SPREAD leaves it.
  private static final float SCALE = HalfMatrix.REBIAS * PLACE;

  private final int groups;
  private final int[] packed;

  Int8Matrix(int rows, int cols) {
    super(rows, cols);
    groups = (cols + GROUP - 1) / GROUP;
    packed = new int[Math.toIntExact((long) padded(rows) / STRIP * groups * GROUP_INTS)];
  }

  /// Where a row's group of columns begins.
  private int group(int row, int group) {
    return (row / STRIP * groups + group) * GROUP_INTS;
  }

  /// The place of its scale's int behind that.
  private static int scaleInt(int row) {
    return row % STRIP / PANEL * LANES + row % LANES;
  }

  private static int scaleShift(int row) {
    return row % PANEL < LANES ? 0 : 16;
  }

  private static int byteShift(int row) {
    return row % STRIP / LANES * 8;
  }

  @Override
  void put(int row, float[] weights) {
    byte[] codes = new byte[GROUP];
    for (int g = 0; g < groups; g++) {
      int count = Math.min(GROUP, cols() - g * GROUP);
      put(row, g, BlockRounding.int8(weights, g * GROUP, count, codes, 0), codes, 0, count);
    }
  }

  private void put(int row, int g, short scale, byte[] codes, int from, int count) {
    int at = group(row, g);
    packed[at + scaleInt(row)] |= (scale & 0xffff) << scaleShift(row);
    for (int k = 0; k < count; k++) {
      packed[at + SCALES + k * LANES + row % LANES] |= (codes[from + k] & 0xff) << byteShift(row);
    }
  }

  /// Codes of 4 bits too.
  @Override
  boolean takes(QuantizedMatrix matrix) {
    return true;
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
      int code = (byte) (packed[group + SCALES + k % GROUP * LANES + row % LANES] >> byteShift(row));
      to[at + k] = code * scale;
    }
  }

  /// From a group's first column.
  @Override
  float[] widened(int panel, int k, int count, float[] room) {
    int strip = panel * PANEL / STRIP;
    int half = panel % 2;
    for (int done = 0; done < count; done += GROUP) {
      int group = (strip * groups + (k + done) / GROUP) * GROUP_INTS;
      scales(packed, group, room, ROOM);
      widen(packed, group + SCALES, 16 - 16 * half, room, ROOM + half * PANEL, done * PANEL, Math.min(GROUP, count - done));
    }
    return room;
  }

  /// A group of two sets.
  ///
  /// @param shift brings the second set's bytes to the top
  /// @param room the scales at `so`, and room for the weights at `to`
  private static void widen(int[] w, int wo, int shift, float[] room, int so, int to, int columns) {
    FloatVector s0 = FloatVector.fromArray(FLOATS, room, so);
    FloatVector s1 = FloatVector.fromArray(FLOATS, room, so + LANES);
    for (int k = 0; k < columns; k++) {
      IntVector v = IntVector.fromArray(INTS, w, wo + k * LANES).lanewise(VectorOperators.LSHL, shift);
      ((FloatVector) v.lanewise(VectorOperators.LSHL, 8).and(TOP).convert(VectorOperators.I2F, 0))
          .mul(s0).intoArray(room, to + k * PANEL);
      ((FloatVector) v.and(TOP).convert(VectorOperators.I2F, 0)).mul(s1).intoArray(room, to + k * PANEL + LANES);
    }
  }

  @Override
  void one(Activations x, int row, float[] y, int yo, Share share) {
    int to = share.to(paddedRows() / STRIP);
    for (int strip = share.from(paddedRows() / STRIP); strip < to; strip++) {
      int at = yo + strip * STRIP;
      System.arraycopy(bias(), strip * STRIP, y, at, STRIP);
      for (int g = 0; g < groups; g++) {
        int w = (strip * groups + g) * GROUP_INTS;
        scales(packed, w, share.room().floats(), ROOM);
        int count = Math.min(GROUP, cols() - g * GROUP);
        group(packed, w + SCALES, share.room().floats(), ROOM, x.data(), row * cols() + g * GROUP, y, at, count);
      }
    }
  }

  /// A strip's scales of a group, STRIP of them, to `to[at…]`.
  private static void scales(int[] w, int wo, float[] to, int at) {
    IntVector scales = IntVector.fromArray(INTS, w, wo);
    scales.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 3).and(HalfMatrix.SPREAD)
        .reinterpretAsFloats().mul(SCALE).intoArray(to, at);
    scales.lanewise(VectorOperators.ASHR, 3).and(HalfMatrix.SPREAD).reinterpretAsFloats().mul(SCALE).intoArray(to, at + LANES);
    scales = IntVector.fromArray(INTS, w, wo + LANES);
    scales.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 3).and(HalfMatrix.SPREAD)
        .reinterpretAsFloats().mul(SCALE).intoArray(to, at + 2 * LANES);
    scales.lanewise(VectorOperators.ASHR, 3).and(HalfMatrix.SPREAD).reinterpretAsFloats().mul(SCALE).intoArray(to, at + 3 * LANES);
  }

  private static void group(int[] w, int wo, float[] s, int so, float[] x, int xo, float[] y, int yo, int count) {
    FloatVector a0 = FloatVector.fromArray(FLOATS, y, yo);
    FloatVector a1 = FloatVector.fromArray(FLOATS, y, yo + LANES);
    FloatVector a2 = FloatVector.fromArray(FLOATS, y, yo + 2 * LANES);
    FloatVector a3 = FloatVector.fromArray(FLOATS, y, yo + 3 * LANES);
    FloatVector s0 = FloatVector.fromArray(FLOATS, s, so);
    FloatVector s1 = FloatVector.fromArray(FLOATS, s, so + LANES);
    FloatVector s2 = FloatVector.fromArray(FLOATS, s, so + 2 * LANES);
    FloatVector s3 = FloatVector.fromArray(FLOATS, s, so + 3 * LANES);
    for (int k = 0; k < count; k++) {
      FloatVector in = FloatVector.broadcast(FLOATS, x[xo + k]);
      IntVector v = IntVector.fromArray(INTS, w, wo + k * LANES);
      a0 = ((FloatVector) v.lanewise(VectorOperators.LSHL, 24).convert(VectorOperators.I2F, 0)).mul(s0).fma(in, a0);
      a1 = ((FloatVector) v.lanewise(VectorOperators.LSHL, 16).and(TOP).convert(VectorOperators.I2F, 0)).mul(s1).fma(in, a1);
      a2 = ((FloatVector) v.lanewise(VectorOperators.LSHL, 8).and(TOP).convert(VectorOperators.I2F, 0)).mul(s2).fma(in, a2);
      a3 = ((FloatVector) v.and(TOP).convert(VectorOperators.I2F, 0)).mul(s3).fma(in, a3);
    }
    a0.intoArray(y, yo);
    a1.intoArray(y, yo + LANES);
    a2.intoArray(y, yo + 2 * LANES);
    a3.intoArray(y, yo + 3 * LANES);
  }
}
