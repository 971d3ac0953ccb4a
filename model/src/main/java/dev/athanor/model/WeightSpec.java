package dev.athanor.model;

/// A weight that a model of some spec has.
///
/// @param shape a matrix is [out, in]: `y = W x`
public record WeightSpec(String name, long... shape) {
  public WeightSpec {
    shape = shape.clone();
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }
}
