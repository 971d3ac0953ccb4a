package dev.athanor.model;

/// A weight that a model of some spec has.
///
/// @param role what it is used for, which decides its optimizer and whether it decays
/// @param init what it is before training
/// @param shape a matrix is [out, in]: `y = W x`
public record WeightSpec(String name, Role role, Init init, long... shape) {
  public WeightSpec {
    shape = shape.clone();
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  public long elements() {
    return StoredTensor.elements(shape);
  }

  public enum Role {
    /// Rows that are looked up by a token, a position or a type; the tokens' may be the head too.
    EMBEDDING,
    /// Far larger than a step touches: its gradient is sparse.
    TABLE,
    /// A linear map that every token goes through.
    MATRIX,
    /// A linear map that the tokens sent to an expert go through.
    EXPERT,
    CONVOLUTION,
    /// From hidden states to logits or labels' scores.
    HEAD,
    /// Norms, biases and whatever else has a number a channel: never decays.
    VECTOR
  }
}
