package dev.athanor.data.step;

import dev.athanor.base.recipe.Default;
import dev.athanor.data.Document;
import dev.athanor.data.flow.DocumentStep;
import dev.athanor.data.flow.OpenStep;
import dev.athanor.data.flow.Verdict;
import dev.athanor.data.language.Identified;
import dev.athanor.data.language.LanguageIdentifier;
import dev.athanor.data.language.SourceLanguages;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Tells each document's language and writes it into the metadata, `language` and `languageConfidence`; drops those of others. The report
/// counts what was found, also in documents that are dropped.
///
/// @param keep languages to keep: "zh" with its variants, "zh-hans", "en", "java", …; "code" for all source code; all when empty
/// @param minConfidence below which a document is dropped, unless all languages are kept
/// @param among the natural languages of alphabets that the model chooses from
/// @param sample characters of a document that are looked at
public record LanguageStep(
    @Default("[]") List<String> keep,
    @Default("0.65") double minConfidence,
    @Default("[en, fr, de, es, pt, it, nl, sv, da, no, fi, pl, cs, ro, hu, tr, vi, id, ru, uk, bg, ar, fa, hi]") List<String> among,
    @Default("3000") int sample)
    implements Step {
  private static final int LEAST_SAMPLE = 300;

  public LanguageStep {
    keep = List.copyOf(keep);
    among = List.copyOf(among);
    Checks.share("min_confidence", minConfidence);
    if (sample < LEAST_SAMPLE) {
      throw new IllegalArgumentException("sample must be at least " + LEAST_SAMPLE + ", not " + sample);
    }
    for (String language : among) {
      if (!LanguageIdentifier.knownNatural().contains(language)) {
        throw new IllegalArgumentException(
            "among must name languages of " + String.join(", ", LanguageIdentifier.knownNatural()) + ", not " + language);
      }
    }
    if (among.isEmpty()) {
      throw new IllegalArgumentException("among must name a language");
    }
  }

  @Override
  public OpenStep open(StepContext context) {
    var identifier = new LanguageIdentifier(among, sample);
    DocumentStep step = document -> judge(document, identifier.identify(document));
    return step;
  }

  private Verdict judge(Document document, Identified found) {
    boolean sure = found.confidence() >= minConfidence;
    Map<String, Integer> noted = Map.of(sure ? found.language() : found.language() + ", unsure", 1);
    if (keep.isEmpty() || (keep.stream().anyMatch(kept -> covers(kept, found.language())) && sure)) {
      return new Verdict.Kept(
          document
              .with("language", found.language())
              .with("languageConfidence", String.format(Locale.ROOT, "%.3f", found.confidence())),
          noted);
    }
    String detail = String.format(Locale.ROOT, "%s at %.3f; kept are %s from %s", found.language(), found.confidence(), String.join(", ", keep), minConfidence);
    return new Verdict.Dropped(sure ? "language" : "language unsure", detail, List.of(), noted);
  }

  private static boolean covers(String kept, String language) {
    return kept.equals(language)
        || language.startsWith(kept + "-")
        || (kept.equals("zh") && language.equals("yue"))
        || (kept.equals("code") && SourceLanguages.isCode(language));
  }

  @Override
  public String version(StepContext context) {
    return "1";
  }
}
