package dev.athanor.nn;

import dev.athanor.model.Activation;
import dev.athanor.model.Norm;
import dev.athanor.model.WeightNames;
import dev.athanor.tensor.Fused;
import dev.athanor.tensor.Tensor;

/// The small maps that all blocks are made of, over weights by name.
final class Affine {
  private Affine() {}

  /// `x · Wᵀ`, plus a bias where the part has one.
  static Tensor linear(Parameters parameters, String part, boolean bias, Tensor x) {
    Tensor weight = parameters.get(WeightNames.weight(part));
    return bias ? x.linear(weight, parameters.get(WeightNames.bias(part))) : x.linear(weight);
  }

  static Tensor norm(Norm norm, Parameters parameters, String part, Tensor x) {
    Tensor weight = parameters.get(WeightNames.weight(part));
    return switch (norm) {
      case Norm.Rms rms -> Fused.rmsNorm(x, rms.zeroCentred() ? weight.add(1) : weight, rms.eps());
      case Norm.Layer layer -> x.layerNorm(weight, parameters.get(WeightNames.bias(part)), layer.eps());
    };
  }

  static Tensor activate(Activation activation, Tensor x) {
    return switch (activation) {
      case SILU -> x.silu();
      case GELU -> x.gelu();
      case GELU_TANH -> x.geluTanh();
      case QUICK_GELU -> x.mul(x.mul(1.702).sigmoid());
      case RELU -> x.relu();
    };
  }
}
