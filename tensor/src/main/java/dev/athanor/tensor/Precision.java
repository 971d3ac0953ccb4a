package dev.athanor.tensor;

import org.bytedeco.pytorch.global.torch;

/// The numbers that products are computed in; weights, their updates, norms and sums stay in f32. Micikevicius et al.,
/// https://arxiv.org/abs/1710.03740
public enum Precision {
  F32,
  /// The range of f32 with 8 bits of precision.
  BF16,
  /// 11 bits of precision, but nothing below 6e-8 or above 65504: losses are scaled so that gradients do not vanish.
  F16;

  torch.ScalarType scalarType() {
    return switch (this) {
      case F32 -> torch.ScalarType.Float;
      case BF16 -> torch.ScalarType.BFloat16;
      case F16 -> torch.ScalarType.Half;
    };
  }
}
