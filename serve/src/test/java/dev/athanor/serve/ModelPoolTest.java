package dev.athanor.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.inference.Engine;
import dev.athanor.inference.EngineOptions;
import dev.athanor.inference.GenerationEvent;
import dev.athanor.inference.GenerationEvent.Failed;
import dev.athanor.inference.GenerationEvent.FinishReason;
import dev.athanor.inference.GenerationEvent.Finished;
import dev.athanor.inference.GenerationEvent.Text;
import dev.athanor.inference.GenerationRequest;
import dev.athanor.inference.Generator;
import dev.athanor.inference.Sampling;
import dev.athanor.model.CheckpointDir;
import dev.athanor.serve.ModelPool.Model;
import dev.athanor.serve.ModelPool.Pooled;
import dev.athanor.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Small real models, each of 10 bytes by their word.
@Timeout(60)
class ModelPoolTest {
  private static final Path CHECKPOINTS = Path.of("../model/src/test/resources/checkpoints");
  private static final Tokenizer TOKENIZER = new ByteTokenizer(List.of());
  private static final int[] PROMPT = {5, 6, 7, 8};

  /// Models that are open at the moment, and the most that ever were.
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger mostOpen = new AtomicInteger();
  private final List<Counted> engines = new CopyOnWriteArrayList<>();

  private static final class Heard implements Consumer<GenerationEvent> {
    final List<Integer> ids = new ArrayList<>();
    final CountDownLatch begun = new CountDownLatch(1);
    final CountDownLatch over = new CountDownLatch(1);
    final CountDownLatch mayGoOn;
    @Nullable GenerationEvent last;
    int ends;

    Heard(int stops) {
      mayGoOn = new CountDownLatch(stops);
    }

    Heard() {
      this(0);
    }

    @Override
    public void accept(GenerationEvent event) {
      last = event;
      if (event instanceof Text text) {
        text.tokens().forEach(token -> ids.add(token.id()));
        begun.countDown();
        await(mayGoOn);
      } else {
        ends++;
        over.countDown();
      }
    }

    @Nullable GenerationEvent end() {
      await(over);
      assertThat(ends).isEqualTo(1);
      return last;
    }

    List<Integer> ids() {
      assertThat(end()).isInstanceOf(Finished.class);
      return ids;
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Model model(String name) {
    try (CheckpointDir checkpoint = CheckpointDir.look(CHECKPOINTS.resolve(name))) {
      return new Model(name, checkpoint.decoder(), TOKENIZER, 10, () -> open(name));
    }
  }

  private Generator open(String name) {
    mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
    Engine engine = Engine.open(CHECKPOINTS.resolve(name), TOKENIZER, new EngineOptions(4, 1000, 64, 1));
    engines.add(new Counted(engine, open, new AtomicInteger()));
    return engines.getLast();
  }

  /// An engine that says when it is closed, and that no request was under way.
  private record Counted(Engine engine, AtomicInteger open, AtomicInteger underWay) implements Generator {
    @Override
    public dev.athanor.model.DecoderSpec spec() {
      return engine.spec();
    }

    @Override
    public Tokenizer tokenizer() {
      return engine.tokenizer();
    }

    @Override
    public Generation submit(GenerationRequest request, Consumer<GenerationEvent> listener) {
      Generation generation =
          engine.submit(
              request,
              event -> {
                if (!(event instanceof Text)) {
                  underWay.decrementAndGet();
                }
                listener.accept(event);
              });
      underWay.incrementAndGet();
      return generation;
    }

    @Override
    public Load load() {
      return engine.load();
    }

    @Override
    public void close() {
      if (underWay.get() != 0) {
        open.addAndGet(100); // found by the test
      }
      engine.close();
      open.decrementAndGet();
    }
  }

  private static GenerationRequest request(int tokens) {
    return new GenerationRequest(PROMPT, tokens, Sampling.GREEDY, new int[0], List.of(), -1);
  }

  private static Heard ask(Pooled model, int tokens) {
    Heard heard = new Heard();
    model.submit(request(tokens), heard);
    return heard;
  }

  @Test
  void submit_firstRequestsAtOnce_openTheModelOnce() {
    CountDownLatch opening = new CountDownLatch(1);
    Model real = model("llama");
    Model slow =
        new Model(
            real.name(), real.spec(), real.tokenizer(), 10,
            () -> {
              await(opening);
              return real.opener().get();
            });
    try (ModelPool pool = new ModelPool(10)) {
      Pooled llama = pool.add(slow);
      assertThat(llama.loaded()).isFalse();
      assertThat(llama.spec()).isEqualTo(real.spec());
      Heard first = ask(llama, 20);
      Heard second = ask(llama, 20);
      assertThat(llama.load()).isEqualTo(new Generator.Load(0, 2));
      opening.countDown();
      assertThat(first.ids()).hasSize(20).isEqualTo(second.ids());
      assertThat(ask(llama, 20).ids()).isEqualTo(first.ids());
      assertThat(llama.loads()).isEqualTo(1);
      assertThat(llama.loaded()).isTrue();
      assertThat(pool.used()).isEqualTo(10);
    }
    assertThat(open).hasValue(0);
  }

  @Test
  void submit_roomForTwoOfThree_closesTheOneThatWasIdleLongest() {
    try (ModelPool pool = new ModelPool(25)) {
      Pooled llama = pool.add(model("llama"));
      Pooled qwen = pool.add(model("qwen2"));
      Pooled mistral = pool.add(model("mistral"));
      List<Integer> text = ask(llama, 20).ids();
      ask(qwen, 5).ids();
      ask(llama, 5).ids();
      ask(mistral, 5).ids();
      assertThat(qwen.loaded()).isFalse();
      assertThat(qwen.evictions()).isEqualTo(1);
      assertThat(llama.loaded()).isTrue();
      ask(qwen, 5).ids();
      assertThat(llama.loaded()).isFalse();
      assertThat(ask(llama, 20).ids()).isEqualTo(text);
      assertThat(llama.loads()).isEqualTo(2);
    }
    assertThat(mostOpen).hasValue(2);
  }

  /// What runs is finished first, and a stream of requests to the busy model does not shut the other out.
  @Test
  void submit_roomTakenByABusyModel_waitsForItsLastRequestAndBeforeItsNext() throws InterruptedException {
    try (ModelPool pool = new ModelPool(10)) {
      Pooled llama = pool.add(model("llama"));
      Pooled qwen = pool.add(model("qwen2"));
      List<Integer> text = ask(llama, 30).ids();
      Heard running = new Heard(1);
      llama.submit(request(30), running);
      await(running.begun);
      Heard other = ask(qwen, 5);
      int taken;
      do { // until it is to leave, it takes requests
        Thread.sleep(1);
        taken = engines.getFirst().underWay.get();
        ask(llama, 1);
      } while (engines.getFirst().underWay.get() > taken);
      Heard later = ask(llama, 30);
      assertThat(qwen.loaded()).isFalse();
      running.mayGoOn.countDown();
      assertThat(running.ids()).isEqualTo(text);
      assertThat(other.ids()).hasSize(5);
      assertThat(later.ids()).isEqualTo(text);
      assertThat(qwen.loads()).isEqualTo(1);
      assertThat(llama.loads()).isEqualTo(2);
    }
    assertThat(mostOpen).hasValue(1);
  }

  @Test
  void submit_loadFails_answersWithTheErrorAndCanBeTriedAgain() {
    AtomicInteger tries = new AtomicInteger();
    Model real = model("llama");
    Model flaky =
        new Model(
            real.name(), real.spec(), real.tokenizer(), 10,
            () -> {
              if (tries.incrementAndGet() == 1) {
                throw new IllegalStateException("the disk is gone");
              }
              return real.opener().get();
            });
    try (ModelPool pool = new ModelPool(10)) {
      Pooled llama = pool.add(flaky);
      assertThat(ask(llama, 5).end())
          .isInstanceOfSatisfying(Failed.class, failed -> assertThat(failed.cause()).hasMessage("the disk is gone"));
      assertThat(llama.loaded()).isFalse();
      assertThat(ask(llama, 5).ids()).hasSize(5);
      assertThat(llama.loads()).isEqualTo(1);
    }
  }

  @Test
  void submit_requestThatTheModelTurnsDown_hearsItAndTheModelIsIdleAgain() {
    try (ModelPool pool = new ModelPool(10)) {
      Pooled llama = pool.add(model("llama"));
      Pooled qwen = pool.add(model("qwen2"));
      Heard refused = new Heard();
      llama.submit(new GenerationRequest(new int[0], 5, Sampling.GREEDY, new int[0], List.of(), -1), refused);
      assertThat(refused.end()).isInstanceOfSatisfying(Failed.class, failed -> assertThat(failed.cause()).hasMessageContaining("empty"));
      assertThatThrownBy(() -> llama.submit(new GenerationRequest(new int[0], 5, Sampling.GREEDY, new int[0], List.of(), -1), refused))
          .hasMessageContaining("empty");
      assertThat(ask(qwen, 5).ids()).hasSize(5);
    }
  }

  @Test
  void cancel_whileWaiting_endsItAtOnceAndTheModelStaysClosed() {
    try (ModelPool pool = new ModelPool(10)) {
      Pooled llama = pool.add(model("llama"));
      Pooled qwen = pool.add(model("qwen2"));
      Heard running = new Heard(1);
      llama.submit(request(10), running);
      await(running.begun);
      Heard waiting = new Heard();
      Generator.Generation generation = qwen.submit(request(10), waiting);
      generation.cancel();
      generation.cancel();
      assertThat(waiting.end()).isEqualTo(new Finished(FinishReason.CANCELLED, PROMPT.length, 0));
      running.mayGoOn.countDown();
      assertThat(running.ids()).hasSize(10);
      assertThat(ask(llama, 3).ids()).hasSize(3);
      assertThat(qwen.loads()).isZero();
      assertThat(llama.evictions()).isZero();
    }
  }

  @Test
  void close_whileRequestsWait_endsThemAndRefusesMore() {
    ModelPool pool = new ModelPool(10);
    Pooled llama = pool.add(model("llama"));
    Pooled qwen = pool.add(model("qwen2"));
    Heard running = new Heard(1);
    Generator.Generation first = llama.submit(request(10), running);
    await(running.begun);
    Heard waiting = ask(qwen, 10);
    first.cancel();
    running.mayGoOn.countDown();
    running.end();
    pool.close();
    assertThat(waiting.end()).isInstanceOf(Finished.class);
    assertThatThrownBy(() -> llama.submit(request(1), new Heard())).isInstanceOf(IllegalStateException.class);
    assertThat(open).hasValue(0);
  }

  @Test
  void add_modelThatNeverFits_isRefusedWithTheNumbers() {
    try (ModelPool pool = new ModelPool(9)) {
      assertThatThrownBy(() -> pool.add(model("llama")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("10")
          .hasMessageContaining("9");
    }
  }

  /// Many clients of three models of which two fit: every request ends, with the text that its model always gives.
  @Test
  void submit_manyRequestsToMoreModelsThanFit_allEndWithTheirModelsTexts() throws InterruptedException {
    Map<String, List<Integer>> texts = new ConcurrentHashMap<>();
    List<String> wrong = new ArrayList<>();
    try (ModelPool pool = new ModelPool(20)) {
      List<Pooled> models = List.of(pool.add(model("llama")), pool.add(model("qwen2")), pool.add(model("mistral")));
      List<Thread> clients = new ArrayList<>();
      for (int client = 0; client < 6; client++) {
        Random random = new Random(client);
        clients.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      for (int i = 0; i < 15; i++) {
                        Pooled model = models.get(random.nextInt(3));
                        Heard heard = new Heard();
                        Generator.Generation generation = model.submit(request(12), heard);
                        if (random.nextInt(5) == 0) {
                          generation.cancel();
                          heard.end();
                          continue;
                        }
                        List<Integer> ids = heard.ids();
                        if (!ids.equals(texts.computeIfAbsent(model.spec().toString(), _ -> ids))) {
                          synchronized (wrong) {
                            wrong.add(model.spec() + ": " + ids);
                          }
                        }
                      }
                    }));
      }
      for (Thread client : clients) {
        client.join();
      }
      assertThat(models.stream().mapToLong(Pooled::evictions).sum()).isPositive();
    }
    assertThat(wrong).isEmpty();
    assertThat(mostOpen).hasValue(2);
    assertThat(open).hasValue(0);
  }
}
