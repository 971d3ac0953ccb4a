package dev.athanor.inference;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// The widths that kernels and layouts share: those of the machine's vectors, 512 bits at most.
final class Lanes {
  static final VectorSpecies<Float> FLOATS =
      FloatVector.SPECIES_PREFERRED.length() > 16 ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;

  /// As wide as `FLOATS`.
  static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);

  /// As wide as `FLOATS`, with two numbers in the place of one.
  static final VectorSpecies<Short> SHORTS = FLOATS.withLanes(short.class);

  static final int LANES = FLOATS.length();

  /// Rows of a matrix that lie interleaved: two vectors, so that a tile of four tokens takes eight accumulators (more spill).
  static final int PANEL = 2 * LANES;

  /// Rows that lie interleaved where one int holds four weights or more.
  static final int STRIP = 2 * PANEL;

  /// Tokens in a tile of activations.
  static final int TILE = 4;

  private Lanes() {}

  /// The least multiple of STRIP that is ≥ n: the width of a buffer that takes a matrix's n outputs.
  static int padded(int n) {
    return Math.toIntExact(((long) n + STRIP - 1) / STRIP * STRIP);
  }

  static IntVector ints(int[] a, int at) {
    return IntVector.fromArray(INTS, a, at);
  }
}
