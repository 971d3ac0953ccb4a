package dev.athanor.serve;

import dev.athanor.inference.EngineStatistics;
import dev.athanor.inference.GenerationEvent.Alternative;
import dev.athanor.inference.GenerationEvent.FinishReason;
import dev.athanor.inference.GenerationEvent.Finished;
import dev.athanor.inference.GenerationEvent.Token;
import dev.athanor.inference.GenerationEvent;
import dev.athanor.inference.GenerationRequest;
import dev.athanor.inference.Generator;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer;
import dev.athanor.model.Norm;
import dev.athanor.model.Rope;
import dev.athanor.tokenizer.Tokenizer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// "Generates" a script, one piece a token, on a thread of its own for each request. While `steps` is limited it stops before
/// each token until the test lets it go on.
final class ScriptedGenerator implements Generator {
  static final int CONTEXT = 200;
  /// Piece i has log-probability −(i + 1) / 4.
  private static final float LOGPROB_STEP = -0.25f;

  final Semaphore steps;
  final BlockingQueue<GenerationRequest> seen = new LinkedBlockingQueue<>();
  final BlockingQueue<FinishReason> ended = new LinkedBlockingQueue<>();
  private final AtomicInteger running = new AtomicInteger();
  private final ByteTokenizer tokenizer;
  private final List<String> pieces;

  private ScriptedGenerator(List<String> pieces, int steps) {
    this.pieces = List.copyOf(pieces);
    this.tokenizer = new ByteTokenizer(this.pieces);
    this.steps = new Semaphore(steps);
  }

  static ScriptedGenerator saying(String... pieces) {
    return new ScriptedGenerator(List.of(pieces), Integer.MAX_VALUE / 2);
  }

  /// Waits for `steps.release()` before each token.
  static ScriptedGenerator steppedThrough(String... pieces) {
    return new ScriptedGenerator(List.of(pieces), 0);
  }

  @Override
  public DecoderSpec spec() {
    var attention = new Mixer.Attention(1, 1, 8, new Rope(10_000), false, false);
    return DecoderSpec.uniform(
        tokenizer.vocabSize(), 8, 1, CONTEXT, attention, new FeedForward.Gated(8), new Norm.Rms(1e-5), true);
  }

  @Override
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public Generation submit(GenerationRequest request, Consumer<GenerationEvent> listener) {
    seen.add(request);
    running.incrementAndGet();
    Thread thread = Thread.ofVirtual().unstarted(() -> run(request, listener));
    thread.start();
    return thread::interrupt;
  }

  private void run(GenerationRequest request, Consumer<GenerationEvent> listener) {
    StringBuilder text = new StringBuilder();
    FinishReason reason = FinishReason.STOP;
    int count = 0;
    try {
      for (int i = 0; i < pieces.size() && !stopped(request, text); i++) {
        if (count == request.maxTokens()) {
          reason = FinishReason.LENGTH;
          break;
        }
        steps.acquire();
        if (pieces.get(i).equals("<fail>")) {
          running.decrementAndGet();
          listener.accept(new GenerationEvent.Failed(new IllegalStateException("the script says so")));
          return;
        }
        count++;
        text.append(pieces.get(i));
        if (!stopped(request, text)) {
          listener.accept(new GenerationEvent.Text(pieces.get(i), List.of(token(request, i))));
        }
      }
    } catch (InterruptedException e) {
      reason = FinishReason.CANCELLED;
    }
    running.decrementAndGet();
    ended.add(reason);
    listener.accept(new Finished(reason, request.promptIds().length, count));
  }

  private static boolean stopped(GenerationRequest request, StringBuilder text) {
    return request.stop().stream().anyMatch(stop -> text.indexOf(stop) >= 0);
  }

  private Token token(GenerationRequest request, int index) {
    int id = tokenizer.piece(index);
    if (request.topLogprobs() < 0) {
      return new Token(id, Float.NaN, List.of());
    }
    float logprob = LOGPROB_STEP * (index + 1);
    List<Alternative> all = List.of(new Alternative(id, logprob), new Alternative(0xE4, Float.NEGATIVE_INFINITY));
    return new Token(id, logprob, all.subList(0, Math.min(all.size(), request.topLogprobs())));
  }

  @Override
  public Optional<EngineStatistics> statistics() {
    return Optional.of(new EngineStatistics(2, 64, 30, 20, 5, 3, 10));
  }

  @Override
  public Load load() {
    return new Load(running.get(), 0);
  }

  @Override
  public void close() {}
}
