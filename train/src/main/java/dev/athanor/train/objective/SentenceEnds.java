package dev.athanor.train.objective;

import dev.athanor.tokenizer.Tokenizer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where sentences end in a sequence of tokens, so that they can change places.
@FunctionalInterface
public interface SentenceEnds {
  /// `。！？` anywhere, `.!?` before a blank or at the end (not in `3.14` or `a.b()`), each with the quotes and brackets that close
  /// after it and with the newlines after those; and newlines by themselves.
  Pattern ENDS =
      Pattern.compile("(?:[。！？]+|[.!?]+(?=[\"'”’」』)）\\]]*(?:\\s|$)))[\"'”’」』)）\\]]*[\\r\\n]*|[\\r\\n]+");

  /// For each token whether a sentence ends with it.
  boolean[] in(int[] ids);

  /// In the tokens' text, by [#ENDS]; the token that holds the end's last byte ends the sentence. Special tokens end none.
  static SentenceEnds of(Tokenizer tokenizer) {
    return ids -> {
      boolean[] ends = new boolean[ids.length];
      for (TokenText stretch : TokenText.between(tokenizer, ids)) {
        mark(stretch, ends);
      }
      return ends;
    };
  }

  private static void mark(TokenText stretch, boolean[] ends) {
    Matcher end = ENDS.matcher(stretch.text().text());
    int token = 0;
    while (end.find()) {
      int byteAfter = stretch.text().place(end.end());
      while (stretch.starts()[token + 1] < byteAfter) {
        token++;
      }
      ends[stretch.first() + token] = true;
    }
  }
}
