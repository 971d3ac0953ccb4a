package dev.athanor.train.optim;

import dev.athanor.tensor.NoGrad;
import dev.athanor.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Predicate;

/// What [Adam] and [AdamW] share: the running means of each weight's gradient and of its square, and one call of a fused kernel
/// for all weights of one decay. Decay spares vectors (norms and biases) and whatever else it is told to.
final class Moments implements AutoCloseable {
  private final Kernel kernel;
  private final List<Group> groups = new ArrayList<>();

  /// One of LibTorch's fused steps; see [dev.athanor.tensor.Fused].
  interface Kernel {
    void step(
        List<Tensor> weights,
        List<Tensor> gradients,
        List<Tensor> firstMoments,
        List<Tensor> secondMoments,
        List<Tensor> steps,
        double learningRate,
        double beta1,
        double beta2,
        double weightDecay,
        double epsilon);
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

  Moments(Map<String, Tensor> weights, double weightDecay, Predicate<String> spares, Kernel kernel) {
    this.kernel = kernel;
    Group decayed = new Group(weightDecay);
    Group spared = new Group(0);
    weights.forEach(
        (name, weight) -> {
          Group group = weight.shape().length > 1 && !spares.test(name) ? decayed : spared;
          group.names.add(name);
          group.weights.add(weight);
          group.firstMoments.add(Tensor.zeros(weight.shape()));
          group.secondMoments.add(Tensor.zeros(weight.shape()));
          group.steps.add(Tensor.zeros(1).view());
        });
    groups.add(decayed);
    groups.add(spared);
  }

  void step(Map<String, Tensor> gradients, double learningRate, double beta1, double beta2, double epsilon) {
    try (NoGrad _ = new NoGrad()) {
      for (Group group : groups) {
        if (group.names.isEmpty()) {
          continue;
        }
        List<Tensor> own = group.names.stream().map(name -> AdamW.gradient(gradients, name)).toList();
        group.steps.forEach(Tensor::increment_);
        kernel.step(
            group.weights, own, group.firstMoments, group.secondMoments, group.steps, learningRate, beta1, beta2, group.decay,
            epsilon);
      }
    }
  }

  SequencedMap<String, Tensor> state() {
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
