package dev.athanor.inference;

/// Memory of one member's own, for what a kernel hands to the next.
final class Room {
  private final float[] floats = new float[WideningMatrix.ROOM + Lanes.STRIP];
  private final int[] ints = new int[8 * Lanes.LANES];
  private float[] scratch = {};

  /// [WideningMatrix#ROOM] numbers, and a strip's scales behind them.
  float[] floats() {
    return floats;
  }

  /// As many as eight vectors hold.
  int[] ints() {
    return ints;
  }

  /// At least so many numbers, whatever they are.
  float[] scratch(int numbers) {
    if (scratch.length < numbers) {
      scratch = new float[numbers];
    }
    return scratch;
  }
}
