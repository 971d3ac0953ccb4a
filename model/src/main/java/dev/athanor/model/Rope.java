package dev.athanor.model;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.OptionalDouble;

/// Rotary position embedding in the half-split layout of the published Llama checkpoints: pair (i, i + headDim/2) turns by
/// `position · frequency(i)`, unscaled `theta^(−2i/headDim)`. Su et al., https://arxiv.org/abs/2104.09864
public record Rope(double theta, Scaling scaling) {
  public Rope {
    Facts.require(theta > 0, "ropeTheta must be positive");
  }

  public Rope(double theta) {
    this(theta, new Scaling.None());
  }

  /// How a model reaches beyond the positions that it was first trained on.
  @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "type")
  public sealed interface Scaling {
    record None() implements Scaling {}

    /// Positions are divided by `factor`. Chen et al., https://arxiv.org/abs/2306.15595
    record Linear(double factor) implements Scaling {
      public Linear {
        requireFactor(factor);
      }
    }

    /// In sequences longer than `originalContext` theta grows with the length: `theta · (factor · length / originalContext −
    /// (factor − 1))^(d/(d−2))` ("dynamic NTK"). A key that is kept stays turned as it was when the sequence was shorter, as in the
    /// published library: written token by token, such a sequence is not what one pass over all of it gives.
    record Dynamic(double factor, int originalContext) implements Scaling {
      public Dynamic {
        requireFactor(factor);
        Facts.require(originalContext > 0, "originalContext must be positive");
      }
    }

    /// Fast pairs stay, slow ones are divided by `factor`, those between blend; cosine and sine are scaled by
    /// `attentionFactor`, if not given `0.1·ln(factor) + 1`. Peng et al., https://arxiv.org/abs/2309.00071
    ///
    /// @param betaFast turns within `originalContext` from which a pair stays as it is
    /// @param betaSlow turns up to which it is fully scaled
    /// @param truncate the bounds of the blend are whole pairs
    record Yarn(
        double factor, int originalContext, double betaFast, double betaSlow, OptionalDouble attentionFactor, boolean truncate)
        implements Scaling {
      public Yarn {
        requireFactor(factor);
        Facts.require(originalContext > 0, "originalContext must be positive");
        Facts.require(betaFast > betaSlow && betaSlow > 0, "betaFast must exceed betaSlow");
      }
    }

    /// Three bands by wavelength: shorter than `originalContext / highFrequencyFactor` stays, longer than
    /// `originalContext / lowFrequencyFactor` is divided by `factor`, between them a blend. Llama 3.1,
    /// https://arxiv.org/abs/2407.21783
    record Llama3(double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalContext)
        implements Scaling {
      public Llama3 {
        requireFactor(factor);
        Facts.require(originalContext > 0, "originalContext must be positive");
        Facts.require(
            highFrequencyFactor > lowFrequencyFactor && lowFrequencyFactor > 0,
            "highFrequencyFactor must exceed lowFrequencyFactor");
      }
    }

    private static void requireFactor(double factor) {
      Facts.require(factor >= 1, "the factor of rope scaling must be at least 1");
    }
  }

  /// Whether the angles depend on how long the sequence is.
  public boolean isDynamic() {
    return scaling instanceof Scaling.Dynamic;
  }

  /// How far each pair turns per position, `headDim / 2` values, in radians.
  ///
  /// @param length of the sequence; matters to dynamic scaling alone
  public double[] frequencies(int headDim, int length) {
    double[] frequencies = plain(theta, headDim);
    return switch (scaling) {
      case Scaling.None _ -> frequencies;
      case Scaling.Linear linear -> map(frequencies, f -> f / linear.factor());
      case Scaling.Dynamic dynamic -> dynamic(dynamic, headDim, length);
      case Scaling.Yarn yarn -> yarn(yarn, frequencies, headDim);
      case Scaling.Llama3 llama -> map(frequencies, f -> llama3(llama, f));
    };
  }

  /// What cosines and sines are multiplied by.
  public double magnitude() {
    return switch (scaling) {
      case Scaling.Yarn yarn -> yarn.attentionFactor().orElse(0.1 * Math.log(yarn.factor()) + 1);
      case Scaling.None _, Scaling.Linear _, Scaling.Dynamic _, Scaling.Llama3 _ -> 1;
    };
  }

  private static double[] plain(double theta, int headDim) {
    double[] frequencies = new double[headDim / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = Math.pow(theta, -2.0 * i / headDim);
    }
    return frequencies;
  }

  private double[] dynamic(Scaling.Dynamic dynamic, int headDim, int length) {
    double beyond = (double) Math.max(length, dynamic.originalContext()) / dynamic.originalContext();
    double growth = dynamic.factor() * beyond - (dynamic.factor() - 1);
    return plain(theta * Math.pow(growth, headDim / (headDim - 2.0)), headDim);
  }

  private double[] yarn(Scaling.Yarn yarn, double[] frequencies, int headDim) {
    double low = pairTurning(yarn.betaFast(), yarn.originalContext(), headDim);
    double high = pairTurning(yarn.betaSlow(), yarn.originalContext(), headDim);
    if (yarn.truncate()) {
      low = Math.floor(low);
      high = Math.ceil(high);
    }
    low = Math.max(low, 0);
    high = Math.min(high, headDim - 1);
    double span = high == low ? 0.001 : high - low;
    double[] scaled = new double[frequencies.length];
    for (int i = 0; i < scaled.length; i++) {
      double slow = Math.clamp((i - low) / span, 0, 1);
      scaled[i] = frequencies[i] / yarn.factor() * slow + frequencies[i] * (1 - slow);
    }
    return scaled;
  }

  /// The pair, as a fraction, that turns so often within a context.
  private double pairTurning(double turns, int context, int headDim) {
    return headDim * Math.log(context / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
  }

  private static double llama3(Scaling.Llama3 llama, double frequency) {
    double turns = llama.originalContext() * frequency / (2 * Math.PI);
    double keep =
        Math.clamp(
            (turns - llama.lowFrequencyFactor()) / (llama.highFrequencyFactor() - llama.lowFrequencyFactor()), 0, 1);
    return keep * frequency + (1 - keep) * frequency / llama.factor();
  }

  private static double[] map(double[] values, java.util.function.DoubleUnaryOperator f) {
    return java.util.Arrays.stream(values).map(f).toArray();
  }
}
