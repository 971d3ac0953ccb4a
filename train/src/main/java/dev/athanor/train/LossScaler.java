package dev.athanor.train;

import dev.athanor.tensor.Tensor;

/// Dynamic loss scaling for f16: losses are multiplied so that small gradients do not vanish. An infinite or undefined gradient skips
/// the step and halves the scale; [#GROWTH_INTERVAL] good steps in a row double it. Micikevicius et al.,
/// https://arxiv.org/abs/1710.03740, section 3.2
final class LossScaler implements AutoCloseable {
  static final int GROWTH_INTERVAL = 2000;
  private static final float FIRST = 65_536;
  /// Below it no finite gradient is to be hoped for.
  private static final float LEAST = 1e-4f;

  /// The scale, and the good steps since it last changed; a tensor, so that it is saved with the others.
  private final Tensor state = Tensor.of(new float[] {FIRST, 0}, 2);

  double scale() {
    return state.floats()[0];
  }

  Tensor state() {
    return state;
  }

  /// Takes note of a step's gradients.
  ///
  /// @return whether the step is to be made
  boolean update(boolean finite) {
    float[] values = state.floats();
    if (!finite) {
      values[0] /= 2;
      values[1] = 0;
    } else if (++values[1] == GROWTH_INTERVAL) {
      values[0] *= 2;
      values[1] = 0;
    }
    state.set(values);
    return finite;
  }

  boolean isExhausted() {
    return scale() < LEAST;
  }

  @Override
  public void close() {
    state.close();
  }
}
