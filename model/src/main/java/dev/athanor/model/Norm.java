package dev.athanor.model;

import com.fasterxml.jackson.annotation.JsonTypeInfo;

/// How vectors are brought to one scale.
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "type")
public sealed interface Norm {
  double eps();

  /// `x / sqrt(mean(x²) + eps) ⊙ weight`. Zhang and Sennrich, https://arxiv.org/abs/1910.07467
  ///
  /// @param zeroCentred the stored weight is its distance from one (Gemma)
  record Rms(double eps, boolean zeroCentred) implements Norm {
    public Rms(double eps) {
      this(eps, false);
    }
  }

  /// `(x − mean) / sqrt(variance + eps) ⊙ weight + bias`. Ba et al., https://arxiv.org/abs/1607.06450
  record Layer(double eps) implements Norm {}
}
