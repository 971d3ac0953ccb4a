package dev.athanor.data.ngram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class MixtureTest {
  @Test
  void mix_twoDistributions_averagesProbabilities() {
    float[] mixed = new Mixture(0.25).mix(logs(0.8, 1e-30), logs(0.4, 0.5));
    assertThat(Math.exp(mixed[0])).isCloseTo(0.5, within(1e-6));
    assertThat(Math.exp(mixed[1])).isCloseTo(0.375, within(1e-6));
  }

  @Test
  void tune_eachModelKnowsAShare_findsTheLikeliestWeight() {
    List<float[]> first = List.of(logs(0.9, 0.9, 0.9), logs(0.1));
    List<float[]> second = List.of(logs(0.1, 0.1, 0.1), logs(0.9));
    double weight = Mixture.tune(first, second).weight();
    // maximum of 3 ln(0.1 + 0.8w) + ln(0.9 − 0.8w)
    assertThat(weight).isCloseTo(0.8125, within(1e-6));
    double best = sum(new Mixture(weight), first, second);
    assertThat(best).isGreaterThan(sum(new Mixture(weight + 0.02), first, second));
    assertThat(best).isGreaterThan(sum(new Mixture(weight - 0.02), first, second));
  }

  @Test
  void tune_oneModelIsAlwaysBetter_takesItAlone() {
    assertThat(Mixture.tune(List.of(logs(0.9, 0.8)), List.of(logs(0.1, 0.2))).weight()).isCloseTo(1, within(1e-6));
    assertThat(Mixture.tune(List.of(logs(0.1, 0.2)), List.of(logs(0.9, 0.8))).weight()).isCloseTo(0, within(1e-6));
  }

  @Test
  void mix_differentLengths_isRefused() {
    assertThatThrownBy(() -> new Mixture(0.5).mix(new float[2], new float[3]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static float[] logs(double... probabilities) {
    float[] logs = new float[probabilities.length];
    for (int i = 0; i < logs.length; i++) {
      logs[i] = (float) Math.log(probabilities[i]);
    }
    return logs;
  }

  private static double sum(Mixture mixture, List<float[]> first, List<float[]> second) {
    double sum = 0;
    for (int s = 0; s < first.size(); s++) {
      for (float value : mixture.mix(first.get(s), second.get(s))) {
        sum += value;
      }
    }
    return sum;
  }
}
