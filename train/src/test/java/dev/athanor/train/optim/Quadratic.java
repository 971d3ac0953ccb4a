package dev.athanor.train.optim;

import dev.athanor.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/// ½ (w − c)ᵀ H (w − c) in two dimensions: a long valley across the axes, curved by 1 along it and by 25 across.
final class Quadratic {
  private static final float[] CENTRE = {3, -2};
  /// The eigenvectors are (0.6, 0.8) and (−0.8, 0.6).
  private static final double[][] H = {{0.36 + 25 * 0.64, 0.48 - 25 * 0.48}, {0.48 - 25 * 0.48, 0.64 + 25 * 0.36}};

  private Quadratic() {}

  static SequencedMap<String, Tensor> only(Tensor weight) {
    return new LinkedHashMap<>(Map.of("w", weight));
  }

  private static float[] gradient(float[] w) {
    double x = w[0] - CENTRE[0];
    double y = w[1] - CENTRE[1];
    return new float[] {(float) (H[0][0] * x + H[0][1] * y), (float) (H[1][0] * x + H[1][1] * y)};
  }

  /// The distance from the minimum after some steps from the origin, at a learning rate that falls linearly to nothing or stays.
  static double distance(Optimizer optimizer, Tensor weight, int steps, boolean falling) {
    for (int step = 0; step < steps; step++) {
      try (Tensor g = Tensor.of(gradient(weight.floats()), 1, 2)) {
        optimizer.step(Map.of("w", g), falling ? 1 - (double) step / steps : 1);
      }
    }
    float[] w = weight.floats();
    return Math.hypot(w[0] - CENTRE[0], w[1] - CENTRE[1]);
  }

  static double startDistance() {
    return Math.hypot(CENTRE[0], CENTRE[1]);
  }
}
