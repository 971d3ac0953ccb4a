package dev.athanor.tokenizer;

import java.util.Arrays;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// The words of a corpus as ids, the 64-bit count of every neighbouring pair in them, and the words in which each pair
/// stands: what lets a merge touch only the words that it changes.
final class PairCounts {
  private final PairTable pairs = new PairTable(1 << 14);
  private int[] lefts = new int[1 << 14];
  private int[] rights = new int[1 << 14];
  private long[] counts = new long[1 << 14];
  private @Nullable IntList[] wordsOf = new IntList[1 << 14];

  /// All words one after another; word w is `symbols[starts[w], starts[w] + lengths[w])`.
  private final int[] symbols;

  private final int[] starts;
  private final int[] lengths;
  private final long[] wordCounts;

  /// The ids that a piece's bytes begin with.
  @FunctionalInterface
  interface Ids {
    int[] of(byte[] piece);
  }

  /// @param idOfByte the id of each byte value
  PairCounts(PieceCounts pieces, int[] idOfByte) {
    this(pieces, piece -> {
      int[] ids = new int[piece.length];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = idOfByte[piece[i] & 0xFF];
      }
      return ids;
    });
  }

  PairCounts(PieceCounts pieces, Ids ids) {
    starts = new int[pieces.size()];
    lengths = new int[pieces.size()];
    wordCounts = new long[pieces.size()];
    IntList all = new IntList(1 << 16);
    int[] word = {0};
    pieces.forEach(
        (piece, count) -> {
          starts[word[0]] = all.size();
          all.addAll(ids.of(Utf8.bytes(piece, 0, piece.length())));
          lengths[word[0]] = all.size() - starts[word[0]];
          wordCounts[word[0]++] = count;
        });
    symbols = all.toArray();
    countPairs();
  }

  /// @param symbols the words' ids one after another; they are changed by merges
  /// @param starts where each word begins
  PairCounts(int[] symbols, int[] starts, int[] lengths, long[] wordCounts) {
    this.symbols = symbols;
    this.starts = starts;
    this.lengths = lengths;
    this.wordCounts = wordCounts;
    countPairs();
  }

  private void countPairs() {
    for (int w = 0; w < starts.length; w++) {
      for (int i = starts[w]; i + 1 < starts[w] + lengths[w]; i++) {
        add(symbols[i], symbols[i + 1], w);
      }
    }
  }

  /// How many pairs were ever seen; they are numbered from 0 in the order of their appearance.
  int size() {
    return pairs.size();
  }

  /// The number of a pair that was seen.
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
    IntList words = wordsOf[pair];
    for (int i = 0; words != null && i < words.size(); i++) {
      mergeInWord(words.get(i), lefts[pair], rights[pair], merged);
    }
    counts[pair] = 0;
    wordsOf[pair] = null;
  }

  private void mergeInWord(int word, int left, int right, int merged) {
    int start = starts[word];
    int end = start + lengths[word];
    int out = start;
    for (int i = start; i < end; ) {
      if (i + 1 == end || symbols[i] != left || symbols[i + 1] != right) {
        symbols[out++] = symbols[i++];
        continue;
      }
      if (out > start) {
        subtract(symbols[out - 1], left, word);
        add(symbols[out - 1], merged, word);
      }
      if (i + 2 < end) {
        subtract(right, symbols[i + 2], word);
        add(merged, symbols[i + 2], word);
      }
      symbols[out++] = merged;
      i += 2;
    }
    lengths[word] = out - start;
  }

  private void subtract(int left, int right, int word) {
    counts[pairs.find(left, right)] -= wordCounts[word];
  }

  private void add(int left, int right, int word) {
    int pair = pairs.findOrAdd(left, right);
    if (pair == counts.length) {
      grow();
    }
    lefts[pair] = left;
    rights[pair] = right;
    counts[pair] += wordCounts[word];
    IntList words = wordsOf[pair];
    if (words == null) {
      words = new IntList(4);
      wordsOf[pair] = words;
    }
    if (words.size() == 0 || words.last() != word) {
      words.add(word);
    }
  }

  private void grow() {
    int capacity = counts.length * 2;
    lefts = Arrays.copyOf(lefts, capacity);
    rights = Arrays.copyOf(rights, capacity);
    counts = Arrays.copyOf(counts, capacity);
    wordsOf = Arrays.copyOf(wordsOf, capacity);
  }
}
