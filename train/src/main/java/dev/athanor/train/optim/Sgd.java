package dev.athanor.train.optim;

import dev.athanor.tensor.NoGrad;
import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Predicate;

/// Gradient descent, plain or with momentum, and weight decay as L2 that spares vectors (norms and biases).
///
/// `g ← g + λ·w`, `m ← μ·m + g`, `w ← w − η·m`; Nesterov looks ahead: `w ← w − η·(g + μ·m)`. The learning rate stands outside the
/// momentum, as in LibTorch, so that a schedule acts at once. Sutskever et al.,
/// https://proceedings.mlr.press/v28/sutskever13.html
public final class Sgd implements Optimizer {
  private final Settings settings;
  private final Predicate<String> spares;
  private final SequencedMap<String, Tensor> weights;
  private final SequencedMap<String, Tensor> momenta = new LinkedHashMap<>();

  /// @param learningRate the peak
  /// @param momentum μ; 0 is plain descent, which keeps no state
  /// @param l2 λ
  public record Settings(double learningRate, double momentum, boolean nesterov, double l2)
      implements OptimizerSettings {
    public Settings {
      if (!(learningRate > 0) || !(momentum >= 0 && momentum < 1) || !(l2 >= 0)) {
        throw new IllegalArgumentException("SGD needs a positive learning rate, a momentum in [0, 1) and no negative decay");
      }
      if (nesterov && momentum == 0) {
        throw new IllegalArgumentException("Nesterov's step needs a momentum");
      }
    }

    public static Settings plain(double learningRate) {
      return new Settings(learningRate, 0, false, 0);
    }
  }

  public Sgd(SequencedMap<String, Tensor> weights, Settings settings) {
    this(weights, settings, _ -> false);
  }

  /// @param spares matrices that do not decay
  public Sgd(SequencedMap<String, Tensor> weights, Settings settings, Predicate<String> spares) {
    this.settings = settings;
    this.spares = spares;
    this.weights = new LinkedHashMap<>(weights);
    if (settings.momentum() > 0) {
      weights.forEach((name, weight) -> momenta.put(name, Tensor.zeros(weight.shape())));
    }
  }

  @Override
  public void step(Map<String, Tensor> gradients, double factor) {
    double rate = settings.learningRate() * factor;
    try (NoGrad _ = new NoGrad()) {
      weights.forEach(
          (name, weight) -> {
            try (Scope _ = new Scope()) {
              Tensor flat = weight.detach();
              flat.add_(direction(name, flat, AdamW.gradient(gradients, name)), -rate);
            }
          });
    }
  }

  private Tensor direction(String name, Tensor weight, Tensor gradient) {
    boolean decays = settings.l2() > 0 && weight.shape().length > 1 && !spares.test(name);
    Tensor pull = decays ? gradient.clone().add_(weight, settings.l2()) : gradient;
    Tensor momentum = momenta.get(name);
    if (momentum == null) {
      return pull;
    }
    momentum.mul_(settings.momentum()).add_(pull);
    return settings.nesterov() ? pull.clone().add_(momentum, settings.momentum()) : momentum;
  }

  @Override
  public SequencedMap<String, Tensor> state() {
    SequencedMap<String, Tensor> state = new LinkedHashMap<>();
    momenta.forEach((name, momentum) -> state.put(name + ".sgd_m", momentum));
    return state;
  }

  @Override
  public void close() {
    momenta.values().forEach(Tensor::close);
  }
}
