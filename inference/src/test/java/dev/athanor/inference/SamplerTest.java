package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.inference.GenerationEvent.Token;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SamplerTest {
  @Test
  void next_greedyTie_takesTheLowestId() {
    float[] logits = {0, 3, 1, 3};
    assertThat(new Sampler(Sampling.GREEDY, -1).next(logits, 0, 4).id()).isEqualTo(1);
  }

  @Test
  void next_temperature_drawsInProportion() {
    float[] logits = {0, (float) Math.log(3)};
    assertThat(share(new Sampling(1, 1, 0, 5), logits, 1)).isCloseTo(0.75, within(0.02));
    assertThat(share(new Sampling(0.5, 1, 0, 5), logits, 1)).isCloseTo(0.9, within(0.02));
  }

  @Test
  void next_topKAndTopP_keepOnlyTheMostLikely() {
    float[] logits = {(float) Math.log(0.1), (float) Math.log(0.5), (float) Math.log(0.1), (float) Math.log(0.3)};
    assertThat(drawn(new Sampling(1, 1, 2, 1), logits)).containsExactly(1, 3);
    assertThat(drawn(new Sampling(1, 1, 3, 1), logits)).containsExactly(0, 1, 3);
    assertThat(drawn(new Sampling(1, 0.4, 0, 1), logits)).containsExactly(1);
    assertThat(drawn(new Sampling(1, 0.7, 0, 1), logits)).containsExactly(1, 3);
    assertThat(drawn(new Sampling(1, 0.85, 0, 1), logits)).containsExactly(0, 1, 3);
    assertThat(drawn(new Sampling(1, 0.6, 2, 1), logits)).containsExactly(1);
  }

  @Test
  void next_logprobs_areLogSoftmaxAtTemperatureOneBestFirst() {
    float[] logits = KernelsTest.gaussians(new Random(3), 1000);
    Token token = new Sampler(Sampling.GREEDY, 5).next(logits, 0, 1000);
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit);
    }
    assertThat((double) token.logprob()).isCloseTo(logits[token.id()] - Math.log(sum), within(1e-5));
    assertThat(token.top()).hasSize(5);
    assertThat(token.top().getFirst().id()).isEqualTo(token.id());
    for (int i = 1; i < 5; i++) {
      assertThat(token.top().get(i).logprob()).isLessThanOrEqualTo(token.top().get(i - 1).logprob());
    }
  }

  @Test
  void next_notANumber_fails() {
    assertThatThrownBy(() -> new Sampler(Sampling.GREEDY, -1).next(new float[] {0, Float.NaN}, 0, 2))
        .isInstanceOf(ArithmeticException.class);
  }

  private static double share(Sampling sampling, float[] logits, int id) {
    Sampler sampler = new Sampler(sampling, -1);
    int hits = 0;
    for (int i = 0; i < 10_000; i++) {
      hits += sampler.next(logits, 0, logits.length).id() == id ? 1 : 0;
    }
    return hits / 1e4;
  }

  private static Set<Integer> drawn(Sampling sampling, float[] logits) {
    Sampler sampler = new Sampler(sampling, -1);
    Set<Integer> drawn = new TreeSet<>();
    for (int i = 0; i < 500; i++) {
      drawn.add(sampler.next(logits, 0, logits.length).id());
    }
    return drawn;
  }
}
