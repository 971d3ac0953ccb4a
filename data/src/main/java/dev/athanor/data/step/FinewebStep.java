package dev.athanor.data.step;

import dev.athanor.base.recipe.Default;
import dev.athanor.data.flow.OpenStep;
import dev.athanor.data.quality.FineWeb;
import dev.athanor.data.quality.RuleFilter;
import java.util.List;

/// The rules that FineWeb adds, for English; see `FineWeb`.
///
/// @param shortLine characters that a short line has at most
public record FinewebStep(
    @Default("0.12") double minPunctuatedLines,
    @Default("0.67") double maxShortLines,
    @Default("30") int shortLine,
    @Default("0.01") double maxDuplicateLineCharacters,
    @Default("0.3") double maxLineBreaksPerWord)
    implements Step {
  public FinewebStep {
    Checks.share("min_punctuated_lines", minPunctuatedLines);
    Checks.share("max_short_lines", maxShortLines);
    Checks.notNegative("short_line", shortLine);
    Checks.share("max_duplicate_line_characters", maxDuplicateLineCharacters);
    Checks.notNegative("max_line_breaks_per_word", maxLineBreaksPerWord);
  }

  FineWeb rules() {
    return new FineWeb(minPunctuatedLines, maxShortLines, shortLine, maxDuplicateLineCharacters, maxLineBreaksPerWord);
  }

  @Override
  public OpenStep open(StepContext context) {
    return RuleFilter.ofWords(List.of(rules()));
  }

  @Override
  public String version(StepContext context) {
    return rules().version();
  }
}
