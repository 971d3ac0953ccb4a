package dev.athanor.data.language;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import opennlp.tools.langdetect.Language;
import opennlp.tools.langdetect.LanguageDetector;
import opennlp.tools.langdetect.LanguageDetectorModel;
import opennlp.tools.langdetect.ThreadSafeLanguageDetectorME;

/// Tells languages of one script apart by OpenNLP's published model of character n-grams (183 languages, 34 MB of heap, loaded when the first
/// text needs it), restricted to the languages that are asked for.
final class NaturalLanguages {
  /// The model's names, ISO 639-3, of those that are known by two letters.
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("en", "eng"), Map.entry("fr", "fra"), Map.entry("de", "deu"), Map.entry("es", "spa"), Map.entry("pt", "por"),
          Map.entry("it", "ita"), Map.entry("nl", "nld"), Map.entry("sv", "swe"), Map.entry("da", "dan"), Map.entry("no", "nob"),
          Map.entry("fi", "fin"), Map.entry("pl", "pol"), Map.entry("cs", "ces"), Map.entry("sk", "slk"), Map.entry("ro", "ron"),
          Map.entry("hu", "hun"), Map.entry("tr", "tur"), Map.entry("vi", "vie"), Map.entry("id", "ind"), Map.entry("ru", "rus"),
          Map.entry("uk", "ukr"), Map.entry("bg", "bul"), Map.entry("sr", "srp"), Map.entry("hr", "hrv"), Map.entry("ca", "cat"),
          Map.entry("ar", "ara"), Map.entry("fa", "pes"), Map.entry("ur", "urd"), Map.entry("hi", "hin"), Map.entry("mr", "mar"),
          Map.entry("et", "ekk"), Map.entry("lv", "lvs"), Map.entry("lt", "lit"), Map.entry("sl", "slv"), Map.entry("la", "lat"));
  /// A text of that many characters has the model's own confidence; of a shorter one, whose distribution is flat, it is sharpened.
  private static final double FULL_LENGTH = 400;
  private static final double MOST_SHARPENING = 4;

  private final Map<String, String> byModelName;

  /// @param among two-letter names, of `known()`
  NaturalLanguages(List<String> among) {
    byModelName = among.stream().distinct().collect(Collectors.toUnmodifiableMap(name -> NAMES.getOrDefault(name, name), name -> name));
  }

  static List<String> known() {
    return NAMES.keySet().stream().sorted().toList();
  }

  /// The likeliest of the languages asked for; confidences are over these alone.
  Identified of(String text) {
    Language[] all = Model.DETECTOR.predictLanguages(text);
    double power = Math.clamp(FULL_LENGTH / Math.max(1, text.length()), 1, MOST_SHARPENING);
    double sum = 0;
    double most = 0;
    String best = "und";
    for (Language language : all) {
      String name = byModelName.get(language.getLang());
      if (name != null) {
        double likelihood = Math.pow(language.getConfidence(), power);
        sum += likelihood;
        if (likelihood > most) {
          most = likelihood;
          best = name;
        }
      }
    }
    return most == 0 ? Identified.UNDETERMINED : new Identified(best, most / sum);
  }

  /// Loaded with its first use.
  private static final class Model {
    static final LanguageDetector DETECTOR = new ThreadSafeLanguageDetectorME(load());

    private static LanguageDetectorModel load() {
      try (InputStream in = Model.class.getResourceAsStream("/langdetect-183.bin")) {
        if (in == null) {
          throw new IllegalStateException("opennlp-models-langdetect is not on the class path");
        }
        return new LanguageDetectorModel(in);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read the language model", e);
      }
    }
  }
}
