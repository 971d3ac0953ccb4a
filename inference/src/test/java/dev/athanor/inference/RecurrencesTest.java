package dev.athanor.inference;

import static dev.athanor.inference.Lanes.LANES;
import static dev.athanor.inference.Lanes.PANEL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

class RecurrencesTest {
  @RepeatedTest(20)
  void selective_anySizes_agreesWithPlainAndGoesOnWhereItStopped(RepetitionInfo info) {
    Random random = new Random(info.getCurrentRepetition());
    int states = 1 + random.nextInt(20), rows = 2 + random.nextInt(30);
    int stride = LANES + random.nextInt(9), selectedStride = 2 * states + 3 + random.nextInt(5);
    float[] a = KernelsTest.gaussians(random, states * LANES), d = KernelsTest.gaussians(random, LANES);
    float[] delta = KernelsTest.gaussians(random, rows * stride + LANES);
    for (int i = 0; i < delta.length; i++) {
      delta[i] = Math.abs(delta[i]);
    }
    for (int i = 0; i < a.length; i++) {
      a[i] = -Math.abs(a[i]);
    }
    float[] u = KernelsTest.gaussians(random, rows * stride + LANES);
    float[] selected = KernelsTest.gaussians(random, rows * selectedStride);
    float[] begin = KernelsTest.gaussians(random, states * LANES);

    float[] h = begin.clone(), y = u.clone();
    Recurrences.selective(h, 0, a, 0, states, delta, y, 0, stride, selected, 3, selectedStride, d, 0, rows);
    for (int lane = 0; lane < LANES; lane++) {
      double[] plain = new double[states];
      for (int s = 0; s < states; s++) {
        plain[s] = begin[s * LANES + lane];
      }
      for (int row = 0; row < rows; row++) {
        double step = delta[row * stride + lane], x = u[row * stride + lane], sum = d[lane] * x;
        for (int s = 0; s < states; s++) {
          int b = row * selectedStride + 3 + s;
          plain[s] = Math.exp(step * a[s * LANES + lane]) * plain[s] + step * x * selected[b];
          sum += selected[b + states] * plain[s];
        }
        assertThat((double) y[row * stride + lane]).isCloseTo(sum, within(1e-4));
      }
      for (int s = 0; s < states; s++) {
        assertThat((double) h[s * LANES + lane]).isCloseTo(plain[s], within(1e-4));
      }
    }

    int cut = 1 + random.nextInt(rows - 1);
    float[] cutH = begin.clone(), cutY = u.clone();
    Recurrences.selective(cutH, 0, a, 0, states, delta, cutY, 0, stride, selected, 3, selectedStride, d, 0, cut);
    Recurrences.selective(
        cutH, 0, a, 0, states, delta, cutY, cut * stride, stride, selected, 3 + cut * selectedStride, selectedStride, d, 0, rows - cut);
    assertThat(cutH).containsExactly(h);
    assertThat(cutY).containsExactly(y);
  }

  @RepeatedTest(20)
  void dual_anySizes_agreesWithPlainAndGoesOnWhereItStopped(RepetitionInfo info) {
    Random random = new Random(100 + info.getCurrentRepetition());
    int states = 1 + random.nextInt(20), rows = 2 + random.nextInt(30);
    int stride = PANEL + random.nextInt(9), b = PANEL + random.nextInt(4), c = b + states, xbcStride = c + states + 2;
    float[] decay = KernelsTest.gaussians(random, rows * stride + PANEL), input = KernelsTest.gaussians(random, decay.length);
    for (int i = 0; i < decay.length; i++) {
      decay[i] = 1 / (1 + Math.abs(decay[i]));
    }
    float[] xbc = KernelsTest.gaussians(random, rows * xbcStride), d = KernelsTest.gaussians(random, PANEL);
    float[] begin = KernelsTest.gaussians(random, states * PANEL);

    float[] h = begin.clone(), y = xbc.clone();
    Recurrences.dual(h, 0, states, decay, input, 0, stride, y, 0, b, c, xbcStride, d, 0, rows);
    for (int lane = 0; lane < PANEL; lane++) {
      double[] plain = new double[states];
      for (int s = 0; s < states; s++) {
        plain[s] = begin[s * PANEL + lane];
      }
      for (int row = 0; row < rows; row++) {
        int at = row * xbcStride;
        double sum = d[lane] * xbc[at + lane];
        for (int s = 0; s < states; s++) {
          plain[s] = decay[row * stride + lane] * plain[s] + input[row * stride + lane] * xbc[at + b + s];
          sum += xbc[at + c + s] * plain[s];
        }
        assertThat((double) y[at + lane]).isCloseTo(sum, within(1e-4));
      }
    }

    int cut = 1 + random.nextInt(rows - 1);
    float[] cutH = begin.clone(), cutY = xbc.clone();
    Recurrences.dual(cutH, 0, states, decay, input, 0, stride, cutY, 0, b, c, xbcStride, d, 0, cut);
    int on = cut * xbcStride;
    Recurrences.dual(
        cutH, 0, states, decay, input, cut * stride, stride, cutY, on, on + b, on + c, xbcStride, d, 0, rows - cut);
    assertThat(cutH).containsExactly(h);
    assertThat(cutY).containsExactly(y);
  }
}
