package dev.athanor.inference;

import dev.athanor.inference.GenerationEvent.Failed;
import dev.athanor.inference.GenerationEvent.FinishReason;
import dev.athanor.inference.GenerationEvent.Finished;
import dev.athanor.inference.GenerationEvent.Text;
import dev.athanor.inference.GenerationEvent.Token;
import dev.athanor.inference.grammar.Constraint;
import dev.athanor.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A request on its way: its tokens so far, how many of them are computed, and what its listener has heard. All but `cancel`
/// belongs to the engine's thread.
final class Sequence implements Generator.Generation {
  private static final int[] NONE = {};
  private static final Duration LONGEST = Duration.ofDays(365);

  private final GenerationRequest request;
  private final Consumer<GenerationEvent> listener;
  private final Sampler sampler;
  private final TextStream text;
  private final Runnable wakeEngine;
  private final int end;
  private final long due;
  /// Another one's that runs when this has read their prompt.
  private List<Sequence> followers = List.of();
  private @Nullable BeamSearch search;
  private int[] drafts = NONE;
  private int[] ids;
  private int length;
  private @Nullable KvCache cache;
  /// What was computed when its memory was taken.
  private @Nullable SpilledCache spilled;
  private long arrival;
  private boolean ended;
  private @Nullable LoadedAdapter adapter;
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
    this.due = System.nanoTime() + nanos(request.timeout());
  }

  /// Those that go on from the same prompt when this one has read it.
  void leads(List<Sequence> others) {
    followers = List.copyOf(others);
  }

  /// Those that it leads; it leads them no more.
  List<Sequence> takeFollowers() {
    List<Sequence> taken = followers;
    followers = List.of();
    return taken;
  }

  boolean leads() {
    return !followers.isEmpty();
  }

  /// It becomes a member of a search.
  void join(BeamSearch beams) {
    search = beams;
    beams.join(this);
  }

  @Nullable BeamSearch search() {
    return search;
  }

  /// Whether it has nothing to compute for now, with or without memory.
  boolean waitsForOthers() {
    return search != null && search.waits(this);
  }

  /// Whether its time is over.
  boolean late(long nanoTime) {
    return request.timeout() != null && nanoTime - due >= 0;
  }

  int promptTokens() {
    return request.promptIds().length;
  }

  /// Tokens that it may draw.
  int most() {
    return end - request.promptIds().length;
  }

  private static long nanos(@Nullable Duration timeout) {
    return timeout == null ? 0 : timeout.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : timeout.toNanos();
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

  /// Says which adapter it runs under, before it starts.
  Sequence under(@Nullable LoadedAdapter which) {
    adapter = which;
    return this;
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
    return newCache.reuse(ids, length, LoadedAdapter.namespace(adapter, request.cacheSalt()));
  }

  /// Gives it the memory to run in.
  void start(KvCache newCache) {
    newCache.expect(request.promptIds().length);
    newCache.under(adapter);
    cache = newCache;
    if (spilled != null) {
      newCache.restore(spilled, ids);
      dropSpilled();
    }
  }

  /// Whether it has memory to run in.
  boolean hasMemory() {
    return cache != null;
  }

  /// Takes the memory from it; it can start again.
  ///
  /// @param spill keeps what was computed; null: nobody does
  void giveBack(@Nullable KvSpill spill) {
    spilled = spill == null ? null : cache().spill(spill);
    cache().close();
    cache = null;
    drafts = NONE;
  }

  /// Tokens that are there and not computed: the prompt's rest, what was drawn before its memory was taken, or the one token drawn last.
  int pending() {
    return length - cache().length();
  }

  /// Tokens that may be guessed: the last that there is room for needs no guess.
  int guessable() {
    return search == null ? Math.max(0, end - length - 1) : 0;
  }

  /// What a model's logits guess for a place after the next one.
  int guess(float[] logits, int at, int n, int ahead) {
    return sampler.guess(logits, at, n, ahead);
  }

  /// Tokens that may follow, to be verified with the next slice; at most guessable().
  void propose(int[] guesses) {
    drafts = guesses;
    ensureRoom(length + drafts.length);
    System.arraycopy(drafts, 0, ids, length, drafts.length);
  }

  /// How many are proposed.
  int proposed() {
    return drafts.length;
  }

  /// Its tokens, and places that do not count.
  int[] ids() {
    return ids;
  }

  /// A copy with one more.
  int[] idsAnd(int id) {
    int[] longer = Arrays.copyOf(ids, length + 1);
    longer[length] = id;
    return longer;
  }

  /// Goes on as another text of the same search.
  ///
  /// @param memory what is computed of it; null: to be read again
  void become(int[] text, @Nullable KvCache memory) {
    dropSpilled();
    ids = text;
    length = text.length;
    cache = memory;
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
    int[] guesses = drafts;
    drafts = NONE;
    while (true) {
      int place = length;
      accept(logits.data(), logits.row(row + right), logits.vocabSize());
      if (ended) {
        return right;
      }
      if (right == guesses.length || ids[place] != guesses[right]) {
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

  /// Ends it; text that was held back comes out first. With a member of a search, the search ends.
  void finish(FinishReason reason) {
    if (search != null) {
      search.finish(reason);
      return;
    }
    tell(text.finish());
    end();
    // A stop text may have become whole only with its last characters.
    FinishReason actual = text.stopped() && reason == FinishReason.LENGTH ? FinishReason.STOP : reason;
    int promptTokens = request.promptIds().length;
    listener.accept(new Finished(actual, promptTokens, length - promptTokens));
  }

  /// Ends it without a result.
  void fail(Throwable cause) {
    if (search != null) {
      search.fail(cause);
      return;
    }
    end();
    listener.accept(new Failed(cause));
  }

  /// Without a word.
  void end() {
    ended = true;
    dropSpilled();
    if (cache != null) {
      giveBack(null);
    }
  }

  private void dropSpilled() {
    if (spilled != null) {
      spilled.close();
      spilled = null;
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
