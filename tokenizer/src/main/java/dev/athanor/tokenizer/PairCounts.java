package dev.athanor.tokenizer;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.athanor.base.UserException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.OptionalInt;

/// The words of a corpus as ids, the 64-bit count of every neighbouring pair in them, and the places where each pair stands: what lets a
/// merge touch only what it changes, however long the words are.
///
/// All words lie one after another in slots, a wall before and behind each. An id that came from merges has as many slots as the ids that
/// it came from: the first holds the id, the last how many there are (negative), those between nothing of meaning that is not negative. So
/// from any id its neighbours on both sides are found at once.
///
/// A pair can only lose occurrences once both of its ids are there, so all of its places are found in one merge and lie in one list, in
/// order; places where the pair is gone by now are known by what stands there.
final class PairCounts implements AutoCloseable {
  private static final int WALL = Integer.MIN_VALUE;
  private static final int WITHIN = -1;
  private static final int SAMPLED = 3;

  /// The ids that a piece's bytes begin with.
  @FunctionalInterface
  interface Ids {
    int[] of(byte[] piece);
  }

  private final IntSpace space;
  private final MemorySegment slots;

  /// Where each word begins, and the word of every eighth slot.
  private final MemorySegment starts;

  private final MemorySegment samples;
  private final MemorySegment wordCounts;
  private final int words;

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
    long[] sizes = {0, 1};
    pieces.forEach(
        (piece, _) -> {
          sizes[0]++;
          sizes[1] += ids.of(Utf8.bytes(piece, 0, piece.length())).length + 1L;
        });
    check(sizes[1]);
    space = memory.space(sizes[1]);
    words = (int) sizes[0];
    starts = space.ints(words + 1L);
    wordCounts = space.longs(words);
    slots = space.ints(sizes[1]);
    Filling filling = new Filling();
    pieces.forEach((piece, count) -> filling.add(ids.of(Utf8.bytes(piece, 0, piece.length())), count));
    filling.end();
    samples = sample();
    countPairs();
  }

  /// @param symbols the words' ids one after another
  /// @param starts where each word begins in them
  PairCounts(int[] symbols, int[] starts, int[] lengths, long[] wordCounts) {
    space = IntSpace.heap();
    words = starts.length;
    check(symbols.length + words + 1L);
    this.starts = space.ints(words + 1L);
    this.wordCounts = space.longs(words);
    slots = space.ints(Arrays.stream(lengths).asLongStream().sum() + words + 1);
    Filling filling = new Filling();
    for (int w = 0; w < words; w++) {
      filling.add(Arrays.copyOfRange(symbols, starts[w], starts[w] + lengths[w]), wordCounts[w]);
    }
    filling.end();
    samples = sample();
    countPairs();
  }

  private static void check(long slots) {
    if (slots > Integer.MAX_VALUE - 8) {
      throw new UserException(
          "the corpus has " + slots + " bytes of distinct words; at most " + (Integer.MAX_VALUE - 8)
              + " can be merged: train on a sample");
    }
  }

  private final class Filling {
    private int word;
    private int at = 1;

    Filling() {
      set(0, WALL);
    }

    void add(int[] ids, long count) {
      starts.setAtIndex(JAVA_INT, word, at);
      wordCounts.setAtIndex(JAVA_LONG, word++, count);
      for (int id : ids) {
        set(at++, id);
      }
      set(at++, WALL);
    }

    void end() {
      starts.setAtIndex(JAVA_INT, word, at);
    }
  }

  private MemorySegment sample() {
    int end = starts.getAtIndex(JAVA_INT, words);
    MemorySegment all = space.ints((end >> SAMPLED) + 1L);
    int word = 0;
    for (int slot = 0; slot < end; slot += 1 << SAMPLED) {
      while (word + 1 < words && starts.getAtIndex(JAVA_INT, word + 1) <= slot) {
        word++;
      }
      all.setAtIndex(JAVA_INT, slot >> SAMPLED, word);
    }
    return all;
  }

  private void countPairs() {
    int end = starts.getAtIndex(JAVA_INT, words);
    int total = 0;
    int word = 0;
    for (int at = 1; at + 1 < end; at++) {
      int left = get(at);
      int right = get(at + 1);
      if (left == WALL) {
        word++;
      } else if (right != WALL) {
        int pair = add(left, right);
        counts[pair] += wordCounts.getAtIndex(JAVA_LONG, word);
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
    for (int at = 1; at + 1 < end; at++) {
      int left = get(at);
      int right = get(at + 1);
      if (left != WALL && right != WALL) {
        all.setAtIndex(JAVA_INT, listTo[pairs.find(left, right)]++, at);
      }
    }
  }

  private int get(int slot) {
    return slots.getAtIndex(JAVA_INT, slot);
  }

  private void set(int slot, int value) {
    slots.setAtIndex(JAVA_INT, slot, value);
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
      if (get(at) == left && get(at + leftLength) == right) {
        replace(at, left, right, leftLength, length, merged);
      }
    }
    counts[pair] = 0;
    listTo[pair] = listFrom[pair];
    lists[pair] = MemorySegment.NULL;
    found.keep();
  }

  private void replace(int at, int left, int right, int leftLength, int length, int merged) {
    long count = wordCounts.getAtIndex(JAVA_LONG, wordOf(at));
    int before = get(at - 1);
    if (before != WALL) {
      int start = before < 0 ? at + before : at - 1;
      int id = get(start);
      if (id == merged) {
        found.takeRight(left, count);
      } else {
        subtract(id, left, count);
      }
      found.left(id, start, count);
    }
    int after = get(at + length);
    if (after != WALL) {
      subtract(right, after, count);
      found.right(after, at, count);
    }
    set(at, merged);
    set(at + leftLength, WITHIN);
    set(at + length - 1, -length);
  }

  private int wordOf(int slot) {
    int word = samples.getAtIndex(JAVA_INT, slot >> SAMPLED);
    while (word + 1 < words && starts.getAtIndex(JAVA_INT, word + 1) <= slot) {
      word++;
    }
    return word;
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
