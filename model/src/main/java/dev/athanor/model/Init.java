package dev.athanor.model;

/// What a weight is before training.
public sealed interface Init {
  Init ZEROS = new Constant(0);
  Init ONES = new Constant(1);

  record Constant(double value) implements Init {}

  /// N(0, deviation²)
  record Normal(double deviation) implements Init {}

  /// Evenly within ±bound.
  record Uniform(double bound) implements Init {}

  /// N(0, deviation²) plus [I I … I] / n, which maps vectors of as many values as there are rows, side by side, to their mean.
  record Mean(double deviation) implements Init {}

  /// `ln(1 … columns)` in every row: the states of a channel decay at different speeds. Gu and Dao,
  /// https://arxiv.org/abs/2312.00752
  record LogRange() implements Init {}

  /// The inverse softplus of time steps drawn between `least` and `most`, evenly on a logarithmic scale. As above.
  record TimeStep(double least, double most, double floor) implements Init {
    public static final TimeStep PUBLISHED = new TimeStep(0.001, 0.1, 1e-4);
  }
}
