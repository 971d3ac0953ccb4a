package dev.athanor.cli.model;

/// What a model says to [RandomInputs], in F32.
///
/// @param kind what a row is
/// @param columns values of a row: the vocabulary, the labels, or the hidden size
/// @param values row after row
public record Outputs(Kind kind, int columns, float[] values) {
  public enum Kind {
    LOGITS("logits"),
    VECTORS("hidden states");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  public int rows() {
    return values.length / columns;
  }
}
