package dev.athanor.data.html;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/// How much a text looks like sentences that someone wrote to be read, rather than labels: the share of stop words in what is written
/// with spaces, the density of stops and commas in Chinese, Japanese and Korean.
///
/// @param weight its length in letters of an alphabet: a Han character says about as much as three
/// @param sentences how much: 0 for none, 1 for perhaps, 2 for surely
record Prose(int weight, int sentences) {
  private static final int HAN_WEIGHT = 3;

  /// The commonest function words of English, then of German, French, Spanish, Portuguese, Italian and Dutch.
  private static final Set<String> STOP_WORDS =
      Set.copyOf(List.of(
          "the", "of", "and", "to", "a", "in", "is", "that", "it", "for", "was", "on", "are", "as", "with", "be", "at", "by", "this",
          "from", "or", "an", "have", "not", "they", "which", "but", "you", "were", "his", "her", "their", "has", "had", "we", "he",
          "she", "can", "will", "if", "one", "all", "would", "there", "what", "when", "so", "more", "about", "into", "than", "its", "do",
          "i", "been", "who", "may", "also", "these", "your", "our", "them", "some", "such", "no", "only", "how", "my", "because",
          "der", "die", "und", "das", "den", "von", "zu", "mit", "sich", "des", "auf", "für", "ist", "im", "dem", "nicht", "ein", "eine",
          "auch", "es", "werden", "aus", "er", "hat", "dass", "sie", "nach", "wird", "bei",
          "le", "la", "les", "et", "un", "une", "du", "que", "est", "pour", "qui", "dans", "par", "sur", "pas", "au", "avec", "il", "sont",
          "el", "los", "las", "y", "en", "de", "del", "por", "una", "con", "para", "se", "su", "al", "lo", "como", "más", "pero",
          "os", "da", "em", "uma", "não", "na", "ao", "dos", "mais",
          "di", "che", "il", "per", "sono", "della", "gli", "nel", "alla", "het", "een", "van", "dat", "op", "te", "zijn", "met", "voor",
          "niet", "aan"));

  private static final String CJK_STOPS = "。，、！？；：";
  private static final double PERHAPS = 0.2;
  private static final double SURELY = 0.28;

  static Prose of(String text) {
    int han = 0;
    int letters = 0;
    int stops = 0;
    int ends = 0;
    int words = 0;
    int common = 0;
    int wordFrom = -1;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : ' ';
      boolean wide = isWide(c);
      boolean letter = !wide && Character.isLetter(c);
      if (wide) {
        han++;
      } else if (CJK_STOPS.indexOf(c) >= 0) {
        stops++;
      } else if ((c == '.' || c == '!' || c == '?') && i > 0) {
        ends++;
      }
      letters += letter ? 1 : 0;
      if (letter && wordFrom < 0) {
        wordFrom = i;
      } else if (!letter && wordFrom >= 0) {
        words++;
        common += isStopWord(text, wordFrom, i) ? 1 : 0;
        wordFrom = -1;
      }
    }
    int weight = text.length() + (HAN_WEIGHT - 1) * han;
    return new Prose(weight, han * HAN_WEIGHT > letters ? chinese(han, stops) : alphabetic(words, common, ends));
  }

  private static boolean isWide(char c) {
    return (c >= '\u3040' && c <= '\u30FF') || (c >= '\u3400' && c <= '\u9FFF') || (c >= '\uAC00' && c <= '\uD7AF');
  }

  private static boolean isStopWord(String text, int from, int to) {
    return to - from <= 7 && STOP_WORDS.contains(text.substring(from, to).toLowerCase(Locale.ROOT));
  }

  /// One stop or comma for every forty characters, or fewer, is what people write; a list of titles has none.
  private static int chinese(int han, int stops) {
    if (stops == 0) {
      return 0;
    }
    return han <= stops * 40 ? 2 : han <= stops * 80 ? 1 : 0;
  }

  /// Languages that are not in the table are told by their sentences.
  private static int alphabetic(int words, int common, int ends) {
    if (words == 0) {
      return 0;
    }
    double share = (double) common / words;
    if (share >= SURELY) {
      return 2;
    }
    boolean sentences = ends >= 1 && words >= 8 * ends && words <= 60 * ends;
    return share >= PERHAPS || sentences ? 1 : 0;
  }
}
