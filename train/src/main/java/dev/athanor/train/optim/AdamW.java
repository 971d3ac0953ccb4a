package dev.athanor.train.optim;

import dev.athanor.tensor.Fused;
import dev.athanor.tensor.NoGrad;
import dev.athanor.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// Adam with decoupled weight decay, in LibTorch's fused kernel. Decay spares vectors (norms and biases).
/// Loshchilov and Hutter, https://arxiv.org/abs/1711.05101
public final class AdamW implements Optimizer {
  private final Settings settings;
  private final List<Group> groups = new ArrayList<>();

  /// @param learningRate the peak
  public record Settings(double learningRate, double beta1, double beta2, double epsilon, double weightDecay) {
    public Settings {
      if (!(learningRate > 0) || !(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1)) {
        throw new IllegalArgumentException("AdamW needs a positive learning rate and betas in [0, 1)");
      }
    }
  }

  /// Weights that share a decay.
  private record Group(
      double decay,
      List<String> names,
      List<Tensor> weights,
      List<Tensor> firstMoments,
      List<Tensor> secondMoments,
      List<Tensor> steps) {
    Group(double decay) {
      this(decay, new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }
  }

  public AdamW(Map<String, Tensor> weights, Settings settings) {
    this.settings = settings;
    Group decayed = new Group(settings.weightDecay());
    Group spared = new Group(0);
    weights.forEach(
        (name, weight) -> {
          Group group = weight.shape().length > 1 ? decayed : spared;
          group.names.add(name);
          group.weights.add(weight);
          group.firstMoments.add(Tensor.zeros(weight.shape()));
          group.secondMoments.add(Tensor.zeros(weight.shape()));
          group.steps.add(Tensor.zeros(1).view());
        });
    groups.add(decayed);
    groups.add(spared);
  }

  @Override
  public void step(Map<String, Tensor> gradients, double factor) {
    try (NoGrad _ = new NoGrad()) {
      for (Group group : groups) {
        if (group.names.isEmpty()) {
          continue;
        }
        group.steps.forEach(Tensor::increment_);
        Fused.adamW(
            group.weights,
            group.names.stream().map(name -> gradient(gradients, name)).toList(),
            group.firstMoments,
            group.secondMoments,
            group.steps,
            settings.learningRate() * factor,
            settings.beta1(),
            settings.beta2(),
            group.decay,
            settings.epsilon());
      }
    }
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
    SequencedMap<String, Tensor> state = new LinkedHashMap<>();
    for (Group group : groups) {
      for (int i = 0; i < group.names.size(); i++) {
        String name = group.names.get(i);
        state.put(name + ".adam_m", group.firstMoments.get(i));
        state.put(name + ".adam_v", group.secondMoments.get(i));
        state.put(name + ".adam_step", group.steps.get(i));
      }
    }
    return state;
  }

  @Override
  public void close() {
    state().values().forEach(Tensor::close);
  }
}
