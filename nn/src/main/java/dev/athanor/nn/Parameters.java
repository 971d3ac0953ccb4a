package dev.athanor.nn;

import dev.athanor.model.ModelSpec;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import dev.athanor.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;

/// A model's trainable weights by their published names, in the order of computation. Owns their memory.
public final class Parameters implements AutoCloseable {
  private final SequencedMap<String, Tensor> byName;

  private Parameters(SequencedMap<String, Tensor> byName) {
    this.byName = Collections.unmodifiableSequencedMap(byName);
  }

  /// Fresh weights: matrices from N(0, 0.02²), those that write into the residual stream scaled down by √(2·layers) (GPT-2),
  /// norms at one, biases and the tables of n-grams at zero, their projection from N(0, 1/width); that of
  /// induction the same plus the mean of the followers, so that copying is where training begins. Equal seeds give equal bits.
  public static Parameters initialise(ModelSpec spec, long seed) {
    SequencedMap<String, Tensor> byName = new LinkedHashMap<>();
    for (WeightSpec weight : WeightNames.weights(spec)) {
      byName.put(weight.name(), leaf(initial(weight, spec, seed), weight.shape()));
    }
    return new Parameters(byName);
  }

  /// Weights from values in row order, such as a checkpoint's.
  public static Parameters of(ModelSpec spec, Map<String, float[]> values) {
    SequencedMap<String, Tensor> byName = new LinkedHashMap<>();
    for (WeightSpec weight : WeightNames.weights(spec)) {
      float[] stored = values.get(weight.name());
      if (stored == null) {
        throw new IllegalArgumentException("no weight named " + weight.name());
      }
      byName.put(weight.name(), leaf(stored, weight.shape()));
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

  private static float[] initial(WeightSpec weight, ModelSpec spec, long seed) {
    long[] shape = weight.shape();
    int count = 1;
    for (long size : shape) {
      count = Math.multiplyExact(count, Math.toIntExact(size));
    }
    float[] values = new float[count];
    if (shape.length == 1) {
      java.util.Arrays.fill(values, weight.name().endsWith(".bias") ? 0f : 1f);
      return values;
    }
    if (WeightNames.isNgramTable(weight.name())) {
      return values;
    }
    Random random = new Random(seed * 31 + weight.name().hashCode());
    double deviation = deviation(weight, spec);
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * deviation);
    }
    if (weight.name().equals(WeightNames.inductionProjection())) {
      addMean(values, (int) shape[0], (int) shape[1]);
    }
    return values;
  }

  /// Adds [I I … I] / n, which maps vectors of `rows` values side by side to their mean.
  private static void addMean(float[] values, int rows, int columns) {
    for (int row = 0; row < rows; row++) {
      for (int column = row; column < columns; column += rows) {
        values[row * columns + column] += (float) rows / columns;
      }
    }
  }

  private static double deviation(WeightSpec weight, ModelSpec spec) {
    if (WeightNames.isProjection(weight.name())) {
      return 1 / Math.sqrt((double) weight.shape()[1]);
    }
    boolean writesResidual = weight.name().endsWith("o_proj.weight") || weight.name().endsWith("down_proj.weight");
    return writesResidual ? 0.02 / Math.sqrt(2.0 * spec.numLayers()) : 0.02;
  }
}
