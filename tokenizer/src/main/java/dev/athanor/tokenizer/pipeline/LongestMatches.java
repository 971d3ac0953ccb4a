package dev.athanor.tokenizer.pipeline;

import java.util.Comparator;
import java.util.List;

/// A [Charsmap] as SentencePiece itself runs it: the longest match from left to right, and nothing inside certain texts.
final class LongestMatches implements Normalizer {
  private final Charsmap charsmap;
  private final List<String> kept;

  LongestMatches(Charsmap charsmap, List<String> kept) {
    this.charsmap = charsmap;
    this.kept =
        kept.stream().filter(text -> !text.isEmpty()).sorted(Comparator.comparingInt(String::length).reversed()).toList();
  }

  @Override
  public void normalize(Text text) {
    String string = text.string();
    Charsmap.Changes changes = new Charsmap.Changes(string.length());
    for (int start = 0; start < string.length(); ) {
      int end = start + keptAt(string, start);
      if (end == start) {
        long match = charsmap.longest(string, start);
        if (match != 0) {
          changes.replace(string.codePointCount(start, (int) match), charsmap.at((int) (match >>> 32)));
          start = (int) match;
          continue;
        }
        end = start + Text.width(string, start);
      }
      for (; start < end; start += Text.width(string, start)) {
        changes.keep(string.codePointAt(start));
      }
    }
    changes.apply(text);
  }

  private int keptAt(String string, int start) {
    for (String text : kept) {
      if (string.startsWith(text, start)) {
        return text.length();
      }
    }
    return 0;
  }
}
