package dev.athanor.model;

/// A tensor's numbers in row order, produced a part at a time so that none has to hold all of them.
@FunctionalInterface
public interface Numbers {
  /// Puts `count` numbers, from the one at `from`, to `to[at…]`. Some can only be asked in order: each part begins where the
  /// one before it ended.
  void floats(long from, float[] to, int at, int count);
}
