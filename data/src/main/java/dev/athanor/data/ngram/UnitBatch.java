package dev.athanor.data.ngram;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Some texts cut into units, each line a sentence: what can be done of reading without knowing the words of other batches.
final class UnitBatch {
  /// Ends a sentence.
  static final long LINE_END = 0;
  /// A longer line is no sentence; it is cut, so that it fits into a chunk.
  static final int LONGEST_SENTENCE = 1 << 16;

  private long[] hashes = new long[1 << 12];
  private int length;
  private final WordIds distinct = new WordIds();
  private final List<String> words = new ArrayList<>();

  UnitBatch(List<String> texts, UnitCutter cutter) {
    int[] inSentence = new int[1];
    UnitCutter.Sink sink =
        (chars, from, to) -> {
          add(chars, from, to);
          if (++inSentence[0] == LONGEST_SENTENCE) {
            put(LINE_END);
            inSentence[0] = 0;
          }
        };
    for (String text : texts) {
      int from = 0;
      while (from < text.length()) {
        int end = text.indexOf('\n', from);
        int to = end < 0 ? text.length() : end;
        cutter.cut(text, from, to, sink);
        if (inSentence[0] > 0) {
          put(LINE_END);
          inSentence[0] = 0;
        }
        from = to + 1;
      }
    }
  }

  private void add(char[] chars, int from, int to) {
    long hash = WordHash.of(chars, from, to);
    int known = distinct.size();
    if (distinct.add(hash) == known) {
      words.add(new String(chars, from, to - from));
    }
    put(hash);
  }

  private void put(long hash) {
    if (length == hashes.length) {
      hashes = Arrays.copyOf(hashes, 2 * length);
    }
    hashes[length++] = hash;
  }

  int length() {
    return length;
  }

  /// A word's hash, or LINE_END.
  long hash(int i) {
    return hashes[i];
  }

  /// The distinct words in the order in which they came.
  List<String> words() {
    return words;
  }
}
