package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer.Attention;
import dev.athanor.model.Norm;
import dev.athanor.model.Rope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Requests under adapters in the engine: what is in the batch, the memory and the prefix cache changes none of their texts.
@Timeout(60)
class AdaptedRequestsTest {
  private static final DecoderSpec SPEC =
      DecoderSpec.uniform(
          257, 32, 2, 300, new Attention(4, 2, 8, new Rope(10_000), false, false), new FeedForward.Gated(48), new Norm.Rms(1e-6), true);
  private static final int[] PROMPT = new Random(3).ints(70, 0, 257).toArray();
  @TempDir static Path dir;

  @BeforeAll
  static void write() {
    RandomDecoders.write(dir.resolve("m"), SPEC, new Random(9));
    for (int i = 0; i < 3; i++) {
      RandomAdapters.write(dir.resolve("a" + i), dir.resolve("m"), 4 + 9 * i, new Random(i));
    }
  }

  private static Engine engine(EngineOptions options) {
    Engine engine = Engine.open(dir.resolve("m"), new ByteTokenizer(), options);
    for (int i = 0; i < 3; i++) {
      engine.adapters().orElseThrow().load("a" + i, dir.resolve("a" + i));
    }
    return engine;
  }

  private static GenerationRequest request(int[] prompt, int maxTokens, @Nullable String adapter) {
    return new GenerationRequest(prompt, maxTokens, Sampling.GREEDY, new int[0], List.of(), -1).adaptedBy(adapter);
  }

  private static List<Integer> generate(Engine engine, GenerationRequest request) throws InterruptedException {
    Heard heard = new Heard();
    engine.submit(request, heard);
    return heard.ids();
  }

  /// As the engine's own test has it, of three adapters and none over the same beginnings: a page found under the wrong one would
  /// change a text.
  @Test
  void submit_adaptersUnderTightMemoryAndSharedBeginnings_changeNoText() throws InterruptedException {
    List<GenerationRequest> requests = new ArrayList<>();
    Random random = new Random(4);
    for (int i = 0; i < 16; i++) {
      int[] prompt = Arrays.copyOf(PROMPT, 40 + random.nextInt(30));
      prompt[prompt.length - 1] = random.nextInt(257);
      requests.add(request(prompt, 60, i % 4 == 3 ? null : "a" + i % 4));
    }
    List<List<Integer>> expected = new ArrayList<>();
    EngineOptions plain = new EngineOptions(1, 20, 64, 2).withPrefixCaching(false).withSpeculation(false);
    try (Engine engine = engine(plain)) {
      for (GenerationRequest request : requests) {
        expected.add(generate(engine, request));
      }
    }
    EngineOptions tight = new EngineOptions(6, 20, 48, 2).withRunner(CpuOptions.of(2).withKvTokens(400));
    try (Engine engine = engine(tight)) {
      List<Heard> heard = new ArrayList<>();
      CountDownLatch submitted = new CountDownLatch(requests.size());
      for (GenerationRequest request : requests) {
        heard.add(new Heard(submitted));
        engine.submit(request, heard.getLast());
        submitted.countDown();
      }
      for (int i = 0; i < requests.size(); i++) {
        assertThat(heard.get(i).ids()).as("request %d", i).isEqualTo(expected.get(i));
      }
      EngineStatistics statistics = engine.statistics().orElseThrow();
      assertThat(statistics.preemptions()).isPositive();
      assertThat(statistics.reusedTokens()).isPositive();
    }
  }

  @Test
  void unload_whileARequestRuns_itFinishesAndNewOnesAreRefused() throws InterruptedException {
    try (Engine engine = engine(new EngineOptions(4, 4, 64, 2))) {
      List<Integer> expected = generate(engine, request(PROMPT, 200, "a1"));
      Heard running = new Heard();
      CountDownLatch unloaded = new CountDownLatch(1);
      engine.submit(
          request(PROMPT, 200, "a1"),
          event -> {
            running.accept(event);
            await(unloaded);
          });
      running.begun.await();
      engine.adapters().orElseThrow().unload("a1");
      unloaded.countDown();
      assertThat(running.ids()).isEqualTo(expected);
      assertThatThrownBy(() -> engine.submit(request(PROMPT, 5, "a1"), _ -> {}))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("no adapter 'a1' is loaded; there is: a0, a2");
    }
  }

  @Test
  void load_nameThatWasUnloaded_findsNothingOfItsForerunner() throws InterruptedException {
    try (Engine engine = engine(new EngineOptions(4, 4, 64, 2))) {
      List<Integer> other = generate(engine, request(PROMPT, 40, "a2"));
      List<Integer> first = generate(engine, request(PROMPT, 40, "a0"));
      assertThat(first).isNotEqualTo(other);
      assertThat(generate(engine, request(PROMPT, 40, null))).isNotEqualTo(first);
      assertThat(engine.statistics().orElseThrow().reusedTokens()).isZero();
      engine.adapters().orElseThrow().unload("a0");
      engine.adapters().orElseThrow().load("a0", dir.resolve("a2"));
      assertThat(generate(engine, request(PROMPT, 40, "a0"))).isEqualTo(other);
      assertThat(engine.statistics().orElseThrow().reusedTokens()).isZero();
      assertThat(generate(engine, request(PROMPT, 40, "a0"))).isEqualTo(other);
    }
  }

  @Test
  void submit_adapterWithARunnerThatTakesNone_isRefused() {
    CpuRunner real = CpuRunner.open(dir.resolve("m"), 1);
    Runner none =
        new Runner() {
          @Override
          public DecoderSpec spec() {
            return real.spec();
          }

          @Override
          public KvMemory memory() {
            return real.memory();
          }

          @Override
          public Logits forward(List<Slice> slices) {
            return real.forward(slices);
          }

          @Override
          public void close() {
            real.close();
          }
        };
    try (Engine engine = new Engine(none, new ByteTokenizer(), new EngineOptions(1, 1, 64, 1))) {
      assertThatThrownBy(() -> engine.submit(request(PROMPT, 5, "a1"), _ -> {}))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("takes no adapters");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
