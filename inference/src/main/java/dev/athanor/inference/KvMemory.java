package dev.athanor.inference;

import static dev.athanor.inference.PagePool.PAGE;

import dev.athanor.model.BlockSpec;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Mixer;
import java.util.List;

/// What a runner's sequences remember: the pages of the blocks that attend, from one pool, and states of constant size for those that
/// recur.
///
/// Belongs to one thread at a time.
public final class KvMemory {
  private final DecoderSpec spec;
  private final KvFormat format;
  private final PagePool pool;
  /// Of each block; null where it recurs.
  private final KeyValues[] byBlock;
  private final int window;
  private final boolean reusable;
  private final boolean recurs;

  KvMemory(DecoderSpec spec, KvFormat format, int pages) {
    this.spec = spec;
    this.format = format;
    pool = new PagePool(pages);
    List<BlockSpec> blocks = spec.stack().blocks();
    byBlock = new KeyValues[blocks.size()];
    int widest = 0;
    boolean found = true;
    boolean states = false;
    for (int i = 0; i < byBlock.length; i++) {
      switch (blocks.get(i).mixer()) {
        case Mixer.Attention attention -> {
          byBlock[i] = new KeyValues(attention, format);
          widest = Math.max(widest, byBlock[i].window());
          found &= attention.rope().isEmpty() || !attention.rope().get().isDynamic();
        }
        case Mixer.Mamba _, Mixer.Mamba2 _ -> states = true;
      }
    }
    window = widest;
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

  KeyValues keyValues(int block) {
    return byBlock[block];
  }

  /// An empty state for each block that recurs, null for the others.
  RecurrentState[] states() {
    return spec.stack().blocks().stream()
        .map(
            block ->
                switch (block.mixer()) {
                  case Mixer.Attention _ -> null;
                  case Mixer.Mamba mamba -> MambaPart.memory(mamba);
                  case Mixer.Mamba2 mamba -> Mamba2Part.memory(mamba);
                })
        .toArray(RecurrentState[]::new);
  }

  /// Pages that a sequence needs to hold when it grows from `length` to `end` positions.
  int pages(int length, int end) {
    return window == 0 ? 0 : PagePool.pages(end) - firstPage(length);
  }

  /// The first page that a position behind `length` still sees.
  int firstPage(int length) {
    return Math.max(0, length - window + 1) / PAGE;
  }

  /// A page with room behind it.
  int take() {
    int page = pool.take();
    for (KeyValues keyValues : byBlock) {
      if (keyValues != null) {
        keyValues.reserve(page);
      }
    }
    return page;
  }

  void copy(int from, int to) {
    for (KeyValues keyValues : byBlock) {
      if (keyValues != null) {
        keyValues.copy(from, to);
      }
    }
  }
}
