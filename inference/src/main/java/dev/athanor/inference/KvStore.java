package dev.athanor.inference;

import java.lang.foreign.MemorySegment;

/// Where a backend keeps the numbers behind what [KvMemory] counts: keys and values by page, for all blocks that attend, and what blocks
/// that recur keep, by sequence. Used by one thread at a time.
public interface KvStore {
  /// Makes room for a page; what it held may be overwritten.
  void reservePage(int page);

  /// All keys and values of a page.
  void copyPage(int from, int to);

  /// Bytes that a page takes when it is written out.
  long pageBytes();

  /// Writes a page out, pageBytes() from `at` on.
  void write(int page, MemorySegment to, long at);

  /// Takes it back, to the bit.
  void read(MemorySegment from, long at, int page);

  /// Makes room for a sequence's states: those before the first position where it has none. Repeated after a pass that failed, it finds
  /// everything as it was.
  void reserveStates(int sequence);

  /// What a pass wrote beside a sequence's states counts from now on.
  void commitStates(int sequence);

  /// Gives a sequence that has none another's states.
  void copyStates(int from, int to);

  /// A sequence that is gone.
  void dropStates(int sequence);
}
