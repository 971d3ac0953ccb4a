package dev.athanor.data.quality;

import dev.athanor.data.flow.Span;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Phrases looked for in a text all at once, without regard to case. A bit for each character and for each pair of characters
/// that begins a phrase lets nearly every place of a text be passed over at the cost of a look.
final class Phrases {
  private final long[] firsts = new long[1 << 10];
  private final long[] begins = new long[1 << 10];
  private final Map<Integer, List<String>> byBeginning = new HashMap<>();

  /// @param phrases of at least two characters
  Phrases(Collection<String> phrases) {
    for (String phrase : phrases) {
      String folded = phrase.toLowerCase(Locale.ROOT);
      int key = key(fold(folded.charAt(0)), fold(folded.charAt(1)));
      begins[key >> 6] |= 1L << key;
      char first = folded.charAt(0);
      firsts[first >> 6] |= 1L << first;
      char upper = Character.toUpperCase(first);
      firsts[upper >> 6] |= 1L << upper;
      byBeginning.computeIfAbsent(key, _ -> new ArrayList<>()).add(folded);
    }
    byBeginning.values().forEach(list -> list.sort(Comparator.comparingInt(String::length).reversed()));
  }

  private static char fold(char c) {
    if (c < 128) {
      return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
    }
    return Character.toLowerCase(c);
  }

  private static int key(char first, char second) {
    return (first * 0x9e37 + second) & 0xffff;
  }

  /// Takes where a phrase stands.
  interface Hit {
    void at(int from, int to);
  }

  /// From left to right, the longest phrase at each place, without overlaps.
  void find(String text, int from, int to, Hit hit) {
    for (int i = from; i + 1 < to; ) {
      char first = text.charAt(i);
      int length = (firsts[first >> 6] & (1L << first)) == 0 ? 0 : match(text, i, to, key(fold(first), fold(text.charAt(i + 1))));
      if (length > 0) {
        hit.at(i, i + length);
        i += length;
      } else {
        i++;
      }
    }
  }

  private int match(String text, int at, int to, int key) {
    if ((begins[key >> 6] & (1L << key)) == 0) {
      return 0;
    }
    for (String phrase : byBeginning.getOrDefault(key, List.of())) {
      if (at + phrase.length() <= to && text.regionMatches(true, at, phrase, 0, phrase.length())) {
        return phrase.length();
      }
    }
    return 0;
  }

  boolean occurs(String text, int from, int to) {
    boolean[] found = new boolean[1];
    find(text, from, to, (_, _) -> found[0] = true);
    return found[0];
  }

  long count(String text) {
    long[] count = new long[1];
    find(text, 0, text.length(), (_, _) -> count[0]++);
    return count[0];
  }

  /// The first `most` places.
  List<Span> spans(String text, int most) {
    var spans = new ArrayList<Span>();
    find(
        text,
        0,
        text.length(),
        (from, to) -> {
          if (spans.size() < most) {
            spans.add(new Span(from, to));
          }
        });
    return spans;
  }
}
