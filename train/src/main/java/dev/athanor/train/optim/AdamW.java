package dev.athanor.train.optim;

import dev.athanor.tensor.Fused;
import dev.athanor.tensor.Tensor;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Predicate;

/// Adam with decoupled weight decay, in LibTorch's fused kernel. Decay spares vectors (norms and biases).
/// Loshchilov and Hutter, https://arxiv.org/abs/1711.05101
public final class AdamW implements Optimizer {
  private final Settings settings;
  private final Moments moments;

  /// @param learningRate the peak
  public record Settings(double learningRate, double beta1, double beta2, double epsilon, double weightDecay)
      implements OptimizerSettings {
    public Settings {
      if (!(learningRate > 0) || !(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1)) {
        throw new IllegalArgumentException("AdamW needs a positive learning rate and betas in [0, 1)");
      }
    }
  }

  public AdamW(Map<String, Tensor> weights, Settings settings) {
    this(weights, settings, _ -> false);
  }

  /// @param spares matrices that do not decay
  public AdamW(Map<String, Tensor> weights, Settings settings, Predicate<String> spares) {
    this.settings = settings;
    moments = new Moments(weights, settings.weightDecay(), spares, Fused::adamW);
  }

  @Override
  public void step(Map<String, Tensor> gradients, double factor) {
    moments.step(gradients, settings.learningRate() * factor, settings.beta1(), settings.beta2(), settings.epsilon());
  }

  static Tensor gradient(Map<String, Tensor> gradients, String name) {
    Tensor gradient = gradients.get(name);
    if (gradient == null) {
      throw new IllegalArgumentException("no gradient for " + name);
    }
    return gradient;
  }

  @Override
  public SequencedMap<String, Tensor> state() {
    return moments.state();
  }

  @Override
  public void close() {
    moments.close();
  }
}
