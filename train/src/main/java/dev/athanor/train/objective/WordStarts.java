package dev.athanor.train.objective;

import dev.athanor.tokenizer.BpeTokenizer;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/// Where words begin in a sequence of tokens, so that a word can be masked whole.
@FunctionalInterface
public interface WordStarts {
  /// For each token whether a word begins with it. A special token is a word by itself.
  boolean[] in(int[] ids);

  /// Every token a word: masking as it was first published.
  static WordStarts everyToken() {
    return ids -> {
      boolean[] starts = new boolean[ids.length];
      Arrays.fill(starts, true);
      return starts;
    };
  }

  /// The words are the pieces that the tokenizer itself cuts text into before it merges, mostly a run of letters with the blank
  /// before it; within them each Chinese character is a word of its own, as in BERT. A token that spans the beginning of a word
  /// belongs to the word before it.
  static WordStarts of(BpeTokenizer tokenizer) {
    return ids -> {
      boolean[] starts = new boolean[ids.length];
      for (int begin = 0; begin < ids.length; ) {
        int end = begin;
        while (end < ids.length && !tokenizer.isSpecial(ids[end])) {
          end++;
        }
        markWords(tokenizer, ids, begin, end, starts);
        if (end < ids.length) {
          starts[end++] = true;
        }
        begin = end;
      }
      return starts;
    };
  }

  private static void markWords(BpeTokenizer tokenizer, int[] ids, int begin, int end, boolean[] starts) {
    int[] places = new int[end - begin];
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = begin; i < end; i++) {
      places[i - begin] = bytes.size();
      bytes.writeBytes(tokenizer.bytes(ids[i]));
    }
    PlacedText text = PlacedText.of(bytes.toByteArray());
    boolean[] wordBegins = new boolean[bytes.size() + 1];
    wordBegins[0] = true;
    tokenizer.preTokenizer().split(text.text(), (piece, from, to) -> markPiece(text, from, to, wordBegins));
    for (int i = begin; i < end; i++) {
      starts[i] = wordBegins[places[i - begin]];
    }
  }

  private static void markPiece(PlacedText text, int from, int to, boolean[] wordBegins) {
    wordBegins[text.place(from)] = true;
    for (int i = from, next; i < to; i = next) {
      int codePoint = text.text().codePointAt(i);
      next = i + Character.charCount(codePoint);
      if (Character.isIdeographic(codePoint)) {
        wordBegins[text.place(i)] = true;
        wordBegins[text.place(next)] = true;
      }
    }
  }
}
