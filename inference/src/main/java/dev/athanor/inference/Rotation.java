package dev.athanor.inference;

import dev.athanor.model.Rope;

/// The angles of a pass's rows for one kind of rotation, worked out once for all blocks that turn alike.
final class Rotation {
  private final Rope rope;
  private final int headDim;
  private final int half;
  private final double magnitude;
  private final double[] frequencies;
  private final Buffer cos;
  private final Buffer sin;

  Rotation(Rope rope, int headDim, Scratch scratch) {
    this.rope = rope;
    this.headDim = headDim;
    half = headDim / 2;
    magnitude = rope.magnitude();
    frequencies = rope.frequencies(headDim, 1);
    cos = scratch.own(half);
    sin = scratch.own(half);
  }

  /// Works out the angles of this member's rows.
  void prepare(Share share) {
    double[] own = frequencies;
    int ownLength = 1;
    for (int row = share.from(); row < share.to(); row++) {
      int position = share.batch().position(row);
      if (rope.isDynamic()) {
        int length = share.batch().cache(row).lengthAt(position);
        if (length != ownLength) {
          own = rope.frequencies(headDim, length);
          ownLength = length;
        }
      }
      angles(row, position, own);
    }
  }

  private void angles(int row, int position, double[] perPosition) {
    float[] toCos = cos.data();
    float[] toSin = sin.data();
    for (int i = 0; i < half; i++) {
      double angle = position * perPosition[i];
      toCos[row * half + i] = (float) (magnitude * Math.cos(angle));
      toSin[row * half + i] = (float) (magnitude * Math.sin(angle));
    }
  }

  /// Turns a head's vector, x[at…], of one of this member's rows.
  void turn(int row, float[] x, int at) {
    float[] c = cos.data();
    float[] s = sin.data();
    int angle = row * half;
    for (int i = 0; i < half; i++) {
      float a = x[at + i];
      float b = x[at + half + i];
      x[at + i] = a * c[angle + i] - b * s[angle + i];
      x[at + half + i] = b * c[angle + i] + a * s[angle + i];
    }
  }
}
