package dev.athanor.inference;

import dev.athanor.inference.GenerationEvent.Failed;
import dev.athanor.inference.GenerationEvent.FinishReason;
import dev.athanor.inference.GenerationEvent.Finished;
import dev.athanor.inference.GenerationEvent.Text;
import dev.athanor.inference.GenerationEvent.Token;
import dev.athanor.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A request on its way: its tokens so far, how many of them are computed, and what its listener has heard. All but `cancel`
/// belongs to the engine's thread.
final class Sequence implements Generator.Generation {
  private final GenerationRequest request;
  private final Consumer<GenerationEvent> listener;
  private final Sampler sampler;
  private final TextStream text;
  private final Runnable wakeEngine;
  private final int end;
  private int[] ids;
  private int length;
  private @Nullable KvCache cache;
  private boolean ended;
  private volatile boolean cancelled;

  /// @param contextLength prompt and text together are no longer than this
  /// @param wakeEngine called when it is cancelled
  Sequence(
      GenerationRequest request,
      Consumer<GenerationEvent> listener,
      Tokenizer tokenizer,
      int contextLength,
      Runnable wakeEngine) {
    this.request = request;
    this.listener = listener;
    this.sampler = new Sampler(request.sampling(), request.topLogprobs());
    this.text = new TextStream(tokenizer, request.stop());
    this.wakeEngine = wakeEngine;
    this.ids = request.promptIds().clone();
    this.length = ids.length;
    this.end = (int) Math.min(contextLength, (long) ids.length + request.maxTokens());
  }

  @Override
  public void cancel() {
    cancelled = true;
    wakeEngine.run();
  }

  boolean cancelled() {
    return cancelled;
  }

  boolean ended() {
    return ended;
  }

  /// Gives it the memory to run in.
  void start(KvCache newCache) {
    newCache.expect(request.promptIds().length);
    cache = newCache;
  }

  /// Tokens that are there and not computed: the prompt's rest, or the one that was drawn last.
  int pending() {
    return length - cache().length();
  }

  /// More than the one token drawn last: still reading the prompt.
  boolean prefilling() {
    return cache().length() < request.promptIds().length;
  }

  /// The next `count` tokens to compute; logits are wanted when they are the last.
  Slice slice(int count) {
    int from = cache().length();
    return new Slice(cache(), ids, from, from + count, count == pending() ? 1 : 0);
  }

  /// Draws the next token, tells the listener, and ends where it should.
  void accept(float[] logits, int at, int n) {
    Token token = sampler.next(logits, at, n);
    if (length == ids.length) {
      ids = Arrays.copyOf(ids, Math.min(end, 2 * length + 16));
    }
    ids[length++] = token.id();
    if (isStop(token.id())) {
      finish(FinishReason.STOP);
      return;
    }
    tell(text.push(token));
    if (text.stopped()) {
      finish(FinishReason.STOP);
    } else if (length == end) {
      finish(FinishReason.LENGTH);
    }
  }

  /// Ends it; text that was held back comes out first.
  void finish(FinishReason reason) {
    tell(text.finish());
    ended = true;
    cache = null;
    // A stop text may have become whole only with its last characters.
    FinishReason actual = text.stopped() && reason == FinishReason.LENGTH ? FinishReason.STOP : reason;
    int promptTokens = request.promptIds().length;
    listener.accept(new Finished(actual, promptTokens, length - promptTokens));
  }

  /// Ends it without a result.
  void fail(Throwable cause) {
    ended = true;
    cache = null;
    listener.accept(new Failed(cause));
  }

  private void tell(TextStream.Piece piece) {
    if (!piece.isEmpty()) {
      listener.accept(new Text(piece.text(), piece.tokens()));
    }
  }

  private boolean isStop(int id) {
    for (int stop : request.stopIds()) {
      if (stop == id) {
        return true;
      }
    }
    return false;
  }

  private KvCache cache() {
    if (cache == null) {
      throw new IllegalStateException("the sequence does not run");
    }
    return cache;
  }
}
