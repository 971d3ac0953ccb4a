package dev.athanor.inference;

import java.util.Arrays;

/// Numbers that belong together, in sections that each begin on a panel, as the outputs of aligned parts of a [PackedMatrix].
record Sections(int... sizes) {
  /// Of the sections up to, and without, number `section`.
  int at(int section) {
    int at = 0;
    for (int i = 0; i < section; i++) {
      at += Lanes.padded(sizes[i]);
    }
    return at;
  }

  /// Of all.
  int width() {
    return at(sizes.length);
  }

  /// The sections' numbers, one after the other, in their places; zeros between.
  float[] spread(float[] numbers) {
    float[] spread = new float[width()];
    int from = 0;
    for (int i = 0; i < sizes.length; i++) {
      System.arraycopy(numbers, from, spread, at(i), sizes[i]);
      from += sizes[i];
    }
    return spread;
  }

  /// `count` sections of one size, then others.
  static Sections of(int count, int size, int... others) {
    int[] sizes = Arrays.copyOf(others, count + others.length);
    System.arraycopy(others, 0, sizes, count, others.length);
    Arrays.fill(sizes, 0, count, size);
    return new Sections(sizes);
  }
}
