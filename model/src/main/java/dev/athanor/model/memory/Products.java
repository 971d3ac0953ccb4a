package dev.athanor.model.memory;

/// The numbers that a training run multiplies.
enum Products {
  F32,
  /// Of weights in f32, each copied for its product.
  HALF_OF_F32,
  /// Of weights that are frozen in no more.
  HALF;

  boolean areHalf() {
    return this != F32;
  }

  static Products of(TrainingRun run) {
    if (!run.half()) {
      return F32;
    }
    return run.adapters().isPresent() ? HALF : HALF_OF_F32;
  }
}
