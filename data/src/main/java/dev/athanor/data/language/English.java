package dev.athanor.data.language;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/// Tells English by its function words, so that the commonest language of all does not cost a model's time. Words that other languages
/// write too (in, is, on, was, die) are not counted.
final class English {
  private static final Set<String> WORDS =
      Set.of("the", "of", "and", "that", "with", "this", "have", "which", "you", "they", "their", "would", "from", "are", "been", "what", "there",
          "these", "should", "could", "because", "than", "were", "your", "about", "when", "who", "for", "it", "not", "by");
  private static final int LEAST_WORDS = 12;
  private static final int LONGEST_WORD = 7;
  private static final int LEAST_KINDS = 3;
  private static final double SURE_SHARE = 0.12;

  private English() {}

  /// In [0, 1]; 0 where it is not surely English.
  static double confidence(String text) {
    int words = 0;
    int hits = 0;
    var kinds = new HashSet<String>();
    for (int i = 0; i < text.length(); ) {
      if (!Character.isLetter(text.charAt(i))) {
        i++;
        continue;
      }
      int start = i;
      while (i < text.length() && Character.isLetter(text.charAt(i))) {
        i++;
      }
      words++;
      if (i - start >= 2 && i - start <= LONGEST_WORD) {
        String word = text.substring(start, i).toLowerCase(Locale.ROOT);
        if (WORDS.contains(word)) {
          hits++;
          kinds.add(word);
        }
      }
    }
    double share = words == 0 ? 0 : (double) hits / words;
    return words >= LEAST_WORDS && kinds.size() >= LEAST_KINDS && share >= SURE_SHARE ? Math.min(1, 0.8 + share) : 0;
  }
}
