package dev.athanor.model.memory;

/// What an optimizer remembers of each parameter between steps, in f32 as the trainer keeps it.
public enum UpdateRule {
  /// Running means of the gradient and of its square.
  ADAMW("adamw"),
  /// Nothing.
  SGD("sgd"),
  MOMENTUM("momentum"),
  /// A momentum of each matrix of the blocks; AdamW for the rest.
  MUON("muon");

  private final String label;

  UpdateRule(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }

  /// Numbers a parameter.
  ///
  /// @param matrix it is part of one of the blocks' matrices
  int numbers(boolean matrix) {
    return switch (this) {
      case ADAMW -> 2;
      case SGD -> 0;
      case MOMENTUM -> 1;
      case MUON -> matrix ? 1 : 2;
    };
  }
}
