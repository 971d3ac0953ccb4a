package dev.athanor.inference;

import dev.athanor.inference.GenerationEvent.Failed;
import dev.athanor.inference.GenerationEvent.FinishReason;
import dev.athanor.inference.GenerationEvent.Finished;
import dev.athanor.inference.GenerationEvent.Text;
import dev.athanor.inference.GenerationEvent.Token;
import dev.athanor.inference.grammar.Constraint;
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
  private int[] drafts = {};
  private int[] ids;
  private int length;
  private @Nullable KvCache cache;
  private long arrival;
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
    Constraint constraint = request.constraint();
    this.sampler =
        new Sampler(
            request.sampling(),
            request.topLogprobs(),
            request.promptIds(),
            constraint == null ? null : constraint.start(request.stopIds()));
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

  int priority() {
    return request.priority();
  }

  /// When it came: before those with a larger number.
  long arrival() {
    return arrival;
  }

  void arrive(long number) {
    arrival = number;
  }

  /// Tokens that are there.
  int length() {
    return length;
  }

  /// Takes over in a new memory what was computed of its text before.
  int reuse(KvCache newCache) {
    return newCache.reuse(ids, length, request.cacheSalt());
  }

  /// Gives it the memory to run in.
  void start(KvCache newCache) {
    newCache.expect(request.promptIds().length);
    cache = newCache;
  }

  /// Whether it has memory to run in.
  boolean hasMemory() {
    return cache != null;
  }

  /// Takes the memory from it; it can start again.
  void giveBack() {
    cache().close();
    cache = null;
  }

  /// Tokens that are there and not computed: the prompt's rest, what was drawn before its memory was taken, or the one token drawn last.
  int pending() {
    return length - cache().length();
  }

  /// Guesses at most `most` tokens that follow; they are verified with the next slice.
  ///
  /// @return how many
  int draft(int most) {
    // The last token that there is room for needs no guess.
    drafts = NgramDraft.of(ids, length, Math.min(most, end - length - 1));
    ensureRoom(length + drafts.length);
    System.arraycopy(drafts, 0, ids, length, drafts.length);
    return drafts.length;
  }

  /// The token drawn last and the guesses behind it.
  Slice draftedSlice() {
    int from = cache().length();
    return new Slice(cache(), ids, from, from + 1 + drafts.length, 1 + drafts.length, true);
  }

  /// The next `count` tokens to compute; logits are wanted when they are the last.
  Slice slice(int count) {
    int from = cache().length();
    return new Slice(cache(), ids, from, from + count, count == pending() ? 1 : 0);
  }

  private void ensureRoom(int places) {
    if (places > ids.length) {
      ids = Arrays.copyOf(ids, (int) Math.min(end, 2L * places + 16));
    }
  }

  /// Draws a token after each row of a drafted slice, as long as the guesses are right: the very tokens that would be drawn without them.
  ///
  /// @return how many guesses were right
  int verify(Logits logits, int row) {
    int right = 0;
    while (true) {
      int place = length;
      accept(logits.data(), logits.row(row + right), logits.vocabSize());
      if (ended) {
        return right;
      }
      if (right == drafts.length || ids[place] != drafts[right]) {
        cache().advance(1 + right);
        return right;
      }
      right++;
    }
  }

  /// Draws the next token, tells the listener, and ends where it should.
  void accept(float[] logits, int at, int n) {
    Token token = sampler.next(logits, at, n);
    ensureRoom(length + 1);
    ids[length++] = token.id();
    if (isStop(token.id())) {
      finish(FinishReason.STOP);
      return;
    }
    tell(text.push(token));
    if (text.stopped() || sampler.mustEnd()) {
      finish(FinishReason.STOP);
    } else if (length == end) {
      finish(FinishReason.LENGTH);
    }
  }

  /// Ends it; text that was held back comes out first.
  void finish(FinishReason reason) {
    tell(text.finish());
    end();
    // A stop text may have become whole only with its last characters.
    FinishReason actual = text.stopped() && reason == FinishReason.LENGTH ? FinishReason.STOP : reason;
    int promptTokens = request.promptIds().length;
    listener.accept(new Finished(actual, promptTokens, length - promptTokens));
  }

  /// Ends it without a result.
  void fail(Throwable cause) {
    end();
    listener.accept(new Failed(cause));
  }

  private void end() {
    ended = true;
    if (cache != null) {
      giveBack();
    }
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

  KvCache cache() {
    if (cache == null) {
      throw new IllegalStateException("the sequence does not run");
    }
    return cache;
  }
}
