package dev.athanor.inference;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// The stores of several backends as one: each has the numbers of its own blocks.
record ChainedKv(List<KvStore> stores) implements KvStore {
  @Override
  public void reservePage(int page) {
    stores.forEach(store -> store.reservePage(page));
  }

  @Override
  public void copyPage(int from, int to) {
    stores.forEach(store -> store.copyPage(from, to));
  }

  @Override
  public long pageBytes() {
    return stores.stream().mapToLong(KvStore::pageBytes).sum();
  }

  @Override
  public void write(int page, MemorySegment to, long at) {
    long next = at;
    for (KvStore store : stores) {
      store.write(page, to, next);
      next += store.pageBytes();
    }
  }

  @Override
  public void read(MemorySegment from, long at, int page) {
    long next = at;
    for (KvStore store : stores) {
      store.read(from, next, page);
      next += store.pageBytes();
    }
  }

  @Override
  public void reserveStates(int sequence) {
    stores.forEach(store -> store.reserveStates(sequence));
  }

  @Override
  public void commitStates(int sequence) {
    stores.forEach(store -> store.commitStates(sequence));
  }

  @Override
  public void copyStates(int from, int to) {
    stores.forEach(store -> store.copyStates(from, to));
  }

  @Override
  public void dropStates(int sequence) {
    stores.forEach(store -> store.dropStates(sequence));
  }
}
