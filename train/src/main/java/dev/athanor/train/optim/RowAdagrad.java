package dev.athanor.train.optim;

import dev.athanor.tensor.NoGrad;
import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/// Adagrad with one accumulator a row, for tables of which a step touches few rows; the others are left alone.
///
/// `a[r] ← a[r] + mean(g[r]²)`, `w[r] ← w[r] − η · g[r] / √a[r]`: a row's first gradient moves it by η, the later ones by less and
/// less, however rarely they come. Duchi et al., https://jmlr.org/papers/v12/duchi11a.html; by rows as in Naumov et al.,
/// https://arxiv.org/abs/1906.00091
public final class RowAdagrad implements Optimizer {
  private static final double TINY = 1e-20;

  private final Settings settings;
  private final SequencedMap<String, Tensor> weights;
  private final SequencedMap<String, Tensor> accumulators = new LinkedHashMap<>();

  public record Settings(double learningRate) {
    public static final Settings DEFAULT = new Settings(0.2);

    public Settings {
      if (!(learningRate > 0)) {
        throw new IllegalArgumentException("the tables' learning rate must be positive, not " + learningRate);
      }
    }
  }

  /// @param tables two-dimensional weights whose gradients are sparse
  public RowAdagrad(SequencedMap<String, Tensor> tables, Settings settings) {
    this.settings = settings;
    weights = new LinkedHashMap<>(tables);
    weights.forEach((name, weight) -> accumulators.put(name, Tensor.zeros(weight.size(0), 1)));
  }

  /// @param gradients coalesced
  @Override
  public void step(Map<String, Tensor> gradients, double factor) {
    try (NoGrad _ = new NoGrad()) {
      weights.forEach(
          (name, weight) -> {
            try (Scope _ = new Scope()) {
              step(name, weight.detach(), AdamW.gradient(gradients, name), settings.learningRate() * factor);
            }
          });
    }
  }

  private void step(String name, Tensor weight, Tensor gradient, double rate) {
    Tensor rows = gradient.sparseRows();
    Tensor values = gradient.sparseValues();
    Tensor accumulator = accumulator(name);
    Tensor sums = accumulator.indexSelect(0, rows).add_(values.square().meanOfRows());
    accumulator.indexCopy_(0, rows, sums);
    Tensor change = values.div(sums.sqrt().add_(TINY)).mul_(-rate);
    weight.indexCopy_(0, rows, weight.indexSelect(0, rows).add_(change));
  }

  private Tensor accumulator(String name) {
    Tensor accumulator = accumulators.get(name);
    if (accumulator == null) {
      throw new IllegalArgumentException("no table named " + name);
    }
    return accumulator;
  }

  @Override
  public SequencedMap<String, Tensor> state() {
    SequencedMap<String, Tensor> state = new LinkedHashMap<>();
    accumulators.forEach((name, accumulator) -> state.put(name + ".adagrad", accumulator));
    return state;
  }

  @Override
  public void close() {
    accumulators.values().forEach(Tensor::close);
  }
}
