package dev.athanor.tokenizer;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.OptionalInt;

/// The 64-bit count of every pair of neighbours in the words of a corpus, and the places where each pair stands: what lets a merge touch
/// only what it changes, however long the words are.
///
/// A pair can only lose occurrences once both of its ids are there, so all of its places are found in one merge and lie in one list, in
/// order; places where the pair is gone by now are known by what stands there.
final class PairCounts implements AutoCloseable {
  /// The ids that a piece's bytes begin with.
  @FunctionalInterface
  interface Ids {
    int[] of(byte[] piece);
  }

  private final IntSpace space;
  private final WordSlots words;
  private final PairTable pairs = new PairTable(1 << 14);
  private int[] lefts = new int[1 << 14];
  private int[] rights = new int[1 << 14];
  private long[] counts = new long[1 << 14];
  private MemorySegment[] lists = new MemorySegment[1 << 14];
  private int[] listFrom = new int[1 << 14];
  private int[] listTo = new int[1 << 14];

  /// How many slots an id has; 0 stands for 1.
  private int[] lengths = new int[1 << 10];

  private long least = 1;
  private final Found found = new Found();

  /// @param idOfByte the id of each byte value
  PairCounts(CountedPieces pieces, int[] idOfByte, TrainingMemory memory) {
    this(
        pieces,
        piece -> {
          int[] ids = new int[piece.length];
          for (int i = 0; i < ids.length; i++) {
            ids[i] = idOfByte[piece[i] & 0xFF];
          }
          return ids;
        },
        memory);
  }

  PairCounts(CountedPieces pieces, Ids ids) {
    this(pieces, ids, TrainingMemory.UNBOUNDED);
  }

  private PairCounts(CountedPieces pieces, Ids ids, TrainingMemory memory) {
    WordSlots.Size size = WordSlots.Size.of(pieces, ids);
    space = memory.space(size.slots());
    words = WordSlots.of(pieces, ids, size, space);
    countPairs();
  }

  /// @param symbols the words' ids one after another
  /// @param starts where each word begins in them
  PairCounts(int[] symbols, int[] starts, int[] lengths, long[] wordCounts) {
    space = IntSpace.heap();
    words = WordSlots.of(symbols, starts, lengths, wordCounts, space);
    countPairs();
  }

  private void countPairs() {
    int total = 0;
    for (int at = 1; at + 1 < words.end(); at++) {
      int left = words.get(at);
      int right = words.get(at + 1);
      if (left != WordSlots.WALL && right != WordSlots.WALL) {
        int pair = add(left, right);
        counts[pair] += words.countAt(at);
        listTo[pair]++;
        total++;
      }
    }
    MemorySegment all = space.ints(total);
    int from = 0;
    for (int pair = 0; pair < pairs.size(); pair++) {
      lists[pair] = all;
      int length = listTo[pair];
      listFrom[pair] = from;
      listTo[pair] = from;
      from += length;
    }
    for (int at = 1; at + 1 < words.end(); at++) {
      int left = words.get(at);
      int right = words.get(at + 1);
      if (left != WordSlots.WALL && right != WordSlots.WALL) {
        all.setAtIndex(JAVA_INT, listTo[pairs.find(left, right)]++, at);
      }
    }
  }

  /// From now on, pairs that are found less often are not kept: they never come more often later.
  void leaveOutBelow(long count) {
    least = count;
  }

  /// Gives back what lies in a file; nothing can be asked afterwards.
  @Override
  public void close() {
    space.close();
  }

  /// How many pairs were kept; they are numbered from 0 in the order of their appearance.
  int size() {
    return pairs.size();
  }

  /// The number of a pair that was kept.
  OptionalInt find(int left, int right) {
    int pair = pairs.find(left, right);
    return pair < 0 ? OptionalInt.empty() : OptionalInt.of(pair);
  }

  int left(int pair) {
    return lefts[pair];
  }

  int right(int pair) {
    return rights[pair];
  }

  long count(int pair) {
    return counts[pair];
  }

  /// Replaces the pair by a new id in every word, from the left; afterwards its count is 0.
  void merge(int pair, int merged) {
    int left = lefts[pair];
    int right = rights[pair];
    int leftLength = length(left);
    int length = leftLength + length(right);
    reserve(merged, length);
    found.begin(merged);
    MemorySegment list = lists[pair];
    for (int i = listFrom[pair]; i < listTo[pair]; i++) {
      int at = list.getAtIndex(JAVA_INT, i);
      if (words.get(at) == left && words.get(at + leftLength) == right) {
        replace(at, left, right, leftLength, length, merged);
      }
    }
    counts[pair] = 0;
    listTo[pair] = listFrom[pair];
    lists[pair] = MemorySegment.NULL;
    found.keep();
  }

  private void replace(int at, int left, int right, int leftLength, int length, int merged) {
    long count = words.countAt(at);
    int before = words.before(at);
    if (before >= 0) {
      int id = words.get(before);
      if (id == merged) {
        found.takeRight(left, count);
      } else {
        subtract(id, left, count);
      }
      found.left(id, before, count);
    }
    int after = words.get(at + length);
    if (after != WordSlots.WALL) {
      subtract(right, after, count);
      found.right(after, at, count);
    }
    words.merge(at, leftLength, length, merged);
  }

  private int length(int id) {
    return id < lengths.length && lengths[id] > 0 ? lengths[id] : 1;
  }

  private void reserve(int merged, int length) {
    if (merged >= lengths.length) {
      lengths = Arrays.copyOf(lengths, Math.max(merged + 1, lengths.length * 2));
    }
    lengths[merged] = length;
  }

  private void subtract(int left, int right, long count) {
    int pair = pairs.find(left, right);
    if (pair >= 0) {
      counts[pair] -= count;
    }
  }

  private int add(int left, int right) {
    int pair = pairs.findOrAdd(left, right);
    if (pair == counts.length) {
      int capacity = counts.length * 2;
      lefts = Arrays.copyOf(lefts, capacity);
      rights = Arrays.copyOf(rights, capacity);
      counts = Arrays.copyOf(counts, capacity);
      lists = Arrays.copyOf(lists, capacity);
      listFrom = Arrays.copyOf(listFrom, capacity);
      listTo = Arrays.copyOf(listTo, capacity);
    }
    lefts[pair] = left;
    rights[pair] = right;
    return pair;
  }

  /// The pairs of the new id that one merge finds, by the id on the other side.
  private final class Found {
    private int merged;
    private Side leftSide = new Side();
    private Side rightSide = new Side();

    void begin(int id) {
      merged = id;
      leftSide.reserve(id);
      rightSide.reserve(id);
    }

    void left(int id, int at, long count) {
      leftSide.add(id, at, count);
    }

    void right(int id, int at, long count) {
      rightSide.add(id, at, count);
    }

    void takeRight(int id, long count) {
      rightSide.counts[id] -= count;
    }

    void keep() {
      leftSide.keep(true);
      rightSide.keep(false);
    }

    private final class Side {
      private long[] counts = new long[1 << 10];
      private int[] places = new int[1 << 10];
      private final IntList touched = new IntList(64);
      private final IntList ids = new IntList(64);
      private final IntList slotsFound = new IntList(64);

      void reserve(int id) {
        if (id >= counts.length) {
          counts = Arrays.copyOf(counts, Math.max(id + 1, counts.length * 2));
          places = Arrays.copyOf(places, counts.length);
        }
      }

      void add(int id, int at, long count) {
        reserve(id);
        if (places[id]++ == 0) {
          touched.add(id);
        }
        counts[id] += count;
        ids.add(id);
        slotsFound.add(at);
      }

      /// Afterwards the side is empty again.
      void keep(boolean isLeft) {
        int total = 0;
        for (int i = 0; i < touched.size(); i++) {
          int id = touched.get(i);
          total += counts[id] >= least ? places[id] : 0;
        }
        MemorySegment list = total == 0 ? MemorySegment.NULL : space.ints(total);
        int from = 0;
        for (int i = 0; i < touched.size(); i++) {
          int id = touched.get(i);
          int size = places[id];
          places[id] = -1;
          if (counts[id] >= least) {
            int pair = isLeft ? PairCounts.this.add(id, merged) : PairCounts.this.add(merged, id);
            PairCounts.this.counts[pair] = counts[id];
            lists[pair] = list;
            listFrom[pair] = from;
            listTo[pair] = from + size;
            places[id] = from;
            from += size;
          }
        }
        for (int i = 0; i < ids.size(); i++) {
          int id = ids.get(i);
          if (places[id] >= 0) {
            list.setAtIndex(JAVA_INT, places[id]++, slotsFound.get(i));
          }
        }
        for (int i = 0; i < touched.size(); i++) {
          counts[touched.get(i)] = 0;
          places[touched.get(i)] = 0;
        }
        touched.clear();
        ids.clear();
        slotsFound.clear();
      }
    }
  }
}
