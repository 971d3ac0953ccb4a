package dev.athanor.inference.quantize;

import dev.athanor.inference.DenseProduct;
import dev.athanor.model.QuantizedMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The scales of a [Fold]'s channels that bring the outputs of its readers closest to what they are before rounding. Lin et al.,
/// https://arxiv.org/abs/2306.00978, section 3.2: `s = a^α · w^(−β)`, where a are the mean magnitudes of the channels' inputs and w the
/// largest magnitudes of the columns, with β = 0 or 1 − α and α on a grid.
final class ScaleSearch {
  private static final int STEPS = 20;
  /// Numbers of the inputs that a candidate is tried on.
  private static final int TRIED = 1 << 19;
  private static final float LEAST = 1e-4f;

  /// A reader that will be rounded.
  private record Reader(QuantizedMatrix.Bits bits, int rows, float[] weights, Inputs inputs, float[] outputs) {}

  private final Fold fold;
  private final List<Reader> readers = new ArrayList<>();
  private final DenseProduct products;

  /// @param bits of the readers that will be rounded
  /// @param inputs of those whose inputs were seen
  ScaleSearch(
      Fold fold,
      WorkingWeights weights,
      Map<String, QuantizedMatrix.Bits> bits,
      Map<String, Inputs> inputs,
      DenseProduct products) {
    this.fold = fold;
    this.products = products;
    for (String name : fold.readers()) {
      QuantizedMatrix.Bits of = bits.get(name);
      Inputs seen = inputs.get(name);
      if (of != null && seen != null && seen.count() > 0) {
        Inputs some = seen.some(Math.max(64, TRIED / seen.cols()));
        float[] own = weights.floats(name);
        int rows = own.length / seen.cols();
        readers.add(new Reader(of, rows, own, some, products.multiply(own, rows, seen.cols(), some.rows())));
      }
    }
  }

  /// Empty where nothing is rounded, or no candidate does better than no scales.
  Optional<float[]> best() {
    if (readers.isEmpty()) {
      return Optional.empty();
    }
    float[] none = new float[fold.channels()];
    Arrays.fill(none, 1);
    double least = error(none);
    Optional<float[]> best = Optional.empty();
    float[] inputs = inputMagnitudes();
    float[] weights = largestWeights();
    for (int step = 1; step <= STEPS; step++) {
      double alpha = (double) step / STEPS;
      for (double beta : new double[] {0, 1 - alpha}) {
        float[] candidate = candidate(inputs, weights, alpha, beta);
        double error = error(candidate);
        if (error < least) {
          least = error;
          best = Optional.of(candidate);
        }
        if (alpha == 1) {
          break;
        }
      }
    }
    return best;
  }

  private static float[] candidate(float[] inputs, float[] weights, double alpha, double beta) {
    float[] scales = new float[inputs.length];
    float least = Float.MAX_VALUE;
    float most = 0;
    for (int i = 0; i < scales.length; i++) {
      double scale = Math.pow(Math.max(inputs[i], LEAST), alpha) * Math.pow(Math.max(weights[i], LEAST), -beta);
      scales[i] = (float) Math.max(scale, LEAST);
      least = Math.min(least, scales[i]);
      most = Math.max(most, scales[i]);
    }
    float middle = (float) Math.sqrt((double) least * most);
    for (int i = 0; i < scales.length; i++) {
      scales[i] /= middle;
    }
    return scales;
  }

  /// Of the channels, over all readers.
  private float[] inputMagnitudes() {
    double[] sums = new double[fold.channels()];
    int[] counts = new int[fold.channels()];
    for (Reader reader : readers) {
      float[] means = reader.inputs.magnitudes();
      for (int col = 0; col < means.length; col++) {
        sums[fold.channelOf()[col]] += means[col];
        counts[fold.channelOf()[col]]++;
      }
    }
    float[] result = new float[sums.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) (sums[i] / Math.max(1, counts[i]));
    }
    return result;
  }

  private float[] largestWeights() {
    float[] largest = new float[fold.channels()];
    for (Reader reader : readers) {
      int cols = reader.inputs.cols();
      for (int i = 0; i < reader.weights.length; i++) {
        int channel = fold.channelOf()[i % cols];
        largest[channel] = Math.max(largest[channel], Math.abs(reader.weights[i]));
      }
    }
    return largest;
  }

  /// The squared error of all readers' outputs.
  private double error(float[] scales) {
    double sum = 0;
    for (Reader reader : readers) {
      int cols = reader.inputs.cols();
      float[] divided = fold.divided(reader.inputs.rows(), scales);
      QuantizedMatrix matrix =
          QuantizedMatrix.rounded(reader.bits, reader.rows, cols, fold.multiplied(reader.weights, scales));
      float[] read = reader.bits == QuantizedMatrix.Bits.INT4 ? RoundedInputs.of(divided, cols) : divided;
      float[] outputs = products.multiply(matrix.floats(), reader.rows, cols, read);
      for (int i = 0; i < outputs.length; i++) {
        double off = (double) outputs[i] - reader.outputs[i];
        sum += off * off;
      }
    }
    return sum;
  }
}
