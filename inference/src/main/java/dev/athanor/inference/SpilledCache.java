package dev.athanor.inference;

/// What a sequence had computed, in a file.
///
/// @param places of its pages, those of the first positions that are kept first; NONE for those that it had given back
/// @param firstPage the first that it held behind those
/// @param length positions
record SpilledCache(KvSpill file, int[] places, int firstPage, int length) implements AutoCloseable {
  @Override
  public void close() {
    for (int place : places) {
      if (place != KvSpill.NONE) {
        file.give(place);
      }
    }
  }
}
