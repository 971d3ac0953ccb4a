package dev.athanor.inference.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.inference.DenseProduct;
import dev.athanor.model.QuantizedMatrix;
import dev.athanor.model.QuantizedMatrix.Bits;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class GptqTest {
  private static float[] gaussians(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /// Columns that are mixtures of fewer causes, and differ in size.
  private static Inputs correlated(Random random, int count, int cols, DenseProduct products) {
    int causes = cols / 3;
    float[] mixing = gaussians(random, cols * causes);
    float[] rows = products.multiply(mixing, cols, causes, gaussians(random, count * causes));
    for (int i = 0; i < rows.length; i++) {
      rows[i] = rows[i] * (1 + i % cols % 7) + (float) random.nextGaussian() / 3;
    }
    return Inputs.of(cols, rows);
  }

  private static double error(QuantizedMatrix matrix, float[] weights, InputGram gram) {
    float[] held = matrix.floats();
    double[] errors = new double[held.length];
    for (int i = 0; i < held.length; i++) {
      errors[i] = weights[i] - (double) held[i];
    }
    return gram.error(errors);
  }

  @RepeatedTest(8)
  void rounded_correlatedInputs_errsLessThanRoundingToTheNearest(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    int rows = 1 + random.nextInt(20);
    int cols = 20 + random.nextInt(120);
    float[] weights = gaussians(random, rows * cols);
    try (DenseProduct products = new DenseProduct(1)) {
      InputGram gram = InputGram.of(correlated(random, 4 * cols, cols, products), products);
      double nearest = error(QuantizedMatrix.rounded(Bits.INT4, rows, cols, weights), weights, gram);
      double clipped = error(GroupScale.rounded(Bits.INT4, rows, cols, weights, gram), weights, gram);
      double corrected = error(Gptq.rounded(Bits.INT4, rows, cols, weights, gram), weights, gram);
      assertThat(corrected).isLessThan(0.5 * nearest).isLessThan(clipped);
      double nearestBytes = error(QuantizedMatrix.rounded(Bits.INT8, rows, cols, weights), weights, gram);
      assertThat(error(Gptq.rounded(Bits.INT8, rows, cols, weights, gram), weights, gram)).isLessThan(nearestBytes);
    }
  }

  @Test
  void rounded_independentInputs_isNoWorseThanTheBestScales() {
    Random random = new Random(1);
    double[] identity = new double[64 * 64];
    for (int i = 0; i < 64; i++) {
      identity[i * 65] = 1;
    }
    InputGram gram = new InputGram(64, identity);
    float[] weights = gaussians(random, 5 * 64);
    double scaled = error(GroupScale.rounded(Bits.INT4, 5, 64, weights, gram), weights, gram);
    assertThat(error(Gptq.rounded(Bits.INT4, 5, 64, weights, gram), weights, gram)).isLessThanOrEqualTo(scaled);
  }

  @Test
  void rounded_columnsThatNothingComesTo_areFinite() {
    InputGram nothing = new InputGram(32, new double[32 * 32]);
    QuantizedMatrix matrix = Gptq.rounded(Bits.INT4, 2, 32, gaussians(new Random(2), 64), nothing);
    assertThat(matrix.floats()).doesNotContain(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
  }

  @Test
  void inverseRoot_squared_isTheInverse() {
    try (DenseProduct products = new DenseProduct(1)) {
      int size = 37;
      InputGram gram = InputGram.of(correlated(new Random(5), 200, size, products), products).damped(0.01);
      double[] u = gram.inverseRoot();
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < i; j++) {
          assertThat(u[i * size + j]).isZero();
        }
      }
      // H UᵀU = 1
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          double sum = 0;
          for (int k = 0; k < size; k++) {
            double inverse = 0;
            for (int l = 0; l <= Math.min(k, j); l++) {
              inverse += u[l * size + k] * u[l * size + j];
            }
            sum += gram.values()[i * size + k] * inverse;
          }
          assertThat(sum).isCloseTo(i == j ? 1 : 0, within(1e-6));
        }
      }
    }
  }
}
