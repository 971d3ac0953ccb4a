package dev.athanor.model;

import java.util.Random;
import java.util.function.LongToDoubleFunction;

/// A fresh weight's numbers, drawn in row order as its [WeightSpec] says. Each weight has a generator of its own, seeded by the
/// model's seed and the weight's name, so that equal seeds give equal bits whatever else the model holds.
public final class InitialWeights implements Numbers {
  private final LongToDoubleFunction value;
  private long drawn;

  public InitialWeights(WeightSpec weight, long seed) {
    long[] shape = weight.shape();
    Random random = new Random(seed * 31 + weight.name().hashCode());
    value = values(weight.init(), shape[0], Math.max(1, shape[shape.length - 1]), random);
  }

  /// All of them.
  public static float[] of(WeightSpec weight, long seed) {
    float[] values = new float[Math.toIntExact(weight.elements())];
    new InitialWeights(weight, seed).floats(0, values, 0, values.length);
    return values;
  }

  /// @throws IllegalArgumentException when a part does not begin where the one before it ended
  @Override
  public void floats(long from, float[] to, int at, int count) {
    if (from != drawn) {
      throw new IllegalArgumentException("the numbers are drawn in order: " + drawn + " comes next, not " + from);
    }
    for (int i = 0; i < count; i++) {
      to[at + i] = (float) value.applyAsDouble(from + i);
    }
    drawn += count;
  }

  /// The number at a place, of a matrix [rows, columns] in row order.
  private static LongToDoubleFunction values(Init init, long rows, long columns, Random random) {
    return switch (init) {
      case Init.Constant constant -> _ -> constant.value();
      case Init.Normal normal -> _ -> random.nextGaussian() * normal.deviation();
      case Init.Uniform uniform -> _ -> (2 * random.nextDouble() - 1) * uniform.bound();
      case Init.Mean mean ->
          i ->
              random.nextGaussian() * mean.deviation()
                  + (i % columns % rows == i / columns ? (double) rows / columns : 0);
      case Init.LogRange _ -> i -> Math.log((double) (1 + i % columns));
      case Init.TimeStep step -> {
        double span = Math.log(step.most() / step.least());
        yield _ -> {
          double dt = Math.max(step.floor(), step.least() * Math.exp(random.nextDouble() * span));
          return dt + Math.log(-Math.expm1(-dt));
        };
      }
    };
  }
}
