package dev.athanor.nn;

import dev.athanor.model.CheckpointDir;
import dev.athanor.model.InitialWeights;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSource;
import dev.athanor.model.WeightSpec;
import dev.athanor.tensor.Precision;
import dev.athanor.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.Predicate;

/// A model's trainable weights by their published names, in the order of computation. Owns their memory.
public final class Parameters implements AutoCloseable {
  private final SequencedMap<String, Tensor> byName;

  private Parameters(SequencedMap<String, Tensor> byName) {
    this.byName = Collections.unmodifiableSequencedMap(byName);
  }

  /// Fresh weights, each as its [WeightSpec] says. Equal seeds give equal bits.
  public static Parameters initialise(ModelSpec spec, long seed) {
    return initialise(WeightNames.weights(spec), seed);
  }

  /// The same for weights that are no whole model.
  public static Parameters initialise(List<WeightSpec> weights, long seed) {
    return each(weights, weight -> InitialWeights.of(weight, seed));
  }

  /// Weights from values in row order, such as a checkpoint's.
  public static Parameters of(ModelSpec spec, Map<String, float[]> values) {
    return of(
        spec,
        name -> {
          float[] stored = values.get(name);
          if (stored == null) {
            throw new IllegalArgumentException("no weight named " + name);
          }
          return stored;
        });
  }

  /// Weights from whatever gives their values by name, each asked for once.
  public static Parameters of(ModelSpec spec, Function<String, float[]> values) {
    return each(WeightNames.weights(spec), weight -> values.apply(weight.name()));
  }

  /// The weights of a folder.
  public static Parameters of(CheckpointDir folder) {
    return of(folder.spec(), folder::floats);
  }

  /// Some of a decoder's weights to compute with, not to train, on the device in use.
  ///
  /// @param wanted which, by their names
  /// @param matrices in which precision matrices and tables are kept; the rest is f32
  public static Parameters frozen(WeightSource source, Predicate<String> wanted, Precision matrices) {
    SequencedMap<String, Tensor> byName = new LinkedHashMap<>();
    for (WeightSpec weight : WeightNames.weights(source.decoder())) {
      if (wanted.test(weight.name())) {
        byName.put(weight.name(), frozen(source.floats(weight.name()), weight, matrices).release());
      }
    }
    return new Parameters(byName);
  }

  private static Tensor frozen(float[] values, WeightSpec weight, Precision matrices) {
    Tensor whole = Tensor.of(values, weight.shape());
    Tensor kept =
        switch (weight.role()) {
          case EMBEDDING, TABLE, MATRIX, EXPERT, HEAD -> whole.to(matrices);
          case CONVOLUTION, VECTOR -> whole;
        };
    if (kept != whole) {
      whole.close();
    }
    return kept;
  }

  private static Parameters each(List<WeightSpec> weights, Function<WeightSpec, float[]> values) {
    SequencedMap<String, Tensor> byName = new LinkedHashMap<>();
    for (WeightSpec weight : weights) {
      byName.put(weight.name(), leaf(values.apply(weight), weight.shape()));
    }
    return new Parameters(byName);
  }

  /// The same memory with gradients of its own, so that a second thread can run the model on other data.
  public Parameters replica() {
    SequencedMap<String, Tensor> shared = new LinkedHashMap<>();
    byName.forEach((name, tensor) -> shared.put(name, tensor.detach().requireGrad()));
    return new Parameters(shared);
  }

  public Tensor get(String name) {
    Tensor tensor = byName.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no weight named " + name);
    }
    return tensor;
  }

  public SequencedMap<String, Tensor> byName() {
    return byName;
  }

  /// All values, copied.
  public SequencedMap<String, float[]> values() {
    SequencedMap<String, float[]> values = new LinkedHashMap<>();
    byName.forEach((name, tensor) -> values.put(name, tensor.floats()));
    return values;
  }

  @Override
  public void close() {
    byName.values().forEach(Tensor::close);
  }

  private static Tensor leaf(float[] values, long[] shape) {
    return Tensor.of(values, shape).requireGrad();
  }
}
