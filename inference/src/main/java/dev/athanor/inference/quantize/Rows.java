package dev.athanor.inference.quantize;

import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// Rows that do not need one another.
final class Rows {
  private Rows() {}

  static void each(int rows, IntConsumer work) {
    IntStream.range(0, rows).parallel().forEach(work);
  }
}
