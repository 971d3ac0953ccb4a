package dev.athanor.train.optim;

import dev.athanor.tensor.NoGrad;
import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// Momentum whose update is made orthogonal, for the matrices of the blocks; embeddings, heads and vectors go to [AdamW].
///
/// `m ← μ·m + g`, `u = g + μ·m` (Nesterov), `w ← w·(1 − η·λ) − η·√max(1, rows/columns)·orthogonal(u)`, where `orthogonal` is five
/// Newton-Schulz steps `X ← a·X + (b·A + c·A²)·X`, `A = X·Xᵀ`. Matrices of one shape go through them together.
/// Jordan, https://kellerjordan.github.io/posts/muon/
public final class Muon implements Optimizer {
  private static final double A = 3.4445;
  private static final double B = -4.7750;
  private static final double C = 2.0315;
  private static final int STEPS = 5;

  private final Settings settings;
  private final SequencedMap<String, Tensor> weights;
  private final SequencedMap<String, Tensor> momenta = new LinkedHashMap<>();
  private final Map<List<Long>, List<String>> byShape = new LinkedHashMap<>();

  public record Settings(double learningRate, double momentum, double weightDecay) {
    public Settings {
      if (!(learningRate > 0) || !(momentum >= 0 && momentum < 1)) {
        throw new IllegalArgumentException("Muon needs a positive learning rate and a momentum in [0, 1)");
      }
    }
  }

  /// @param matrices two-dimensional weights
  public Muon(SequencedMap<String, Tensor> matrices, Settings settings) {
    this.settings = settings;
    weights = new LinkedHashMap<>(matrices);
    weights.forEach(
        (name, weight) -> {
          momenta.put(name, Tensor.zeros(weight.shape()));
          byShape.computeIfAbsent(List.of(weight.size(0), weight.size(1)), _ -> new ArrayList<>()).add(name);
        });
  }

  @Override
  public void step(Map<String, Tensor> gradients, double factor) {
    double rate = settings.learningRate() * factor;
    try (NoGrad _ = new NoGrad()) {
      byShape.values().forEach(names -> step(names, gradients, rate));
    }
  }

  private void step(List<String> names, Map<String, Tensor> gradients, double rate) {
    try (Scope _ = new Scope()) {
      List<Tensor> updates = new ArrayList<>();
      for (String name : names) {
        Tensor gradient = AdamW.gradient(gradients, name);
        Tensor momentum = state(momenta, name).mul_(settings.momentum()).add_(gradient);
        updates.add(gradient.clone().add_(momentum, settings.momentum()));
      }
      Tensor orthogonal = orthogonalise(Tensor.stack(updates));
      for (int i = 0; i < names.size(); i++) {
        Tensor weight = state(weights, names.get(i)).detach();
        double shape = Math.sqrt(Math.max(1, weight.size(0) / (double) weight.size(1)));
        weight.mul_(1 - rate * settings.weightDecay()).add_(orthogonal.select(0, i), -rate * shape);
      }
    }
  }

  /// The nearest (semi-)orthogonal matrix, roughly: singular values land between 0.7 and 1.2. [batch, rows, columns]
  static Tensor orthogonalise(Tensor x) {
    boolean tall = x.size(1) > x.size(2);
    Tensor wide = tall ? x.transpose(1, 2) : x;
    Tensor y = wide.divideByNorms();
    for (int i = 0; i < STEPS; i++) {
      Tensor a = y.bmm(y.transpose(1, 2));
      Tensor b = a.bmm(a).mul_(C).add_(a, B);
      y = b.bmm(y).add_(y, A);
    }
    return tall ? y.transpose(1, 2) : y;
  }

  private static Tensor state(Map<String, Tensor> map, String name) {
    Tensor tensor = map.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no weight named " + name);
    }
    return tensor;
  }

  @Override
  public SequencedMap<String, Tensor> state() {
    SequencedMap<String, Tensor> state = new LinkedHashMap<>();
    momenta.forEach((name, momentum) -> state.put(name + ".muon_m", momentum));
    return state;
  }

  @Override
  public void close() {
    momenta.values().forEach(Tensor::close);
  }
}
