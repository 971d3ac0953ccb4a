package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import dev.athanor.inference.GenerationEvent.Failed;
import dev.athanor.inference.GenerationEvent.FinishReason;
import dev.athanor.inference.GenerationEvent.Finished;
import dev.athanor.inference.GenerationEvent.Text;
import dev.athanor.inference.grammar.Grammars;
import dev.athanor.inference.grammar.OutputFormat;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Embedding;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Head;
import dev.athanor.model.Mixer.Attention;
import dev.athanor.model.Mixer;
import dev.athanor.model.Norm;
import dev.athanor.model.NormPlacement;
import dev.athanor.model.Rope;
import dev.athanor.model.Stack;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EngineTest {
  private static final DecoderSpec SPEC =
      DecoderSpec.uniform(
          257,
          32,
          2,
          300,
          new Attention(4, 2, 8, new Rope(10_000), false, false),
          new FeedForward.Gated(48),
          new Norm.Rms(1e-6),
          true);
  private static final int[] PROMPT = new ByteTokenizer().encode("从前有一座山");
  @TempDir static Path dir;

  @BeforeAll
  static void write() {
    writeModels(dir);
  }

  /// `m`, `other` of the same shape, `mamba` with states, `small` of another vocabulary.
  static void writeModels(Path dir) {
    RandomDecoders.write(dir.resolve("m"), SPEC, new Random(9));
    RandomDecoders.write(dir.resolve("other"), SPEC, new Random(10));
    Stack mamba =
        Stack.causal(
            32,
            List.of(
                new BlockSpec(new Attention(4, 2, 8, new Rope(100), false, false), new FeedForward.Gated(48)),
                new BlockSpec(new Mixer.Mamba(40, 4, 4, 2, true, false), new FeedForward.None())),
            new Norm.Rms(1e-6),
            NormPlacement.PRE);
    RandomDecoders.write(dir.resolve("mamba"), new DecoderSpec(257, 300, Embedding.PLAIN, mamba, Head.of(true)), new Random(9));
    DecoderSpec small =
        DecoderSpec.uniform(
            100, 32, 1, 300, new Attention(4, 2, 8, new Rope(10_000), false, false), new FeedForward.Gated(48),
            new Norm.Rms(1e-6), true);
    RandomDecoders.write(dir.resolve("small"), small, new Random(9));
  }

  private static Engine engine(int running, int waiting, int stepTokens) {
    return Engine.open(dir.resolve("m"), new ByteTokenizer(), new EngineOptions(running, waiting, stepTokens, 2));
  }

  static GenerationRequest request(int[] prompt, int maxTokens, Sampling sampling) {
    return new GenerationRequest(prompt, maxTokens, sampling, new int[0], List.of(), -1);
  }

  /// Blocks that recur, and rotation that depends on the length of the prompt, which the scheduler cuts as it likes.
  @Test
  void submit_statesAndScalingByLength_givesWhatThePromptReadAtOnceGives() throws InterruptedException {
    Attention dynamic =
        new Attention(4, 2, 8, new Rope(100, new Rope.Scaling.Dynamic(4, 16)), false, false);
    List<BlockSpec> blocks =
        List.of(
            new BlockSpec(dynamic, new FeedForward.Gated(48)),
            new BlockSpec(new Mixer.Mamba(40, 4, 4, 2, true, false), new FeedForward.None()));
    Stack stack = Stack.causal(32, blocks, new Norm.Rms(1e-6), NormPlacement.PRE);
    DecoderSpec spec = new DecoderSpec(257, 300, Embedding.PLAIN, stack, Head.of(true));
    RandomDecoders.write(dir.resolve("hybrid"), spec, new Random(9));
    int[] prompt = new Random(1).ints(70, 0, 257).toArray();
    List<Integer> expected = new ArrayList<>();
    try (CpuRunner runner = CpuRunner.open(dir.resolve("hybrid"), 1)) {
      KvCache cache = runner.newCache();
      cache.expect(prompt.length);
      int[] next = prompt;
      for (int i = 0; i < 30; i++) {
        Logits logits = runner.forward(List.of(new Slice(cache, next, 0, next.length, 1)));
        next = new int[] {new Sampler(Sampling.GREEDY, -1).next(logits.data(), logits.row(0), 257).id()};
        expected.add(next[0]);
      }
    }
    EngineOptions smallSteps = new EngineOptions(2, 2, 16, 2);
    try (Engine engine = Engine.open(dir.resolve("hybrid"), new ByteTokenizer(), smallSteps)) {
      Heard first = new Heard();
      Heard second = new Heard();
      engine.submit(request(prompt, 30, Sampling.GREEDY), first);
      engine.submit(request(prompt, 30, Sampling.GREEDY), second);
      assertThat(first.ids()).isEqualTo(expected);
      assertThat(second.ids()).isEqualTo(expected);
    }
  }

  /// Little memory, so that some are preempted and read again; beginnings that are shared; guesses that are right, since greedy text
  /// of a small model soon repeats: the texts are those of each request alone without any of it.
  @Test
  void submit_tightMemorySharedBeginningsAndGuesses_changeNoText() throws InterruptedException {
    List<GenerationRequest> requests = new ArrayList<>();
    Random random = new Random(4);
    int[] beginning = random.ints(50, 0, 257).toArray();
    for (int i = 0; i < 12; i++) {
      int[] prompt = java.util.Arrays.copyOf(beginning, 40 + random.nextInt(60));
      for (int j = 33 + random.nextInt(8); j < prompt.length; j++) {
        prompt[j] = random.nextInt(257);
      }
      requests.add(request(prompt, 60, i % 3 == 0 ? new Sampling(0.7, 1, 0, i) : Sampling.GREEDY));
    }
    List<List<Integer>> expected = new ArrayList<>();
    EngineOptions plain = new EngineOptions(1, 20, 64, 2).withPrefixCaching(false).withSpeculation(false);
    try (Engine engine = Engine.open(dir.resolve("m"), new ByteTokenizer(), plain)) {
      for (GenerationRequest request : requests) {
        Heard heard = new Heard();
        engine.submit(request, heard);
        expected.add(heard.ids());
      }
    }
    EngineOptions tight = new EngineOptions(6, 20, 48, 2).withRunner(CpuOptions.of(2).withKvTokens(400));
    assertSame(tight, requests, expected);
    assertSame(tight.withSpill(new EngineOptions.Spill(dir, 1 << 22)), requests, expected);
  }

  private static void assertSame(EngineOptions tight, List<GenerationRequest> requests, List<List<Integer>> expected)
      throws InterruptedException {
    try (Engine engine = Engine.open(dir.resolve("m"), new ByteTokenizer(), tight)) {
      List<Heard> heard = new ArrayList<>();
      CountDownLatch submitted = new CountDownLatch(requests.size());
      for (GenerationRequest request : requests) {
        heard.add(new Heard(submitted));
        engine.submit(request, heard.getLast());
        submitted.countDown();
      }
      for (int i = 0; i < requests.size(); i++) {
        assertThat(heard.get(i).ids()).isEqualTo(expected.get(i));
      }
      EngineStatistics statistics = engine.statistics().orElseThrow();
      assertThat(statistics.preemptions()).isPositive();
      assertThat(statistics.reusedTokens()).isPositive();
      assertThat(statistics.acceptedTokens()).isPositive();
      assertThat(statistics.draftedTokens()).isGreaterThanOrEqualTo(statistics.acceptedTokens());
    }
  }

  /// A draft model that is the model itself is nearly always right; one of other weights is often wrong, and changes nothing either.
  @Test
  void submit_draftModel_changesNoText() throws InterruptedException {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int[] prompt = new Random(i).ints(3 + 40 * i, 0, 257).limit(3 + 25 * i).toArray();
      requests.add(request(prompt, 40, i % 2 == 0 ? Sampling.GREEDY : new Sampling(0.9, 1, 0, i)));
    }
    List<List<Integer>> expected = new ArrayList<>();
    EngineOptions plain = new EngineOptions(8, 20, 64, 2).withSpeculation(false);
    try (Engine engine = Engine.open(dir.resolve("m"), new ByteTokenizer(), plain)) {
      for (GenerationRequest request : requests) {
        Heard heard = new Heard();
        engine.submit(request, heard);
        expected.add(heard.ids());
      }
    }
    for (String draft : List.of("m", "other")) {
      for (long kvTokens : new long[] {CpuOptions.UNLIMITED, 500}) {
        CpuRunner runner = CpuRunner.open(dir.resolve("m"), CpuOptions.of(2).withKvTokens(kvTokens));
        CpuRunner guesser = CpuRunner.open(dir.resolve(draft), CpuOptions.of(2).withKvTokens(kvTokens));
        try (Engine engine = new Engine(runner, new ByteTokenizer(), new EngineOptions(3, 20, 64, 2), guesser)) {
          List<Heard> heard = new ArrayList<>();
          for (GenerationRequest request : requests) {
            heard.add(new Heard());
            engine.submit(request, heard.getLast());
          }
          for (int i = 0; i < requests.size(); i++) {
            assertThat(heard.get(i).ids()).as("%s, request %d", draft, i).isEqualTo(expected.get(i));
          }
          EngineStatistics statistics = engine.statistics().orElseThrow();
          assertThat(statistics.draftedTokens()).isPositive();
          if (draft.equals("m")) {
            assertThat(statistics.acceptedTokens()).isGreaterThan(statistics.draftedTokens() * 9 / 10);
          }
          awaitEmpty(engine);
          assertThat(guesser.memory().pool().held()).isZero();
        }
      }
    }
  }

  @Test
  void engine_draftModelThatCannotGuess_isRefused() {
    try (CpuRunner runner = CpuRunner.open(dir.resolve("m"), 1);
        CpuRunner mamba = CpuRunner.open(dir.resolve("mamba"), 1);
        CpuRunner small = CpuRunner.open(dir.resolve("small"), 1)) {
      assertThatThrownBy(() -> new Engine(runner, new ByteTokenizer(), EngineOptions.DEFAULT, mamba))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("Mamba");
      assertThatThrownBy(() -> new Engine(runner, new ByteTokenizer(), EngineOptions.DEFAULT, small))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("100")
          .hasMessageContaining("257");
    }
  }

  @Test
  void submit_timeIsOver_endsItWhereverItIs() throws InterruptedException {
    try (Engine engine = engine(1, 20, 64)) {
      Heard running = new Heard();
      Heard waiting = new Heard();
      Heard patient = new Heard();
      CountDownLatch hold = new CountDownLatch(1);
      engine.submit(
          request(PROMPT, 200, Sampling.GREEDY).within(java.time.Duration.ofMillis(1)),
          event -> {
            running.accept(event);
            if (event instanceof Text) {
              await(hold);
            }
          });
      engine.submit(request(PROMPT, 200, Sampling.GREEDY).within(java.time.Duration.ofMillis(1)), waiting);
      engine.submit(request(PROMPT, 20, Sampling.GREEDY).within(java.time.Duration.ofDays(300_000_000)), patient);
      Thread.sleep(5);
      hold.countDown();
      assertThat(running.reason()).isEqualTo(FinishReason.TIMEOUT);
      assertThat(waiting.reason()).isEqualTo(FinishReason.TIMEOUT);
      assertThat(patient.reason()).isEqualTo(FinishReason.LENGTH);
    }
  }

  @Test
  void open_spillFolderThatIsNone_isRefused() {
    EngineOptions options = new EngineOptions(1, 1, 64, 1).withSpill(new EngineOptions.Spill(dir.resolve("none"), 1000));
    assertThatThrownBy(() -> Engine.open(dir.resolve("m"), new ByteTokenizer(), options))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("none");
  }

  @Test
  void submit_morePromptTokensThanAllowed_isRefused() throws InterruptedException {
    EngineOptions options = new EngineOptions(1, 20, 64, 2).withMaxPromptTokens(250);
    try (Engine engine = Engine.open(dir.resolve("m"), new ByteTokenizer(), options)) {
      CountDownLatch hold = new CountDownLatch(1);
      Heard first = new Heard();
      engine.submit(
          request(new int[200], 5, Sampling.GREEDY),
          event -> {
            await(hold);
            first.accept(event);
          });
      Heard second = new Heard();
      engine.submit(request(new int[40], 5, Sampling.GREEDY), second);
      assertThatThrownBy(() -> engine.submit(request(new int[40], 5, Sampling.GREEDY), new Heard()))
          .isInstanceOf(BusyException.class)
          .hasMessageContaining("240 prompt tokens")
          .hasMessageContaining("250");
      hold.countDown();
      assertThat(first.reason()).isEqualTo(FinishReason.LENGTH);
      assertThat(second.reason()).isEqualTo(FinishReason.LENGTH);
    }
  }

  /// Counted after the listeners have heard the end.
  static void awaitEmpty(Engine engine) throws InterruptedException {
    while (engine.statistics().orElseThrow().heldPages() > 0 || engine.load().running() > 0) {
      Thread.sleep(1);
    }
  }

  @Test
  void open_noRequestYet_warmsUpAndLeavesNothingBehind() throws InterruptedException {
    EngineOptions options = new EngineOptions(2, 2, 64, 1).withRunner(CpuOptions.of(1).withKvTokens(64));
    AtomicInteger passes = new AtomicInteger();
    try (CpuRunner real = CpuRunner.open(dir.resolve("m"), options.runner());
        Engine engine = new Engine(new Counting(real, passes), new ByteTokenizer(), options)) {
      while (passes.get() < 30) {
        Thread.sleep(1);
      }
      Heard heard = new Heard();
      engine.submit(request(new int[] {1, 2, 3}, 3, Sampling.GREEDY), heard);
      assertThat(heard.ids()).hasSize(3);
      while (engine.statistics().orElseThrow().heldPages() > 0) { // counted after the listener has heard the end
        Thread.sleep(1);
      }
    }
  }

  private record Counting(CpuRunner real, AtomicInteger passes) implements Runner {
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
      passes.incrementAndGet();
      return real.forward(slices);
    }

    @Override
    public void close() {
      real.close();
    }
  }

  @Test
  void submit_promptBeyondTheMemory_isRefusedWithBothCounts() {
    EngineOptions small = new EngineOptions(2, 2, 64, 1).withRunner(CpuOptions.of(1).withKvTokens(64));
    try (Engine engine = Engine.open(dir.resolve("m"), new ByteTokenizer(), small)) {
      assertThatThrownBy(() -> engine.submit(request(new int[100], 5, Sampling.GREEDY), _ -> {}))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("100")
          .hasMessageContaining("64");
    }
  }

  @Test
  void submit_sameSeed_givesTheSameTextWhateverElseRuns() throws InterruptedException {
    Sampling seeded = new Sampling(1, 0.9, 50, 42);
    List<Integer> alone;
    try (Engine engine = engine(1, 10, 200)) {
      Heard heard = new Heard();
      engine.submit(request(PROMPT, 40, seeded), heard);
      alone = heard.ids();
      assertThat(alone).hasSize(40);
      assertThat(heard.last()).isEqualTo(new Finished(FinishReason.LENGTH, PROMPT.length, 40));
    }
    try (Engine engine = engine(4, 10, 7)) {
      List<Heard> others = new ArrayList<>();
      Heard heard = new Heard();
      for (int i = 0; i < 6; i++) {
        Heard other = i == 2 ? heard : new Heard();
        int[] prompt = i == 2 ? PROMPT : new Random(i).ints(20 + 30 * i, 0, 257).toArray();
        engine.submit(request(prompt, 40, i == 2 ? seeded : new Sampling(1, 1, 0, i)), other);
        others.add(other);
      }
      for (Heard other : others) {
        assertThat(other.last()).isInstanceOf(Finished.class);
      }
      assertThat(heard.ids()).isEqualTo(alone);
    }
  }

  @Test
  void submit_stopIdAndStopText_endItThere() throws InterruptedException {
    try (Engine engine = engine(2, 2, 64)) {
      Heard free = new Heard();
      engine.submit(request(PROMPT, 30, Sampling.GREEDY), free);
      List<Integer> ids = free.ids();
      int stop = ids.get(9);
      int first = ids.indexOf(stop);
      Heard byId = new Heard();
      engine.submit(
          new GenerationRequest(PROMPT, 30, Sampling.GREEDY, new int[] {stop}, List.of(), -1), byId);
      assertThat(byId.ids()).isEqualTo(ids.subList(0, first));
      assertThat(byId.last()).isEqualTo(new Finished(FinishReason.STOP, PROMPT.length, first + 1));
      String text = free.text();
      String stopText = text.substring(4, 6);
      Heard byText = new Heard();
      engine.submit(
          new GenerationRequest(PROMPT, 30, Sampling.GREEDY, new int[0], List.of(stopText), -1), byText);
      assertThat(byText.last()).isInstanceOfSatisfying(Finished.class, f -> assertThat(f.reason()).isEqualTo(FinishReason.STOP));
      assertThat(byText.text()).isEqualTo(text.substring(0, text.indexOf(stopText)));
    }
  }

  @Test
  void submit_constraint_writesWhatItSaysWhateverElseRuns() throws InterruptedException {
    var constraint = Grammars.compile(new OutputFormat.Regex("(ab|cd){3}(, [0-9]{2})?"), new ByteTokenizer());
    Sampling seeded = Sampling.DEFAULT.withSeed(8).withRepetitionPenalty(1.1);
    List<String> texts = new ArrayList<>();
    try (Engine engine = engine(3, 10, 64)) {
      for (int i = 0; i < 9; i++) {
        Heard free = new Heard();
        engine.submit(request(PROMPT, 20, new Sampling(1, 1, 0, i)), free);
        Heard heard = new Heard();
        int[] stop = i % 2 == 0 ? new int[] {256} : new int[0];
        engine.submit(
            new GenerationRequest(PROMPT, 50, i == 8 ? Sampling.GREEDY : seeded.withSeed(i), stop, List.of(), -1)
                .constrainedBy(constraint),
            heard);
        assertThat(heard.last()).isInstanceOfSatisfying(Finished.class, f -> assertThat(f.reason()).isEqualTo(FinishReason.STOP));
        assertThat(heard.text()).matches("(ab|cd){3}(, [0-9]{2})?");
        texts.add(heard.text());
        assertThat(free.last()).isInstanceOf(Finished.class);
      }
    }
    assertThat(texts.stream().distinct()).hasSizeGreaterThan(3);
  }

  @Test
  void submit_promptAlmostAsLongAsTheContext_endsWhereTheContextDoes() throws InterruptedException {
    try (Engine engine = engine(1, 1, 32)) {
      Heard heard = new Heard();
      engine.submit(request(new int[298], 50, Sampling.GREEDY), heard);
      assertThat(heard.last()).isEqualTo(new Finished(FinishReason.LENGTH, 298, 2));
      assertThatThrownBy(() -> engine.submit(request(new int[300], 1, Sampling.GREEDY), heard))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("300")
          .hasMessageContaining("299 at most");
      assertThatThrownBy(() -> engine.submit(request(new int[0], 1, Sampling.GREEDY), heard))
          .hasMessageContaining("empty");
      assertThatThrownBy(() -> engine.submit(request(new int[] {257}, 1, Sampling.GREEDY), heard))
          .hasMessageContaining("257");
    }
  }

  @Test
  void cancel_whileRunningOrWaiting_endsItBeforeTheNextToken() throws InterruptedException {
    try (Engine engine = engine(1, 5, 64)) {
      Heard running = new Heard();
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch cancelled = new CountDownLatch(1);
      var generation =
          engine.submit(
              request(PROMPT, 200, new Sampling(1, 1, 0, 1)),
              event -> {
                running.accept(event);
                begun.countDown();
                await(cancelled);
              });
      begun.await();
      Heard waiting = new Heard();
      var second = engine.submit(request(PROMPT, 200, Sampling.GREEDY), waiting);
      assertThat(engine.load()).isEqualTo(new Generator.Load(1, 1));
      second.cancel();
      generation.cancel();
      cancelled.countDown();
      assertThat(running.reason()).isEqualTo(FinishReason.CANCELLED);
      assertThat(waiting.reason()).isEqualTo(FinishReason.CANCELLED);
      assertThat(waiting.events).hasSize(1);
    }
  }

  @Test
  void submit_moreThanAllowed_isRefused() throws InterruptedException {
    CountDownLatch hold = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    try (Engine engine = engine(1, 1, 64)) {
      engine.submit(
          request(PROMPT, 20, Sampling.GREEDY),
          event -> {
            begun.countDown();
            await(hold);
          });
      begun.await();
      Heard second = new Heard();
      engine.submit(request(PROMPT, 2, Sampling.GREEDY), second);
      assertThatThrownBy(() -> engine.submit(request(PROMPT, 2, Sampling.GREEDY), new Heard()))
          .isInstanceOf(BusyException.class);
      hold.countDown();
      assertThat(second.reason()).isEqualTo(FinishReason.LENGTH);
    }
  }

  @Test
  void submit_listenerThrows_onlyThatRequestFails() throws InterruptedException {
    try (Engine engine = engine(2, 2, 64)) {
      Heard bad = new Heard();
      Heard good = new Heard();
      engine.submit(
          request(PROMPT, 20, Sampling.GREEDY),
          event -> {
            bad.accept(event);
            if (event instanceof Text) {
              throw new IllegalStateException("listener");
            }
          });
      engine.submit(request(PROMPT, 20, Sampling.GREEDY), good);
      assertThat(bad.last()).isInstanceOfSatisfying(Failed.class, f -> assertThat(f.cause()).hasMessage("listener"));
      assertThat(good.reason()).isEqualTo(FinishReason.LENGTH);
    }
  }

  @Test
  void forward_oneSequenceCannotBeComputed_theOthersGoOn() throws InterruptedException {
    Runner real = CpuRunner.open(dir.resolve("m"), 1);
    Runner faulty =
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
            if (slices.stream().anyMatch(slice -> slice.ids()[0] == 13)) {
              throw new ArithmeticException("thirteen");
            }
            return real.forward(slices);
          }

          @Override
          public void close() {
            real.close();
          }
        };
    try (Engine engine = new Engine(faulty, new ByteTokenizer(), new EngineOptions(4, 4, 64, 1))) {
      Heard good = new Heard();
      Heard bad = new Heard();
      engine.submit(request(PROMPT, 20, Sampling.GREEDY), good);
      engine.submit(request(new int[] {13, 1}, 20, Sampling.GREEDY), bad);
      assertThat(bad.last()).isInstanceOf(Failed.class);
      assertThat(good.ids()).hasSize(20);
    }
  }

  @Test
  void close_whileRunning_endsItAndRefusesMore() throws InterruptedException {
    Engine engine = engine(1, 5, 64);
    Heard heard = new Heard();
    Heard waiting = new Heard();
    CountDownLatch begun = new CountDownLatch(1);
    engine.submit(
        request(PROMPT, 280, new Sampling(1, 1, 0, 3)),
        event -> {
          heard.accept(event);
          begun.countDown();
        });
    engine.submit(request(PROMPT, 280, new Sampling(1, 1, 0, 3)), waiting);
    begun.await();
    engine.close();
    assertThat(heard.last()).isInstanceOf(Finished.class);
    assertThat(waiting.last()).isInstanceOf(Finished.class);
    assertThatThrownBy(() -> engine.submit(request(PROMPT, 1, Sampling.GREEDY), heard))
        .isInstanceOf(IllegalStateException.class);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
