package dev.athanor.data.quality;

import dev.athanor.data.flow.Bound;
import dev.athanor.data.flow.Span;
import java.util.List;
import java.util.Map;

/// The rules that FineWeb adds to those of Gopher and C4 (Penedo et al. 2024, arXiv 2406.17557, 3.6), for English.
///
/// | measure | kept | published |
/// |---|---|---|
/// | `fineweb.punctuated_lines`, the share that ends in terminal punctuation | ≥ 0.12 | the same |
/// | `fineweb.short_lines`, the share of at most 30 characters | ≤ 0.67 | the same |
/// | `fineweb.duplicate_line_characters` | ≤ 0.01 | 0.01 in the code that made the data set, 0.1 in the paper |
/// | `fineweb.line_breaks_per_word` | ≤ 0.3 | the same |
///
/// Ours: lines are taken without the white space around them, and line breaks after the last line do not count.
public record FineWeb(
    double minPunctuatedLines, double maxShortLines, int shortLine, double maxDuplicateLineCharacters, double maxLineBreaksPerWord)
    implements Rules<TextStatistics> {
  private static final String PUNCTUATED = "fineweb.punctuated_lines";
  private static final String SHORT = "fineweb.short_lines";
  private static final String DUPLICATE = "fineweb.duplicate_line_characters";

  @Override
  public String version() {
    return "fineweb-2";
  }

  @Override
  public List<Bound> bounds() {
    return List.of(
        Bound.atLeast(PUNCTUATED, minPunctuatedLines, "few punctuated lines"),
        Bound.atMost(SHORT, maxShortLines, "short lines"),
        Bound.atMost(DUPLICATE, maxDuplicateLineCharacters, "duplicate lines"),
        Bound.atMost("fineweb.line_breaks_per_word", maxLineBreaksPerWord, "list"));
  }

  @Override
  public void measure(TextStatistics text, Map<String, Double> measures) {
    Lines lines = text.lines();
    measures.put(PUNCTUATED, lines.share(line -> Chars.isTerminal(text.text().charAt(lines.to(line) - 1))));
    measures.put(SHORT, lines.share(line -> lines.size(line) <= shortLine));
    measures.put(DUPLICATE, lines.duplicateLines().characters() / (double) Math.max(1, text.characters() - text.lineBreaks()));
    measures.put("fineweb.line_breaks_per_word", (double) text.lineBreaks() / Math.max(1, text.wordCount()));
  }

  @Override
  public List<Span> where(TextStatistics text, Bound broken) {
    return switch (broken.measure()) {
      case SHORT -> text.lines().spans(line -> text.lines().size(line) <= shortLine);
      case DUPLICATE -> text.lines().duplicateLineSpans();
      default -> List.of();
    };
  }
}
