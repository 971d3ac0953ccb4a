package dev.athanor.inference;

/// Memory of one member's own, for what a kernel hands to the next.
///
/// @param floats [PackedMatrix#ROOM], and a strip's scales behind them
/// @param ints as many as eight vectors hold
record Room(float[] floats, int[] ints) {
  Room() {
    this(new float[PackedMatrix.ROOM + Lanes.STRIP], new int[8 * Lanes.LANES]);
  }
}
