package dev.athanor.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TensorTest {
  private static final Offset<Float> ROUNDING = within(1e-6f);

  private Scope scope;

  @BeforeEach
  void open() {
    scope = new Scope();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Tensor numbers(int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return Tensor.of(values, rows, columns);
  }

  @Test
  void of_values_comeBackRowByRow() {
    Tensor tensor = Tensor.of(new float[] {1, -2, Float.MIN_VALUE, 4, Float.MAX_VALUE, 6}, 2, 3);
    assertThat(tensor.floats()).containsExactly(1, -2, Float.MIN_VALUE, 4, Float.MAX_VALUE, 6);
    assertThat(tensor.shape()).containsExactly(2, 3);
    assertThat(tensor.count()).isEqualTo(6);
  }

  @Test
  void floats_transposedView_followTheViewNotTheMemory() {
    assertThat(numbers(2, 3).t().floats()).containsExactly(0, 3, 1, 4, 2, 5);
    assertThat(numbers(2, 3).narrow(1, 1, 2).floats()).containsExactly(1, 2, 4, 5);
    assertThat(numbers(2, 3).select(0, 1).floats()).containsExactly(3, 4, 5);
  }

  @Test
  void set_wrongCountOrView_isRefused() {
    assertThatThrownBy(() -> numbers(2, 3).set(new float[5])).hasMessageContaining("5 values for 6");
    assertThatThrownBy(() -> numbers(2, 3).t().set(new float[6])).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void ofLongs_asIndices_chooseRowsOfATable() {
    Tensor index = Tensor.of(new long[] {2, 0, 2}, 3);
    assertThat(numbers(3, 2).embedding(index).floats()).containsExactly(4, 5, 0, 1, 4, 5);
    assertThat(numbers(3, 2).indexSelect(0, index).floats()).containsExactly(4, 5, 0, 1, 4, 5);
    assertThat(numbers(3, 2).gather(1, Tensor.of(new long[] {1, 0, 1}, 3, 1)).floats()).containsExactly(1, 2, 5);
  }

  @Test
  void split_thenCat_isTheSame() {
    Tensor whole = numbers(6, 2);
    List<Tensor> parts = whole.split(new long[] {1, 3, 2}, 0);
    assertThat(parts.get(1).floats()).containsExactly(2, 3, 4, 5, 6, 7);
    assertThat(Tensor.cat(parts, 0).floats()).isEqualTo(whole.floats());
    assertThat(Tensor.stack(List.of(whole, whole)).shape()).containsExactly(2, 6, 2);
  }

  @Test
  void linear_weightAndBias_isProductWithTransposePlusBias() {
    Tensor x = numbers(2, 3);
    Tensor weight = Tensor.of(new float[] {1, 0, 2, -1, 1, 0}, 2, 3);
    assertThat(x.linear(weight).floats()).containsExactly(4, 1, 13, 1);
    assertThat(x.linear(weight, Tensor.of(new float[] {10, 20}, 2)).floats()).containsExactly(14, 21, 23, 21);
    assertThat(x.mm(weight.t()).floats()).containsExactly(4, 1, 13, 1);
  }

  @Test
  void inPlace_ops_changeTheirOwnMemory() {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
    Tensor same = x.view(4);
    x.mul_(2).add_(Tensor.of(new float[] {1, 1, 1, 1}, 2, 2), -1).increment_().add_(0.5);
    assertThat(same.floats()).containsExactly(2.5f, 4.5f, 6.5f, 8.5f);
    x.copy_(Tensor.of(new float[] {1, 0, 0, 1}, 2, 2));
    Tensor c = Tensor.of(new float[] {1, 1, 1, 1}, 2, 2).addmm_(x, numbers(2, 2), 10, 2);
    assertThat(c.floats()).containsExactly(10, 12, 14, 16);
    Tensor sums = Tensor.zeros(2, 2).scatterAdd_(1, Tensor.of(new long[] {1, 0}, 2, 1), numbers(2, 2).narrow(1, 1, 1));
    assertThat(sums.floats()).containsExactly(0, 1, 3, 0);
    assertThat(x.fill_(3).floats()).containsOnly(3);
    assertThat(x.zero_().exp_().floats()).containsOnly(1);
  }

  @Test
  void logSoftmaxOut_inPlace_isTheSameAsBeside() {
    Tensor source = Tensor.of(new float[] {1, 2, 3, -50, 0, 80, 0.5f, 0.25f, 0.125f}, 3, 3);
    Tensor beside = Tensor.empty(3, 3);
    Tensor.logSoftmaxOut(beside, source, 1);
    Tensor inPlace = source.clone();
    Tensor.logSoftmaxOut(inPlace, inPlace, 1);
    assertThat(inPlace.floats()).isEqualTo(beside.floats());
    double sum = Math.exp(1) + Math.exp(2) + Math.exp(3);
    assertThat(beside.floats()[0]).isCloseTo((float) (1 - Math.log(sum)), ROUNDING);
    assertThat(beside.floats()[3]).isCloseTo(-130, within(1e-4f));
  }

  @Test
  void divideByNorms_stack_givesEachMatrixLengthOne() {
    Tensor divided = Tensor.of(new float[] {3, 4, 0, 0, 0, 0, 0, 2}, 2, 2, 2).divideByNorms();
    float[] expected = {0.6f, 0.8f, 0, 0, 0, 0, 0, 1};
    assertThat(divided.floats()).containsExactly(expected, ROUNDING);
  }

  @Test
  void attention_causal_isPlainSoftmaxOfThePast() {
    java.util.Random random = new java.util.Random(5);
    int length = 7;
    int dim = 4;
    float[][] qkv = new float[3][length * dim];
    for (float[] values : qkv) {
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
    }
    float[] fast =
        Tensor.attention(
                Tensor.of(qkv[0], 1, 1, length, dim),
                Tensor.of(qkv[1], 1, 1, length, dim),
                Tensor.of(qkv[2], 1, 1, length, dim),
                true)
            .floats();
    for (int t = 0; t < length; t++) {
      double[] weights = new double[t + 1];
      double sum = 0;
      for (int s = 0; s <= t; s++) {
        double dot = 0;
        for (int d = 0; d < dim; d++) {
          dot += qkv[0][t * dim + d] * qkv[1][s * dim + d];
        }
        weights[s] = Math.exp(dot / Math.sqrt(dim));
        sum += weights[s];
      }
      for (int d = 0; d < dim; d++) {
        double mixed = 0;
        for (int s = 0; s <= t; s++) {
          mixed += weights[s] / sum * qkv[2][s * dim + d];
        }
        assertThat((double) fast[t * dim + d]).isCloseTo(mixed, within(1e-5));
      }
    }
  }

  @Test
  void backward_scalar_leavesGradientsOnLeavesThatAskedForThem() {
    Tensor x = Tensor.of(new float[] {1, 2, 3}, 3).requireGrad();
    Tensor y = Tensor.of(new float[] {4, 5, 6}, 3);
    x.mul(y).add(x.square()).sum().backward();
    assertThat(x.grad().floats()).containsExactly(6, 9, 12);
    assertThat(y.hasGrad()).isFalse();
    x.sum().backward();
    assertThat(x.grad().floats()).containsExactly(7, 10, 13);
    x.clearGrad();
    assertThat(x.hasGrad()).isFalse();
  }

  @Test
  void addToGrad_withAndWithoutOne_addsUp() {
    Tensor x = Tensor.zeros(2).requireGrad();
    try (NoGrad _ = new NoGrad()) {
      try (Scope _ = new Scope()) {
        x.addToGrad(Tensor.of(new float[] {1, 2}, 2));
      }
      x.addToGrad(Tensor.of(new float[] {10, 20}, 2));
    }
    assertThat(x.grad().floats()).containsExactly(11, 22);
  }

  @Test
  void noGrad_open_recordsNoGraph() {
    Tensor x = Tensor.of(new float[] {2}, 1).requireGrad();
    Tensor silent;
    try (NoGrad _ = new NoGrad()) {
      silent = x.mul(3);
    }
    assertThatThrownBy(silent::backward).isInstanceOf(RuntimeException.class);
    x.mul(3).backward();
    assertThat(x.grad().floats()).containsExactly(3);
  }
}
