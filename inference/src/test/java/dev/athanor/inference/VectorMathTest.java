package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.inference.plain.Plain;
import dev.athanor.model.Activation;
import java.util.Arrays;
import java.util.Random;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VectorMathTest {
  @Test
  void exp_overItsRange_agreesWithMathExp() {
    for (float x = -86.9f; x < 87.9f; x += 0.0371f) {
      assertThat(lane(VectorMath.exp(all(x))) / Math.exp(x)).isCloseTo(1, within(3e-7));
    }
  }

  @Test
  void tanh_overItsRange_agreesWithMathTanh() {
    for (float x = -12; x < 12; x += 0.00371f) {
      assertThat(lane(VectorMath.tanh(all(x))) / Math.tanh(x)).isCloseTo(1, within(4e-7));
    }
    assertThat(lane(VectorMath.tanh(all(0)))).isZero();
    assertThat(lane(VectorMath.tanh(all(1e30f)))).isEqualTo(1);
    assertThat(lane(VectorMath.tanh(all(-1e30f)))).isEqualTo(-1);
    assertThat(lane(VectorMath.tanh(all(Float.NaN)))).isNaN();
  }

  @Test
  void softplus_overItsRange_losesNoDigitsWhereItIsSmall() {
    for (float x = -80; x < 80; x += 0.0371f) {
      double expected = x > 40 ? x : Math.log1p(Math.exp(x));
      assertThat(lane(VectorMath.softplus(all(x))) / expected).isCloseTo(1, within(1e-6));
    }
  }

  @ParameterizedTest
  @EnumSource
  void activate_overItsRange_agreesWithItsFormula(Activation activation) {
    float[] x = new float[Lanes.padded(8001)];
    for (int i = 0; i <= 8000; i++) {
      x[i] = -20 + i * 0.005f;
    }
    float[] y = x.clone();
    Kernels.activate(activation, y, 0, 8001);
    for (int i = 0; i <= 8000; i++) {
      double expected = Plain.activate(activation, x[i]);
      assertThat((double) y[i]).as("of %s", x[i]).isCloseTo(expected, within(1e-6 * Math.max(1, Math.abs(expected))));
    }
  }

  @RepeatedTest(20)
  void wholeVectors_anyLength_giveWhatOneElementGives(RepetitionInfo info) {
    Random random = new Random(info.getCurrentRepetition());
    int n = 1 + random.nextInt(100);
    float[] x = KernelsTest.gaussians(random, Lanes.padded(n));
    float[] capped = x.clone(), steps = x.clone(), gated = x.clone();
    Kernels.softcap(capped, 0, n, 0.7f);
    Kernels.softplus(steps, 0, n);
    Kernels.silu(gated, 0, n);
    for (int i = 0; i < n; i++) {
      assertThat((double) capped[i]).isCloseTo(0.7 * Math.tanh(x[i] / 0.7), within(1e-6));
      assertThat(steps[i]).isEqualTo((float) lane(VectorMath.softplus(all(x[i]))));
      assertThat(gated[i]).isEqualTo((float) lane(VectorMath.gatedBySigmoid(all(x[i]), all(x[i]))));
    }
    int end = (n + Lanes.LANES - 1) / Lanes.LANES * Lanes.LANES;
    assertThat(Arrays.copyOfRange(capped, end, x.length)).containsExactly(Arrays.copyOfRange(x, end, x.length));
  }

  private static FloatVector all(float x) {
    return FloatVector.broadcast(Lanes.FLOATS, x);
  }

  private static double lane(FloatVector v) {
    return v.lane(0);
  }
}
