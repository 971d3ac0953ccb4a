package dev.athanor.data.dedup;

import dev.athanor.data.spill.Scratch;

/// Copies in a file, in order.
final class DuplicateList implements Duplicates {
  private final Scratch pairs;
  private long at = -2 * Long.BYTES;

  /// @param pairs a copy and the first one, again and again
  DuplicateList(Scratch pairs) {
    this.pairs = pairs;
  }

  @Override
  public boolean advance() {
    at += 2 * Long.BYTES;
    return at < pairs.size();
  }

  @Override
  public long unit() {
    return pairs.map().get(Scratch.LONG, at);
  }

  @Override
  public long leader() {
    return pairs.map().get(Scratch.LONG, at + Long.BYTES);
  }
}
