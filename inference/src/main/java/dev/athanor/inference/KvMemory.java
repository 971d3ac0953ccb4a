package dev.athanor.inference;

import static dev.athanor.inference.PagePool.PAGE;

import dev.athanor.model.BlockSpec;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Mixer;
import dev.athanor.model.Stack;
import java.util.ArrayDeque;

/// What a runner's sequences remember: the pages of the blocks that attend, from one pool, and states of constant size for those that
/// recur.
///
/// Belongs to one thread at a time.
public final class KvMemory {
  private final KvFormat format;
  private final PagePool pool;
  private final KvStore store;
  private final int window;
  private final int sinkPages;
  private final boolean reusable;
  private final boolean recurs;
  /// Numbers of sequences that are gone.
  private final ArrayDeque<Integer> freeNumbers = new ArrayDeque<>();
  private int numbers;

  /// @param format of keys and values
  /// @param pages at most
  /// @param store of this memory alone
  public KvMemory(DecoderSpec spec, KvFormat format, int pages, KvStore store) {
    this(spec.stack(), format, pages, store, Eviction.NONE);
  }

  KvMemory(Stack stack, KvFormat format, int pages, KvStore store, Eviction eviction) {
    this.format = format;
    this.store = store;
    pool = new PagePool(pages);
    int widest = 0;
    boolean found = true;
    boolean states = false;
    for (BlockSpec block : stack.blocks()) {
      switch (block.mixer()) {
        case Mixer.Attention attention -> {
          widest = Math.max(widest, attention.window().orElse(Integer.MAX_VALUE));
          found &= attention.rope().isEmpty() || !attention.rope().get().isDynamic();
        }
        case Mixer.Mamba _, Mixer.Mamba2 _ -> states = true;
      }
    }
    window = Math.min(widest, eviction.window());
    sinkPages = eviction.narrows(widest) ? eviction.sinkPages() : 0;
    reusable = found && !states;
    recurs = states;
  }

  /// An empty sequence.
  public KvCache newCache() {
    return new KvCache(this);
  }

  public PagePool pool() {
    return pool;
  }

  public KvFormat format() {
    return format;
  }

  /// Bytes that one position takes in all blocks that attend.
  public static double bytesPerPosition(DecoderSpec spec, KvFormat format) {
    double bytes = 0;
    for (BlockSpec block : spec.stack().blocks()) {
      if (block.mixer() instanceof Mixer.Attention attention) {
        int numbers = attention.headDim() + KvPages.width(attention.headDim());
        int scales = format == KvFormat.INT8 ? 2 * Float.BYTES : 0;
        bytes += attention.numKvHeads() * ((double) numbers * format.bytes() + scales);
      }
    }
    return bytes;
  }

  /// Whether what one sequence has computed serves another that begins alike: not where a state sums it up, nor where positions turn by
  /// the whole sequence's length.
  boolean reusable() {
    return reusable;
  }

  /// Whether a block sums the sequence up in a state, which cannot go back.
  boolean recurs() {
    return recurs;
  }

  /// Positions that the farthest seeing block sees; those before are no longer needed.
  int window() {
    return window;
  }

  /// Pages at a sequence's beginning that are kept whatever the window.
  int sinkPages() {
    return sinkPages;
  }

  KvStore store() {
    return store;
  }

  /// The number of a sequence whose states the store keeps, until it is given back.
  int takeNumber() {
    return freeNumbers.isEmpty() ? numbers++ : freeNumbers.pop();
  }

  void giveBack(int number) {
    store.dropStates(number);
    freeNumbers.push(number);
  }

  /// The first page that a position behind `length` still sees.
  int firstPage(int length) {
    return Math.max(0, length - window + 1) / PAGE;
  }

  /// A page with room behind it.
  int take() {
    int page = pool.take();
    store.reservePage(page);
    return page;
  }

  void copy(int from, int to) {
    store.copyPage(from, to);
  }
}
