package dev.athanor.inference;

import static dev.athanor.inference.Lanes.FLOATS;
import static dev.athanor.inference.Lanes.LANES;
import static dev.athanor.inference.Lanes.PANEL;
import static dev.athanor.inference.Lanes.ints;
import static dev.athanor.inference.Lanes.padded;

import dev.athanor.base.UserException;
import dev.athanor.model.Bf16;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// Weights of 16 bits: panel p holds, for each column in turn, LANES ints; int i has row p·PANEL + i in its low half and row
/// p·PANEL + LANES + i in its high half. Widened, they are exact.
final class HalfMatrix extends WideningMatrix {
  enum Kind {
    /// IEEE 754 binary16.
    F16,
    /// The upper half of an F32.
    BF16
  }

  private static final int HIGH = 0xffff0000;
  // An F16's sign, exponent and fraction where an F32 has them, but for the exponent's bias.
  static final int SPREAD = 0x8fffe000;
  static final float REBIAS = 0x1p112f;

  private final Kind kind;
  private final int[] packed;

  HalfMatrix(int rows, int cols, Kind kind) {
    super(rows, cols);
    this.kind = kind;
    packed = new int[Math.toIntExact((long) padded(rows) / 2 * cols)];
  }

  private int place(int row) {
    return row / PANEL * LANES * cols() + row % LANES;
  }

  private static int shift(int row) {
    return row % PANEL < LANES ? 0 : 16;
  }

  @Override
  void put(int row, float[] weights) {
    int at = place(row);
    for (int k = 0; k < cols(); k++) {
      packed[at + k * LANES] |= (narrow(weights[k]) & 0xffff) << shift(row);
    }
  }

  private short narrow(float weight) {
    return switch (kind) {
      case BF16 -> Bf16.of(weight);
      case F16 -> {
        short half = Float.floatToFloat16(weight);
        if ((half & 0x7c00) == 0x7c00) {
          throw new UserException("a weight of " + weight + " is no finite F16; keep the weights as f32 or bf16");
        }
        yield half;
      }
    };
  }

  @Override
  void row(int row, float[] to, int at) {
    int from = place(row);
    for (int k = 0; k < cols(); k++) {
      short half = (short) (packed[from + k * LANES] >> shift(row));
      to[at + k] =
          switch (kind) {
            case F16 -> Float.float16ToFloat(half);
            case BF16 -> Bf16.toFloat(half);
          };
    }
  }

  @Override
  float[] widened(int panel, int k, int count, float[] room) {
    int from = (panel * cols() + k) * LANES;
    switch (kind) {
      case F16 -> widenF16(packed, from, room, count);
      case BF16 -> widenBf16(packed, from, room, count);
    }
    return room;
  }

  private static void widenBf16(int[] w, int wo, float[] to, int count) {
    for (int k = 0; k < count; k++) {
      IntVector v = ints(w, wo + k * LANES);
      v.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(to, k * PANEL);
      v.and(HIGH).reinterpretAsFloats().intoArray(to, k * PANEL + LANES);
    }
  }

  private static void widenF16(int[] w, int wo, float[] to, int count) {
    for (int k = 0; k < count; k++) {
      IntVector v = ints(w, wo + k * LANES);
      v.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 3).and(SPREAD).reinterpretAsFloats().mul(REBIAS)
          .intoArray(to, k * PANEL);
      v.lanewise(VectorOperators.ASHR, 3).and(SPREAD).reinterpretAsFloats().mul(REBIAS).intoArray(to, k * PANEL + LANES);
    }
  }

  @Override
  void one(Activations x, int row, float[] y, int yo, Share share) {
    // Two panels at a time: four chains.
    int pairs = paddedRows() / PANEL / 2;
    int to = share.to(pairs);
    int cols = cols();
    for (int pair = share.from(pairs); pair < to; pair++) {
      int rows = pair * 2 * PANEL;
      switch (kind) {
        case F16 -> twoF16(packed, pair * 2 * LANES * cols, bias(), rows, x.data(), row * cols, y, yo + rows, cols);
        case BF16 -> twoBf16(packed, pair * 2 * LANES * cols, bias(), rows, x.data(), row * cols, y, yo + rows, cols);
      }
    }
  }

  private static void twoBf16(int[] w, int wo, float[] b, int bo, float[] x, int xo, float[] y, int yo, int cols) {
    FloatVector a00 = FloatVector.fromArray(FLOATS, b, bo);
    FloatVector a01 = FloatVector.fromArray(FLOATS, b, bo + LANES);
    FloatVector a10 = FloatVector.fromArray(FLOATS, b, bo + PANEL);
    FloatVector a11 = FloatVector.fromArray(FLOATS, b, bo + PANEL + LANES);
    int next = cols * LANES;
    for (int k = 0; k < cols; k++) {
      FloatVector v = FloatVector.broadcast(FLOATS, x[xo + k]);
      int q = wo + k * LANES;
      IntVector w0 = ints(w, q);
      IntVector w1 = ints(w, q + next);
      a00 = w0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(v, a00);
      a01 = w0.and(HIGH).reinterpretAsFloats().fma(v, a01);
      a10 = w1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(v, a10);
      a11 = w1.and(HIGH).reinterpretAsFloats().fma(v, a11);
    }
    a00.intoArray(y, yo);
    a01.intoArray(y, yo + LANES);
    a10.intoArray(y, yo + PANEL);
    a11.intoArray(y, yo + PANEL + LANES);
  }

  private static void twoF16(int[] w, int wo, float[] b, int bo, float[] x, int xo, float[] y, int yo, int cols) {
    FloatVector a00 = FloatVector.fromArray(FLOATS, b, bo);
    FloatVector a01 = FloatVector.fromArray(FLOATS, b, bo + LANES);
    FloatVector a10 = FloatVector.fromArray(FLOATS, b, bo + PANEL);
    FloatVector a11 = FloatVector.fromArray(FLOATS, b, bo + PANEL + LANES);
    int next = cols * LANES;
    for (int k = 0; k < cols; k++) {
      FloatVector v = FloatVector.broadcast(FLOATS, x[xo + k]);
      int q = wo + k * LANES;
      IntVector w0 = ints(w, q);
      IntVector w1 = ints(w, q + next);
      a00 = w0.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 3).and(SPREAD).reinterpretAsFloats().mul(REBIAS)
              .fma(v, a00);
      a01 = w0.lanewise(VectorOperators.ASHR, 3).and(SPREAD).reinterpretAsFloats().mul(REBIAS).fma(v, a01);
      a10 = w1.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 3).and(SPREAD).reinterpretAsFloats().mul(REBIAS)
              .fma(v, a10);
      a11 = w1.lanewise(VectorOperators.ASHR, 3).and(SPREAD).reinterpretAsFloats().mul(REBIAS).fma(v, a11);
    }
    a00.intoArray(y, yo);
    a01.intoArray(y, yo + LANES);
    a10.intoArray(y, yo + PANEL);
    a11.intoArray(y, yo + PANEL + LANES);
  }
}
