package dev.athanor.tokenizer;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.athanor.base.UserException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// The words of a corpus as ids that merge, with each word's count. All lie one after another in slots, a wall before and behind each.
///
/// An id that came from merges has as many slots as the ids that it came from: the first holds the id, the last how many there are
/// (negative), those between nothing of meaning that is not negative. So from any id its neighbours on both sides are found at once.
final class WordSlots {
  static final int WALL = Integer.MIN_VALUE;
  private static final int WITHIN = -1;

  /// The word of every eighth slot is known, those between are found from there.
  private static final int SAMPLED = 3;

  private static final int MOST = Integer.MAX_VALUE - 8;

  private final MemorySegment slots;
  private final MemorySegment starts;
  private final MemorySegment samples;
  private final MemorySegment counts;
  private final int words;
  private final int end;

  private WordSlots(Filling filling, IntSpace space) {
    slots = filling.slots;
    starts = filling.starts;
    counts = filling.counts;
    words = filling.word;
    end = filling.at;
    starts.setAtIndex(JAVA_INT, words, end);
    samples = space.ints((end >> SAMPLED) + 1L);
    int word = 0;
    for (int slot = 0; slot < end; slot += 1 << SAMPLED) {
      word = wordFrom(word, slot);
      samples.setAtIndex(JAVA_INT, slot >> SAMPLED, word);
    }
  }

  /// How many words and slots pieces need.
  record Size(int words, int slots) {
    /// @throws UserException where they are too many
    static Size of(CountedPieces pieces, PairCounts.Ids ids) {
      long[] sizes = {0, 1};
      pieces.forEach(
          (piece, _) -> {
            sizes[0]++;
            sizes[1] += ids.of(Utf8.bytes(piece, 0, piece.length())).length + 1L;
          });
      if (sizes[1] > MOST) {
        throw new UserException(
            "the corpus has %,d bytes of distinct words; at most %,d can be merged: train on a sample".formatted(sizes[1], MOST));
      }
      return new Size((int) sizes[0], (int) sizes[1]);
    }
  }

  static WordSlots of(CountedPieces pieces, PairCounts.Ids ids, Size size, IntSpace space) {
    Filling filling = new Filling(size, space);
    pieces.forEach((piece, count) -> filling.add(ids.of(Utf8.bytes(piece, 0, piece.length())), count));
    return new WordSlots(filling, space);
  }

  /// @param symbols the words' ids one after another
  /// @param starts where each word begins in them
  static WordSlots of(int[] symbols, int[] starts, int[] lengths, long[] counts, IntSpace space) {
    Filling filling = new Filling(new Size(starts.length, Arrays.stream(lengths).sum() + starts.length + 1), space);
    for (int w = 0; w < starts.length; w++) {
      filling.add(Arrays.copyOfRange(symbols, starts[w], starts[w] + lengths[w]), counts[w]);
    }
    return new WordSlots(filling, space);
  }

  private static final class Filling {
    private final MemorySegment slots;
    private final MemorySegment starts;
    private final MemorySegment counts;
    private int word;
    private int at = 1;

    Filling(Size size, IntSpace space) {
      starts = space.ints(size.words + 1L);
      counts = space.longs(size.words);
      slots = space.ints(size.slots);
      slots.setAtIndex(JAVA_INT, 0, WALL);
    }

    void add(int[] ids, long count) {
      starts.setAtIndex(JAVA_INT, word, at);
      counts.setAtIndex(JAVA_LONG, word++, count);
      for (int id : ids) {
        slots.setAtIndex(JAVA_INT, at++, id);
      }
      slots.setAtIndex(JAVA_INT, at++, WALL);
    }
  }

  /// One behind the last slot.
  int end() {
    return end;
  }

  /// The id that begins there, or [#WALL]; negative inside an id.
  int get(int slot) {
    return slots.getAtIndex(JAVA_INT, slot);
  }

  /// Where the id begins that ends before this one, or -1 where a wall does.
  int before(int at) {
    int last = get(at - 1);
    if (last == WALL) {
      return -1;
    }
    return last < 0 ? at + last : at - 1;
  }

  /// Two neighbours become one.
  ///
  /// @param leftLength slots of the left one
  /// @param length of both
  void merge(int at, int leftLength, int length, int merged) {
    slots.setAtIndex(JAVA_INT, at, merged);
    slots.setAtIndex(JAVA_INT, at + leftLength, WITHIN);
    slots.setAtIndex(JAVA_INT, at + length - 1, -length);
  }

  /// How often the word comes in which the slot lies.
  long countAt(int slot) {
    return counts.getAtIndex(JAVA_LONG, wordFrom(samples.getAtIndex(JAVA_INT, slot >> SAMPLED), slot));
  }

  private int wordFrom(int known, int slot) {
    int word = known;
    while (word + 1 < words && starts.getAtIndex(JAVA_INT, word + 1) <= slot) {
      word++;
    }
    return word;
  }
}
