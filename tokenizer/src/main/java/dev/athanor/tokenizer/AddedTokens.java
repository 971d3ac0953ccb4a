package dev.athanor.tokenizer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/// Finds the names of added tokens in text: leftmost first, the longest of those that begin at one place.
final class AddedTokens {
  private final Map<Character, List<AddedToken>> byFirst = new HashMap<>();

  AddedTokens(List<AddedToken> tokens) {
    for (AddedToken token : tokens) {
      byFirst.computeIfAbsent(token.content().charAt(0), c -> new ArrayList<>()).add(token);
    }
    byFirst.values().forEach(l -> l.sort(Comparator.comparingInt((AddedToken t) -> -t.content().length())));
  }

  /// Gives the stretches of ordinary text (never empty) and the ids of the tokens between them, in order.
  void split(String text, Consumer<String> onText, IntConsumer onToken) {
    int done = 0;
    for (int at = 0; at < text.length(); at++) {
      List<AddedToken> candidates = byFirst.get(text.charAt(at));
      if (candidates == null) {
        continue;
      }
      for (AddedToken token : candidates) {
        if (text.startsWith(token.content(), at)) {
          int start = token.lstrip() ? blankStart(text, done, at) : at;
          if (start > done) {
            onText.accept(text.substring(done, start));
          }
          onToken.accept(token.id());
          int end = at + token.content().length();
          done = token.rstrip() ? blankEnd(text, end) : end;
          at = done - 1;
          break;
        }
      }
    }
    if (done < text.length()) {
      onText.accept(done == 0 ? text : text.substring(done));
    }
  }

  private static int blankStart(String text, int from, int at) {
    int start = at;
    while (start > from && isBlank(text.charAt(start - 1))) {
      start--;
    }
    return start;
  }

  private static int blankEnd(String text, int at) {
    int end = at;
    while (end < text.length() && isBlank(text.charAt(end))) {
      end++;
    }
    return end;
  }

  static boolean isBlank(char c) {
    byte kind = CharClass.of(c);
    return kind == CharClass.SPACE || kind == CharClass.NEWLINE;
  }
}
