package dev.athanor.data.language;

import dev.athanor.data.Document;
import dev.athanor.data.source.FileLanguage;
import java.lang.Character.UnicodeScript;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Tells a document's language from a sample of it: source code by what its source or its path says, else by its lines; Chinese, Japanese,
/// Korean and others by their scripts; the rest by a model. Three pieces are looked at, from the beginning, the middle and the end, so that the time
/// does not depend on the document's length.
///
/// A confidence is the dominant script's part of the letters times the language's part within the script. A Han character, about a word in itself,
/// counts as three letters.
public final class LanguageIdentifier {
  private static final int HAN_WEIGHT = 3;
  private static final int LEAST_WEIGHT = 10;
  private static final int MODEL_SAMPLE = 400;
  private static final int CODE_SAMPLE = 4000;
  private static final double LEAST_KANA = 0.05;
  /// Pages that have such an ending hold prose as a rule.
  private static final List<String> PAGES = List.of("html", "php", "xml");
  private static final Map<UnicodeScript, String> ONE_LANGUAGE =
      Map.ofEntries(
          Map.entry(UnicodeScript.HANGUL, "ko"), Map.entry(UnicodeScript.THAI, "th"), Map.entry(UnicodeScript.HEBREW, "he"),
          Map.entry(UnicodeScript.GREEK, "el"), Map.entry(UnicodeScript.GEORGIAN, "ka"), Map.entry(UnicodeScript.ARMENIAN, "hy"),
          Map.entry(UnicodeScript.BENGALI, "bn"), Map.entry(UnicodeScript.TAMIL, "ta"), Map.entry(UnicodeScript.TELUGU, "te"),
          Map.entry(UnicodeScript.GUJARATI, "gu"), Map.entry(UnicodeScript.KANNADA, "kn"), Map.entry(UnicodeScript.MALAYALAM, "ml"),
          Map.entry(UnicodeScript.GURMUKHI, "pa"), Map.entry(UnicodeScript.MYANMAR, "my"), Map.entry(UnicodeScript.KHMER, "km"),
          Map.entry(UnicodeScript.LAO, "lo"), Map.entry(UnicodeScript.TIBETAN, "bo"), Map.entry(UnicodeScript.MONGOLIAN, "mn"),
          Map.entry(UnicodeScript.SINHALA, "si"), Map.entry(UnicodeScript.ETHIOPIC, "am"));

  private final NaturalLanguages natural;
  private final int sample;

  /// @param among the languages that the model chooses from, of `knownNatural()`
  /// @param sample characters that are looked at
  public LanguageIdentifier(List<String> among, int sample) {
    natural = new NaturalLanguages(among);
    this.sample = sample;
  }

  /// Those that the model can be asked for; languages that a script tells need not be.
  public static List<String> knownNatural() {
    return NaturalLanguages.known();
  }

  public Identified identify(Document document) {
    if (SourceLanguages.isCode(document.language())) {
      return new Identified(document.language(), 1);
    }
    String ending = FileLanguage.of(document.path()).orElse("");
    if (SourceLanguages.isCode(ending) && !PAGES.contains(ending)) {
      return new Identified(ending, 1);
    }
    String text = document.text();
    if (!document.language().equals("markdown")) {
      Identified code = SourceScorer.of(text.substring(0, boundary(text, Math.min(text.length(), CODE_SAMPLE))));
      if (code.confidence() > 0) {
        return code;
      }
    }
    return ofProse(sample(text, sample));
  }

  /// The language of a short text that is no code.
  Identified ofProse(String text) {
    Map<UnicodeScript, Integer> letters = letters(text);
    int kana = letters.getOrDefault(UnicodeScript.HIRAGANA, 0) + letters.getOrDefault(UnicodeScript.KATAKANA, 0);
    int han = letters.getOrDefault(UnicodeScript.HAN, 0);
    // Kana and Han together are Japanese, Hangul and Han Korean.
    if (kana > 0 && kana >= LEAST_KANA * (kana + han)) {
      letters.merge(UnicodeScript.HIRAGANA, han + letters.getOrDefault(UnicodeScript.KATAKANA, 0), Integer::sum);
      letters.remove(UnicodeScript.KATAKANA);
      letters.remove(UnicodeScript.HAN);
    }
    int all = 0;
    int most = 0;
    UnicodeScript script = UnicodeScript.COMMON;
    for (Map.Entry<UnicodeScript, Integer> entry : letters.entrySet()) {
      int weight = entry.getValue() * (isWide(entry.getKey()) ? HAN_WEIGHT : 1);
      all += weight;
      if (weight > most) {
        most = weight;
        script = entry.getKey();
      }
    }
    if (all < LEAST_WEIGHT) {
      return Identified.UNDETERMINED;
    }
    double part = (double) most / all;
    Identified within = within(script, text);
    return new Identified(within.language(), part * within.confidence());
  }

  private Identified within(UnicodeScript script, String text) {
    String one = ONE_LANGUAGE.get(script);
    if (one != null) {
      return new Identified(one, 1);
    }
    if (script == UnicodeScript.HAN) {
      return new Identified(ChineseVariant.of(text), 1);
    }
    if (script == UnicodeScript.HIRAGANA) {
      return new Identified("ja", 1);
    }
    double english = script == UnicodeScript.LATIN ? English.confidence(text) : 0;
    return english > 0 ? new Identified("en", english) : natural.of(sample(text, MODEL_SAMPLE));
  }

  private static boolean isWide(UnicodeScript script) {
    return script == UnicodeScript.HAN || script == UnicodeScript.HIRAGANA || script == UnicodeScript.HANGUL;
  }

  private static Map<UnicodeScript, Integer> letters(String text) {
    int latin = 0;
    int han = 0;
    Map<UnicodeScript, Integer> letters = new EnumMap<>(UnicodeScript.class);
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
        latin++;
      } else if (c >= 0x4e00 && c <= 0x9fff) {
        han++;
      } else if (c >= 128 && Character.isLetter(c)) {
        letters.merge(UnicodeScript.of(c), 1, Integer::sum);
      }
    }
    letters.merge(UnicodeScript.LATIN, latin, Integer::sum);
    letters.merge(UnicodeScript.HAN, han, Integer::sum);
    letters.remove(UnicodeScript.COMMON);
    letters.remove(UnicodeScript.INHERITED);
    return letters;
  }

  /// Three pieces, from the beginning, the middle and the end; a short text is its own sample.
  static String sample(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int piece = most / 3;
    int middle = boundary(text, text.length() / 2 - piece / 2);
    int last = boundary(text, text.length() - piece);
    return text.substring(0, boundary(text, piece)) + "\n" + text.substring(middle, boundary(text, middle + piece)) + "\n" + text.substring(last);
  }

  /// `at`, or one less where it parts a character.
  private static int boundary(String text, int at) {
    boolean parts = at > 0 && at < text.length() && Character.isLowSurrogate(text.charAt(at)) && Character.isHighSurrogate(text.charAt(at - 1));
    return parts ? at - 1 : at;
  }
}
