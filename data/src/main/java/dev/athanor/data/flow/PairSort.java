package dev.athanor.data.flow;

/// Brings pairs of numbers into order: by key as an unsigned number, then by value as a signed one. Pairs that are equal stay, all of
/// them. First all are added, then they are read in order; closing removes what was spilled.
public interface PairSort extends AutoCloseable {
  /// Not for several threads.
  void add(long key, long value);

  /// Hands over all pairs in order, on the calling thread. Nothing can be added afterwards.
  void forEach(Reader reader);

  /// Takes one pair.
  @FunctionalInterface
  interface Reader {
    void read(long key, long value);
  }

  @Override
  void close();
}
