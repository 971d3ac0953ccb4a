package dev.athanor.data.shard;

import java.util.Arrays;

/// Best-fit-decreasing bin packing: the longest piece first, each into the fullest row that still has room for it, else into a new one;
/// at most 11/9 of the fewest rows possible, and for documents nearly the fewest. Linear in the pieces but for the search for a row,
/// which takes a step for each power of 64 of the capacity: a tree of bit sets says at which rooms there is any row, where Ding et al.
/// (arXiv:2404.10830) take a segment tree.
final class BestFit {
  private static final int NONE = -1;

  private final int capacity;
  private final int[] first;
  private final int[] last;
  private final int[] nextPiece;
  private int rows;

  private BestFit(int capacity, int pieces) {
    this.capacity = capacity;
    first = new int[pieces];
    last = new int[pieces];
    nextPiece = new int[pieces];
  }

  /// @param lengths of the pieces, from 1 to the capacity; the first `count` of them
  static BestFit of(int[] lengths, int count, int capacity) {
    BestFit packed = new BestFit(capacity, count);
    packed.pack(lengths, count);
    return packed;
  }

  int rows() {
    return rows;
  }

  /// The first piece of a row, or −1.
  int firstOf(int row) {
    return first[row];
  }

  /// The piece behind another in its row, or −1.
  int after(int piece) {
    return nextPiece[piece];
  }

  private void pack(int[] lengths, int count) {
    // Rows by the room that they have left, each a stack.
    int[] top = new int[capacity + 1];
    Arrays.fill(top, NONE);
    int[] below = new int[count];
    Rooms rooms = new Rooms(capacity + 1);
    for (int piece : longestFirst(lengths, count)) {
      int length = lengths[piece];
      int room = rooms.atLeast(length);
      int row;
      if (room < 0) {
        row = rows++;
        room = capacity;
        first[row] = piece;
      } else {
        row = top[room];
        top[room] = below[row];
        if (top[room] == NONE) {
          rooms.clear(room);
        }
        nextPiece[last[row]] = piece;
      }
      last[row] = piece;
      nextPiece[piece] = NONE;
      int left = room - length;
      if (left > 0) {
        below[row] = top[left];
        top[left] = row;
        rooms.set(left);
      }
    }
  }

  /// Counting sort; equal ones in their order.
  private int[] longestFirst(int[] lengths, int count) {
    int[] at = new int[capacity + 2];
    for (int i = 0; i < count; i++) {
      at[capacity - lengths[i] + 1]++;
    }
    for (int i = 1; i < at.length; i++) {
      at[i] += at[i - 1];
    }
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[at[capacity - lengths[i]]++] = i;
    }
    return order;
  }

  /// A set of small numbers that finds the next one: bits, above them a bit for each word that has any, and so on.
  static final class Rooms {
    private final long[][] levels;

    Rooms(int size) {
      int depth = 1;
      for (int words = Math.ceilDiv(size, 64); words > 1; words = Math.ceilDiv(words, 64)) {
        depth++;
      }
      levels = new long[depth][];
      int words = size;
      for (int level = 0; level < depth; level++) {
        words = Math.ceilDiv(words, 64);
        levels[level] = new long[words];
      }
    }

    void set(int number) {
      int bit = number;
      for (long[] level : levels) {
        level[bit >> 6] |= 1L << bit;
        bit >>= 6;
      }
    }

    void clear(int number) {
      int bit = number;
      for (long[] level : levels) {
        level[bit >> 6] &= ~(1L << bit);
        if (level[bit >> 6] != 0) {
          return;
        }
        bit >>= 6;
      }
    }

    /// The smallest number of the set that is not less, or −1.
    int atLeast(int number) {
      int bit = number;
      for (int level = 0; level < levels.length; level++) {
        if ((bit >> 6) >= levels[level].length) {
          return NONE;
        }
        long word = levels[level][bit >> 6] & (-1L << bit);
        if (word != 0) {
          int found = (bit & ~63) + Long.numberOfTrailingZeros(word);
          for (int down = level - 1; down >= 0; down--) {
            found = (found << 6) + Long.numberOfTrailingZeros(levels[down][found]);
          }
          return found;
        }
        bit = (bit >> 6) + 1;
      }
      return NONE;
    }
  }
}
