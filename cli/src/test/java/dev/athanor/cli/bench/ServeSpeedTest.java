package dev.athanor.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.inference.CpuOptions;
import dev.athanor.inference.CpuRunner;
import dev.athanor.inference.Engine;
import dev.athanor.inference.EngineOptions;
import dev.athanor.inference.Sampling;
import dev.athanor.inference.StoredFormats;
import dev.athanor.inference.WeightFormat;
import dev.athanor.inference.WeightFormats;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer;
import dev.athanor.model.Norm;
import dev.athanor.model.Rope;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ServeSpeedTest {
  private static DecoderSpec spec() {
    var attention = new Mixer.Attention(2, 1, 16, new Rope(10_000), false, false);
    return DecoderSpec.uniform(96, 32, 1, 128, attention, new FeedForward.Gated(64), new Norm.Rms(1e-5), true);
  }

  private static List<Served> served(Workload workload, List<Load> loads, int requests) throws InterruptedException {
    CpuOptions options = CpuOptions.of(1);
    Engine engine =
        new Engine(
            CpuRunner.of(new RandomWeights("random", spec()), options), new MadeUpTokens(96), EngineOptions.DEFAULT.withRunner(options));
    try (Target target = new EngineTarget(engine, Sampling.GREEDY)) {
      return new ServeSpeed(target, workload, Progress.silent(), new Stopped()).run(loads, requests);
    }
  }

  @Test
  void run_engine_countsEveryTokenAndRequest() throws InterruptedException {
    List<Served> rows = served(new Workload(40, 32, 10, 1), List.of(new Load.Concurrency(3), new Load.Rate(500)), 12);
    assertThat(rows).hasSize(2);
    for (Served row : rows) {
      assertThat(row.requests()).isEqualTo(12);
      assertThat(row.failed()).isZero();
      assertThat(row.promptTokens()).isEqualTo(12 * 40);
      assertThat(row.completionTokens()).isBetween(12L * 5, 12L * 15);
      Percentiles first = row.firstTokenMs();
      Percentiles whole = row.endToEndMs();
      assertThat(first).isNotNull();
      assertThat(whole).isNotNull();
      assertThat(first.p50()).isPositive().isLessThanOrEqualTo(first.p99());
      assertThat(whole.mean()).isGreaterThan(first.mean());
      assertThat(row.law()).isNotNull();
      // The shared beginning is two whole pages, found by all but those that came before it was read.
      assertThat(row.engine()).isNotNull();
      assertThat(row.engine().reusedShare()).isBetween(0.5, 0.8);
    }
  }

  @Test
  void fit_exactLaw_isFound() {
    Random random = new Random(2);
    double[] tokens = new double[50];
    double[] millis = new double[50];
    for (int i = 0; i < 50; i++) {
      tokens[i] = 1 + random.nextInt(100);
      millis[i] = 120 + 7.5 * tokens[i];
    }
    LatencyLaw law = LatencyLaw.fit(tokens, millis);
    assertThat(law).isNotNull();
    assertThat(law.prefillMs()).isCloseTo(120, within(1e-6));
    assertThat(law.perTokenMs()).isCloseTo(7.5, within(1e-9));
    assertThat(law.r2()).isCloseTo(1, within(1e-9));
    assertThat(LatencyLaw.fit(new double[] {5, 5, 5}, new double[] {1, 2, 3})).isNull();
    assertThat(LatencyLaw.fit(new double[] {5, 6}, new double[] {1, 2})).isNull();
  }

  @Test
  void percentiles_nearestRank_isOneOfTheValues() {
    List<Double> values = new Random(1).ints(200, 0, 1000).mapToObj(i -> (double) i).toList();
    Percentiles of = Percentiles.of(values);
    assertThat(of).isNotNull();
    List<Double> sorted = values.stream().sorted().toList();
    assertThat(of.p50()).isEqualTo(sorted.get(99));
    assertThat(of.p90()).isEqualTo(sorted.get(179));
    assertThat(of.p99()).isEqualTo(sorted.get(197));
    assertThat(of.max()).isEqualTo(sorted.getLast());
    assertThat(Percentiles.of(List.of())).isNull();
  }

  @Test
  void workload_lengths_lieEvenlyAroundTheWantedOne() {
    Workload workload = new Workload(16, 4, 20, 3);
    double sum = 0;
    for (int i = 0; i < 2000; i++) {
      int tokens = workload.tokens(i);
      assertThat(tokens).isBetween(10, 30);
      sum += tokens;
    }
    assertThat(sum / 2000).isCloseTo(20, within(0.5));
    assertThat(workload.prompt(1, 96)).startsWith(java.util.Arrays.copyOf(workload.prompt(2, 96), 4)).isNotEqualTo(workload.prompt(2, 96));
    assertThatThrownBy(() -> new Workload(4, 4, 20, 3)).isInstanceOf(UserException.class);
  }

  @Test
  void weightBytes_aPass_readsAllMatricesOnce() {
    RandomWeights weights = new RandomWeights("random", spec());
    // q, k, v, o; gate, up, down; the tied head; three norms
    int blocks = 32 * 32 + 2 * 16 * 32 + 32 * 32 + 3 * 32 * 64;
    int head = 96 * 32;
    WeightFormats int4 = StoredFormats.of(weights, WeightFormats.of(WeightFormat.INT4));
    assertThat(WeightBytes.read(weights, WeightFormats.AS_STORED, 1)).isEqualTo(4.0 * (blocks + head + 3 * 32));
    assertThat(WeightBytes.read(weights, int4, 1)).isEqualTo(blocks * 18 / 32.0 + head * 34 / 32.0 + 4.0 * 3 * 32);
  }

  @Test
  void bytes_everyToken_isAWordOfItsOwn() {
    MadeUpTokens tokens = new MadeUpTokens(20_000);
    assertThat(java.util.stream.IntStream.range(0, 20_000).mapToObj(id -> tokens.decode(new int[] {id}, true)).distinct()).hasSize(20_000);
  }
}
