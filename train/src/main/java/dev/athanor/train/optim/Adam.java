package dev.athanor.train.optim;

import dev.athanor.tensor.Fused;
import dev.athanor.tensor.Tensor;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Predicate;

/// Adam as first published, in LibTorch's fused kernel, with weight decay as L2: `g + λ·w` in place of the gradient `g`. So what is
/// divided by the gradient's size is the decay too, and weights with large gradients decay less; [AdamW] has all decay alike. Decay
/// spares vectors (norms and biases). Kingma and Ba, https://arxiv.org/abs/1412.6980
public final class Adam implements Optimizer {
  private final Settings settings;
  private final Moments moments;

  /// @param learningRate the peak
  /// @param l2 λ
  public record Settings(double learningRate, double beta1, double beta2, double epsilon, double l2)
      implements OptimizerSettings {
    public Settings {
      if (!(learningRate > 0) || !(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1) || !(l2 >= 0)) {
        throw new IllegalArgumentException("Adam needs a positive learning rate, betas in [0, 1) and no negative decay");
      }
    }
  }

  public Adam(Map<String, Tensor> weights, Settings settings) {
    this(weights, settings, _ -> false);
  }

  /// @param spares matrices that do not decay
  public Adam(Map<String, Tensor> weights, Settings settings, Predicate<String> spares) {
    this.settings = settings;
    moments = new Moments(weights, settings.l2(), spares, Fused::adam);
  }

  @Override
  public void step(Map<String, Tensor> gradients, double factor) {
    moments.step(gradients, settings.learningRate() * factor, settings.beta1(), settings.beta2(), settings.epsilon());
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
