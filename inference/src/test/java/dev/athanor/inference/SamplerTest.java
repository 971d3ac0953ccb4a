package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.inference.GenerationEvent.Token;
import dev.athanor.inference.grammar.Constraint;
import dev.athanor.inference.grammar.Grammars;
import dev.athanor.inference.grammar.OutputFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;
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

  /// The definitions, written down one after the other and without any care for speed.
  private static double[] plain(Sampling s, float[] logits, int[] prompt, int[] drawn, Predicate<Integer> allowed) {
    int n = logits.length;
    double[] scores = new double[n];
    for (int i = 0; i < n; i++) {
      int id = i;
      long times = Arrays.stream(drawn).filter(d -> d == id).count();
      boolean seen = times > 0 || Arrays.stream(prompt).anyMatch(d -> d == id);
      double score = logits[i];
      if (seen) {
        score = score > 0 ? score / s.repetitionPenalty() : score * s.repetitionPenalty();
      }
      score -= s.frequencyPenalty() * times + (times > 0 ? s.presencePenalty() : 0);
      score += s.logitBias().getOrDefault(i, 0f);
      scores[i] = allowed.test(i) ? score : Double.NEGATIVE_INFINITY;
    }
    List<Integer> order = new ArrayList<>(IntStream.range(0, n).boxed().filter(allowed).toList());
    order.sort(Comparator.comparingDouble((Integer i) -> -scores[i]).thenComparing(i -> i));
    if (s.temperature() == 0) {
      double[] one = new double[n];
      one[order.getFirst()] = 1;
      return one;
    }
    double[] p = new double[n];
    double highest = scores[order.getFirst()];
    order.forEach(i -> p[i] = Math.exp((scores[i] - highest) / s.temperature()));
    if (s.topK() > 0 && s.topK() < order.size()) {
      order = new ArrayList<>(order.subList(0, s.topK()));
    }
    if (s.topP() < 1) {
      double total = order.stream().mapToDouble(i -> p[i]).sum();
      int kept = 0;
      for (double mass = 0; kept < order.size() && (kept == 0 || mass < s.topP() * total); kept++) {
        mass += p[order.get(kept)];
      }
      order = new ArrayList<>(order.subList(0, kept));
    }
    double best = p[order.getFirst()];
    order.removeIf(i -> p[i] < s.minP() * best);
    if (s.typicalP() < 1) {
      double total = order.stream().mapToDouble(i -> p[i]).sum();
      double entropy = order.stream().mapToDouble(i -> -p[i] / total * Math.log(p[i] / total)).sum();
      order.sort(Comparator.comparingDouble(i -> Math.abs(-Math.log(p[i] / total) - entropy)));
      int kept = 0;
      for (double mass = 0; kept < order.size() && (kept == 0 || mass < s.typicalP() * total); kept++) {
        mass += p[order.get(kept)];
      }
      order = new ArrayList<>(order.subList(0, kept));
    }
    double[] out = new double[n];
    double total = order.stream().mapToDouble(i -> p[i]).sum();
    order.forEach(i -> out[i] = p[i] / total);
    return out;
  }

  private static Sampling randomSampling(Random random) {
    Sampling s = Sampling.DEFAULT.withTemperature(random.nextInt(5) == 0 ? 0 : 0.4 + random.nextDouble()).withSeed(random.nextLong());
    s = random.nextBoolean() ? s.withTopK(1 + random.nextInt(12)) : s;
    s = random.nextBoolean() ? s.withTopP(0.3 + 0.7 * random.nextDouble()) : s;
    s = random.nextBoolean() ? s.withMinP(0.3 * random.nextDouble()) : s;
    s = random.nextBoolean() ? s.withTypicalP(0.3 + 0.6 * random.nextDouble()) : s;
    s = random.nextBoolean() ? s.withRepetitionPenalty(0.5 + 1.5 * random.nextDouble()) : s;
    s = random.nextBoolean() ? s.withFrequencyPenalty(2 * random.nextDouble() - 1) : s;
    s = random.nextBoolean() ? s.withPresencePenalty(2 * random.nextDouble() - 1) : s;
    return random.nextBoolean() ? s.withLogitBias(Map.of(3, 1.5f, 7, -100f, 900, 1f)) : s;
  }

  /// Thousands of draws against the distribution that the definitions give (Pearson's χ²).
  @Test
  void next_randomSettings_drawsFromThePlainDistribution() {
    Random random = new Random(12);
    for (int round = 0; round < 120; round++) {
      float[] logits = KernelsTest.gaussians(random, 20);
      for (int i = 0; i < logits.length; i++) {
        logits[i] *= 2;
      }
      float[] kept = logits.clone();
      Sampling settings = randomSampling(random);
      int[] prompt = random.ints(5, 0, 20).toArray();
      double[] expected = plain(settings, logits, prompt, new int[0], _ -> true);
      int draws = 4000;
      int[] seen = new int[20];
      for (int i = 0; i < draws; i++) {
        // One draw each: what was drawn counts from the second on.
        seen[new Sampler(settings.withSeed(1000L * round + i), -1, prompt, null).next(logits, 0, 20).id()]++;
      }
      assertThat(logits).as("put back").containsExactly(kept);
      assertFits(seen, expected, draws, settings);
    }
  }

  /// What two models draw with one noise agrees at least as often as the published bound says: (1 − d) / (1 + d), where d is the
  /// distributions' total variation distance.
  @Test
  void guess_anotherModelsLogits_agreesAsOftenAsTheBound() {
    Random random = new Random(8);
    for (double change : new double[] {0, 0.1, 0.5, 2}) {
      float[] target = KernelsTest.gaussians(random, 50);
      float[] draft = target.clone();
      for (int i = 0; i < draft.length; i++) {
        target[i] *= 2;
        draft[i] = 2 * draft[i] + (float) (change * random.nextGaussian());
      }
      double[] p = plain(Sampling.DEFAULT, target, new int[0], new int[0], _ -> true);
      double[] q = plain(Sampling.DEFAULT, draft, new int[0], new int[0], _ -> true);
      double distance = 0;
      for (int i = 0; i < p.length; i++) {
        distance += Math.abs(p[i] - q[i]) / 2;
      }
      int agreed = 0;
      int draws = 20_000;
      Sampler sampler = new Sampler(Sampling.DEFAULT.withSeed(3), -1);
      for (int i = 0; i < draws; i++) {
        int guess = sampler.guess(draft, 0, 50, 0);
        agreed += sampler.next(target, 0, 50).id() == guess ? 1 : 0;
      }
      double share = (double) agreed / draws;
      assertThat(share).isGreaterThanOrEqualTo((1 - distance) / (1 + distance) - 0.015).isLessThanOrEqualTo(1 - distance + 0.015);
    }
  }

  @Test
  void guess_placesAhead_areThoseThatWillBeDrawn() {
    float[] logits = KernelsTest.gaussians(new Random(1), 300);
    for (Sampling sampling : List.of(Sampling.DEFAULT.withSeed(5), Sampling.DEFAULT.withTopK(40).withTopP(0.9), Sampling.GREEDY)) {
      Sampler sampler = new Sampler(sampling, -1);
      int[] guesses = IntStream.range(0, 20).map(ahead -> sampler.guess(logits, 0, 300, ahead)).toArray();
      assertThat(IntStream.range(0, 20).map(_ -> sampler.next(logits, 0, 300).id()).toArray()).isEqualTo(guesses);
    }
  }

  private static void assertFits(int[] seen, double[] expected, int draws, Sampling settings) {
    double chi = 0;
    int cells = 0;
    for (int i = 0; i < seen.length; i++) {
      if (expected[i] == 0) {
        assertThat(seen[i]).as("token %d under %s", i, settings).isZero();
      } else if (expected[i] * draws >= 5) {
        chi += Math.pow(seen[i] - expected[i] * draws, 2) / (expected[i] * draws);
        cells++;
      }
    }
    // Five standard deviations above the mean of χ².
    assertThat(chi).as("%s", settings).isLessThanOrEqualTo(cells + 5 * Math.sqrt(2.0 * cells));
  }

  @Test
  void next_afterDraws_penalisesWhatWasDrawn() {
    Random random = new Random(5);
    for (int round = 0; round < 300; round++) {
      Sampling settings = randomSampling(random).withTemperature(0);
      int[] prompt = random.ints(4, 0, 30).toArray();
      Sampler sampler = new Sampler(settings, 2, prompt, null);
      int[] drawn = {};
      for (int step = 0; step < 12; step++) {
        float[] logits = KernelsTest.gaussians(random, 30);
        Token token = sampler.next(logits, 0, 30);
        double[] expected = plain(settings, logits, prompt, drawn, _ -> true);
        assertThat(expected[token.id()]).as("%s after %s", settings, Arrays.toString(drawn)).isEqualTo(1);
        double sum = 0;
        for (float logit : logits) {
          sum += Math.exp(logit);
        }
        assertThat((double) token.logprob()).as("the model's own").isCloseTo(logits[token.id()] - Math.log(sum), within(1e-5));
        drawn = Arrays.copyOf(drawn, step + 1);
        drawn[step] = token.id();
      }
    }
  }

  @Test
  void next_constraint_drawsWhatItAllowsInProportion() {
    ByteTokenizer tokenizer = new ByteTokenizer();
    Constraint constraint = Grammars.compile(new OutputFormat.Regex("[abc]{2}"), tokenizer);
    float[] logits = new float[300];
    logits['z'] = 9;
    logits['b'] = (float) Math.log(2);
    logits[280] = 20;
    double[] expected = new double[300];
    expected['a'] = 0.25;
    expected['b'] = 0.5;
    expected['c'] = 0.25;
    int[] seen = new int[300];
    for (int i = 0; i < 4000; i++) {
      Sampler sampler = new Sampler(Sampling.DEFAULT.withSeed(i), -1, new int[0], constraint.start(256));
      seen[sampler.next(logits, 0, 300).id()]++;
      assertThat(sampler.mustEnd()).isFalse();
      sampler.next(logits, 0, 300);
      assertThat(sampler.mustEnd()).isTrue();
    }
    assertFits(seen, expected, 4000, Sampling.DEFAULT);
    Sampler greedy = new Sampler(Sampling.GREEDY, -1, new int[0], constraint.start(256));
    assertThat(greedy.next(logits, 0, 300).id()).isEqualTo('b');
    assertThat(greedy.next(logits, 0, 300).id()).isEqualTo('b');
    assertThat(greedy.next(logits, 0, 300).id()).isEqualTo(256);
  }

  @Test
  void next_sameSeed_sameDraws() {
    Random random = new Random(4);
    Sampling settings = Sampling.DEFAULT.withMinP(0.01).withRepetitionPenalty(1.2).withSeed(77);
    Sampler one = new Sampler(settings, -1);
    Sampler other = new Sampler(settings, -1);
    for (int i = 0; i < 200; i++) {
      float[] logits = KernelsTest.gaussians(random, 500);
      assertThat(one.next(logits, 0, 500).id()).isEqualTo(other.next(logits, 0, 500).id());
    }
  }

  @Test
  void sampling_outOfRange_isRefusedByName() {
    assertThatThrownBy(() -> Sampling.DEFAULT.withMinP(1.5)).hasMessage("min_p must be between 0.0 and 1.0, not 1.5");
    assertThatThrownBy(() -> Sampling.DEFAULT.withTypicalP(0)).hasMessageContaining("typical_p must be above 0");
    assertThatThrownBy(() -> Sampling.DEFAULT.withRepetitionPenalty(0)).hasMessageContaining("repetition_penalty");
    assertThatThrownBy(() -> Sampling.DEFAULT.withLogitBias(Map.of(5, Float.NaN))).hasMessageContaining("logit_bias of 5");
  }
}
