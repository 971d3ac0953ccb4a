package dev.athanor.data.quality;

import dev.athanor.data.flow.Bound;
import dev.athanor.data.flow.Span;
import java.util.List;
import java.util.Map;

/// The quality rules of Gopher (Rae et al. 2021, arXiv 2112.11446, A.1.1), for English.
///
/// | measure | kept | published |
/// |---|---|---|
/// | `gopher.words` | 50–100,000 | the same |
/// | `gopher.mean_word_length` | 3–10 | the same |
/// | `gopher.hashes_per_word`, `gopher.ellipses_per_word` | ≤ 0.1 each | the same |
/// | `gopher.bullet_lines` | ≤ 0.9 | the same |
/// | `gopher.ellipsis_lines` | ≤ 0.3 | the same |
/// | `gopher.alphabetic_words` | ≥ 0.8 | the same |
/// | `gopher.stop_words` | ≥ 2 of the, be, to, of, and, that, have, with | the same |
///
/// Where implementations differ, ours: a word is a run without white space (the paper, Dolma; datatrove asks a tokenizer); runs
/// without letter or digit are no words in the count and the mean but do stand below the ratios (datatrove); the mean is a mean
/// (Dolma takes the median); blank lines are no lines (datatrove counts them, which halves every ratio of a text with double
/// breaks); bullets are all usual ones (datatrove: `•` and `-`); stop words count in any case and beside punctuation (datatrove: as they
/// are written in the list).
public record GopherQuality(
    int minWords,
    int maxWords,
    double minMeanWordLength,
    double maxMeanWordLength,
    double maxHashesPerWord,
    double maxEllipsesPerWord,
    double maxBulletLines,
    double maxEllipsisLines,
    double minAlphabeticWords,
    int minStopWords)
    implements Rules<TextStatistics> {
  private static final String BULLET_LINES = "gopher.bullet_lines";
  private static final String ELLIPSIS_LINES = "gopher.ellipsis_lines";

  @Override
  public String version() {
    return "gopher-quality-1";
  }

  @Override
  public List<Bound> bounds() {
    return List.of(
        Bound.atLeast("gopher.words", minWords, "few words"),
        Bound.atMost("gopher.words", maxWords, "many words"),
        new Bound("gopher.mean_word_length", minMeanWordLength, maxMeanWordLength, "mean word length"),
        Bound.atMost("gopher.hashes_per_word", maxHashesPerWord, "many hashes"),
        Bound.atMost("gopher.ellipses_per_word", maxEllipsesPerWord, "many ellipses"),
        Bound.atMost(BULLET_LINES, maxBulletLines, "bullet lines"),
        Bound.atMost(ELLIPSIS_LINES, maxEllipsisLines, "ellipsis lines"),
        Bound.atLeast("gopher.alphabetic_words", minAlphabeticWords, "few alphabetic words"),
        Bound.atLeast("gopher.stop_words", minStopWords, "few stop words"));
  }

  @Override
  public void measure(TextStatistics text, Map<String, Double> measures) {
    double words = (double) Math.max(1, text.wordCount());
    measures.put("gopher.words", (double) text.namedWords());
    measures.put("gopher.mean_word_length", (double) text.namedWordCharacters() / Math.max(1, text.namedWords()));
    measures.put("gopher.hashes_per_word", text.hashes() / words);
    measures.put("gopher.ellipses_per_word", text.ellipses() / words);
    measures.put(BULLET_LINES, text.lines().share(line -> isBulletLine(text, line)));
    measures.put(ELLIPSIS_LINES, text.lines().share(line -> isEllipsisLine(text, line)));
    measures.put("gopher.alphabetic_words", text.alphabeticWords() / words);
    measures.put("gopher.stop_words", (double) text.stopWords());
  }

  private static boolean isBulletLine(TextStatistics text, int line) {
    return Chars.isBullet(text.text().charAt(text.lines().from(line)));
  }

  private static boolean isEllipsisLine(TextStatistics text, int line) {
    return Chars.endsInEllipsis(text.text(), text.lines().from(line), text.lines().to(line));
  }

  @Override
  public List<Span> where(TextStatistics text, Bound broken) {
    return switch (broken.measure()) {
      case BULLET_LINES -> text.lines().spans(line -> isBulletLine(text, line));
      case ELLIPSIS_LINES -> text.lines().spans(line -> isEllipsisLine(text, line));
      default -> List.of();
    };
  }
}
