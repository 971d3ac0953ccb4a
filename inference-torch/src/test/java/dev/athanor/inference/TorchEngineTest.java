package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.inference.torch.TorchOptions;
import dev.athanor.inference.torch.TorchRunner;
import dev.athanor.tensor.Device;
import dev.athanor.tensor.Precision;
import dev.athanor.tokenizer.ChatTemplate;
import dev.athanor.tokenizer.Encoding;
import dev.athanor.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The engine over LibTorch: batches, reused beginnings, preemption and guesses give the tokens that each prompt has by itself.
@Timeout(120)
class TorchEngineTest {
  private static final int NEW_TOKENS = 24;

  @Test
  void submit_moreThanThePagesHold_everyTextIsAsIfAlone(@TempDir Path dir) throws Exception {
    Path model = dir.resolve("m");
    RunnerContract.write(model, RunnerContract.rare(0), new Random(7));
    List<int[]> prompts = new ArrayList<>();
    int[] shared = new Random(8).ints(40, 0, 60).toArray();
    for (int i = 0; i < 10; i++) {
      int[] prompt = Arrays.copyOf(shared, 20 + 2 * i);
      prompt[prompt.length - 1] = i;
      prompts.add(prompt);
    }
    List<int[]> alone = new ArrayList<>();
    try (CpuRunner runner = CpuRunner.open(model, 1)) {
      prompts.forEach(prompt -> alone.add(RunnerContract.greedy(runner, prompt, NEW_TOKENS)));
    }
    TorchOptions few = TorchOptions.of(Device.CPU, 2).withWeights(Precision.F32).withKvTokens(80);
    EngineOptions options = new EngineOptions(6, 20, 32, 2);
    try (Engine engine = Engine.over(TorchRunner.open(model, few), new Numbers(), options)) {
      List<CompletableFuture<List<Integer>>> texts = new ArrayList<>();
      // No text goes on before the last prompt is in: otherwise a fast engine may never have to share its memory.
      CountDownLatch submitted = new CountDownLatch(prompts.size());
      for (int[] prompt : prompts) {
        texts.add(generate(engine, prompt, submitted));
        submitted.countDown();
      }
      for (int i = 0; i < texts.size(); i++) {
        assertThat(texts.get(i).get()).as("prompt %d", i).containsExactlyElementsOf(Arrays.stream(alone.get(i)).boxed().toList());
      }
      EngineStatistics statistics = engine.statistics().orElseThrow();
      assertThat(statistics.preemptions()).isPositive();
      assertThat(statistics.reusedTokens()).isPositive();
    }
  }

  /// The engine's thread, which tells of tokens, waits for `submitted`.
  private static CompletableFuture<List<Integer>> generate(Engine engine, int[] prompt, CountDownLatch submitted) {
    CompletableFuture<List<Integer>> result = new CompletableFuture<>();
    List<Integer> ids = new ArrayList<>();
    engine.submit(
        new GenerationRequest(prompt, NEW_TOKENS, Sampling.GREEDY, new int[0], List.of(), -1),
        event -> {
          awaitZero(submitted);
          switch (event) {
            case GenerationEvent.Text text -> text.tokens().forEach(token -> ids.add(token.id()));
            case GenerationEvent.Finished _ -> result.complete(ids);
            case GenerationEvent.Failed failed -> result.completeExceptionally(failed.cause());
          }
        });
    return result;
  }

  private static void awaitZero(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Tokens that are written as their numbers.
  private record Numbers() implements Tokenizer {
    @Override
    public int vocabSize() {
      return 60;
    }

    @Override
    public int[] encode(String text) {
      throw new UnsupportedOperationException("prompts come as ids");
    }

    @Override
    public int[] encodeWithSpecials(String text) {
      throw new UnsupportedOperationException("prompts come as ids");
    }

    @Override
    public Encoding encodeWithOffsets(String text, boolean specials) {
      throw new UnsupportedOperationException("nobody asks where its tokens stand");
    }

    @Override
    public byte[] bytes(int id) {
      return (id + " ").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean isSpecial(int id) {
      return false;
    }

    @Override
    public OptionalInt id(String token) {
      return OptionalInt.empty();
    }

    @Override
    public String decode(int[] ids, boolean skipSpecial) {
      throw new UnsupportedOperationException("only ids are looked at");
    }

    @Override
    public int endOfText() {
      return 59;
    }

    @Override
    public ChatTemplate chatTemplate() {
      throw new UnsupportedOperationException("nobody chats");
    }
  }
}
