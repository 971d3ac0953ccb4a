package dev.athanor.model;

/// An element's non-linearity.
public enum Activation {
  /// `x · sigmoid(x)`
  SILU,
  /// `x · Φ(x)`, exactly
  GELU,
  /// `x/2 · (1 + tanh(√(2/π) · (x + 0.044715·x³)))`. Hendrycks and Gimpel, https://arxiv.org/abs/1606.08415
  GELU_TANH,
  /// `x · sigmoid(1.702·x)` (CLIP)
  QUICK_GELU,
  RELU
}
