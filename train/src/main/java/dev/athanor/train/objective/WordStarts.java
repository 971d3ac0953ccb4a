package dev.athanor.train.objective;

import dev.athanor.tokenizer.BpeTokenizer;
import java.util.Arrays;

/// Where words begin in a sequence of tokens, so that a word can be masked whole.
@FunctionalInterface
public interface WordStarts {
  /// For each token whether a word begins with it; the first token and those after a special one begin a word in any case.
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
  /// belongs to the word before it; a special token is a word by itself.
  static WordStarts of(BpeTokenizer tokenizer) {
    return ids -> {
      boolean[] starts = new boolean[ids.length];
      for (int i = 0; i < ids.length; i++) {
        starts[i] = tokenizer.isSpecial(ids[i]);
      }
      for (TokenText stretch : TokenText.between(tokenizer, ids)) {
        boolean[] wordBegins = wordBegins(tokenizer, stretch);
        for (int i = 0; i < stretch.tokens(); i++) {
          starts[stretch.first() + i] = wordBegins[stretch.starts()[i]];
        }
      }
      return starts;
    };
  }

  private static boolean[] wordBegins(BpeTokenizer tokenizer, TokenText stretch) {
    boolean[] begins = new boolean[stretch.bytes() + 1];
    begins[0] = true;
    tokenizer.preTokenizer().split(stretch.text().text(), (_, from, to) -> markPiece(stretch.text(), from, to, begins));
    return begins;
  }

  private static void markPiece(PlacedText text, int from, int to, boolean[] begins) {
    begins[text.place(from)] = true;
    for (int i = from, next; i < to; i = next) {
      int codePoint = text.text().codePointAt(i);
      next = i + Character.charCount(codePoint);
      if (Character.isIdeographic(codePoint)) {
        begins[text.place(i)] = true;
        begins[text.place(next)] = true;
      }
    }
  }
}
