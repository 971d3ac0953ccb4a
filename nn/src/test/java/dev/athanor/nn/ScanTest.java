package dev.athanor.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Chunked scans against the plain recurrence, values and gradients. The published tests allow 6e-4 relative and 2e-3 absolute.
class ScanTest {
  private static Tensor random(Random random, double scale, double shift, long... shape) {
    int count = 1;
    for (long size : shape) {
      count *= (int) size;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * scale + shift);
    }
    return Tensor.of(values, shape).requireGrad();
  }

  private static Offset<Float> near(float[] expected) {
    float largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    return within(6e-4f * largest + 1e-5f);
  }

  private static void assertSame(List<Tensor> actual, List<Tensor> expected) {
    for (int i = 0; i < expected.size(); i++) {
      float[] values = expected.get(i).floats();
      assertThat(actual.get(i).floats()).as("tensor %d", i).containsExactly(values, near(values));
    }
  }

  @ParameterizedTest
  @CsvSource({"1,2,false", "2,1,false", "2,7,true", "3,16,false", "1,37,true", "2,64,false"})
  void selectiveScan_chunked_isThePlainRecurrence(int batch, int length, boolean continued) {
    try (Scope _ = new Scope()) {
      List<Tensor> plain = inputs(batch, length, 5);
      List<Tensor> chunked = inputs(batch, length, 5);
      SelectiveScan.Result expected = selective(plain, continued, true);
      SelectiveScan.Result actual = selective(chunked, continued, false);
      assertSame(List.of(actual.y_BLI(), actual.state_BIS()), List.of(expected.y_BLI(), expected.state_BIS()));
      expected.y_BLI().square().sum().add(expected.state_BIS().sum()).backward();
      actual.y_BLI().square().sum().add(actual.state_BIS().sum()).backward();
      int used = continued ? 6 : 5;
      assertSame(
          chunked.subList(0, used).stream().map(Tensor::grad).toList(), plain.subList(0, used).stream().map(Tensor::grad).toList());
    }
  }

  /// u, Δ, ln(−A), B, C, state
  private static List<Tensor> inputs(int batch, int length, long seed) {
    Random random = new Random(seed);
    return List.of(
        random(random, 1, 0, batch, length, 6),
        random(random, 1, 0, batch, length, 6),
        random(random, 0.5, 0.5, 6, 4),
        random(random, 1, 0, batch, length, 4),
        random(random, 1, 0, batch, length, 4),
        random(random, 1, 0, batch, 6, 4));
  }

  private static SelectiveScan.Result selective(List<Tensor> in, boolean continued, boolean plainly) {
    Tensor delta = in.get(1).softplus();
    Tensor a = in.get(2).exp().neg();
    Tensor state = continued ? in.get(5) : null;
    return plainly
        ? SelectiveScan.plain(in.get(0), delta, a, in.get(3), in.get(4), state)
        : SelectiveScan.chunked(in.get(0), delta, a, in.get(3), in.get(4), state);
  }

  /// Decays of e⁻⁸⁰⁰ and less: a form that divides by them has no finite value.
  @Test
  void scans_decayingVeryFast_stayFinite() {
    try (Scope _ = new Scope()) {
      Random random = new Random(3);
      Tensor u = random(random, 1, 0, 1, 50, 6);
      Tensor delta = Tensor.zeros(1, 50, 6).fill_(50);
      Tensor a = Tensor.zeros(6, 4).fill_(-16);
      Tensor b = random(random, 1, 0, 1, 50, 4);
      Tensor c = random(random, 1, 0, 1, 50, 4);
      float[] expected = SelectiveScan.plain(u, delta, a, b, c, null).y_BLI().floats();
      assertThat(SelectiveScan.chunked(u, delta, a, b, c, null).y_BLI().floats()).containsExactly(expected, near(expected));
      Tensor x = random(random, 1, 0, 1, 50, 3, 2);
      Tensor deltaH = Tensor.zeros(1, 50, 3).fill_(50);
      Tensor aH = Tensor.zeros(3).fill_(-16);
      Tensor bH = random(random, 1, 0, 1, 50, 3, 4);
      Tensor cH = random(random, 1, 0, 1, 50, 3, 4);
      float[] dual = StateSpaceDual.plain(x, deltaH, aH, bH, cH, null).y_BLHP().floats();
      assertThat(StateSpaceDual.chunked(x, deltaH, aH, bH, cH, 16, null).y_BLHP().floats()).containsExactly(dual, near(dual));
    }
  }

  @ParameterizedTest
  @CsvSource({"1,2,4,false", "2,1,4,true", "2,7,4,true", "1,16,16,false", "2,37,8,true", "1,9,64,true"})
  void stateSpaceDual_chunked_isThePlainRecurrence(int batch, int length, int chunk, boolean continued) {
    try (Scope _ = new Scope()) {
      List<Tensor> plain = dualInputs(batch, length, 7);
      List<Tensor> chunked = dualInputs(batch, length, 7);
      StateSpaceDual.Result expected = dual(plain, 0, continued);
      StateSpaceDual.Result actual = dual(chunked, chunk, continued);
      assertSame(List.of(actual.y_BLHP(), actual.state_BHPS()), List.of(expected.y_BLHP(), expected.state_BHPS()));
      expected.y_BLHP().square().sum().add(expected.state_BHPS().sum()).backward();
      actual.y_BLHP().square().sum().add(actual.state_BHPS().sum()).backward();
      int used = continued ? 6 : 5;
      assertSame(
          chunked.subList(0, used).stream().map(Tensor::grad).toList(), plain.subList(0, used).stream().map(Tensor::grad).toList());
    }
  }

  /// x, Δ, ln(−a), B, C, state
  private static List<Tensor> dualInputs(int batch, int length, long seed) {
    Random random = new Random(seed);
    return List.of(
        random(random, 1, 0, batch, length, 3, 2),
        random(random, 1, 0, batch, length, 3),
        random(random, 0.5, 0.5, 3),
        random(random, 1, 0, batch, length, 3, 4),
        random(random, 1, 0, batch, length, 3, 4),
        random(random, 1, 0, batch, 3, 2, 4));
  }

  private static StateSpaceDual.Result dual(List<Tensor> in, int chunk, boolean continued) {
    Tensor delta = in.get(1).softplus();
    Tensor a = in.get(2).exp().neg();
    Tensor state = continued ? in.get(5) : null;
    return chunk == 0
        ? StateSpaceDual.plain(in.get(0), delta, a, in.get(3), in.get(4), state)
        : StateSpaceDual.chunked(in.get(0), delta, a, in.get(3), in.get(4), chunk, state);
  }
}
