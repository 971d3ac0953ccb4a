package dev.athanor.data.step;

import dev.athanor.base.recipe.Default;
import dev.athanor.data.flow.OpenStep;
import dev.athanor.data.quality.GopherRepetition;
import dev.athanor.data.quality.RuleFilter;
import java.util.List;

/// Gopher's rules of repetition, for English; see `GopherRepetition`.
///
/// @param maxTopGrams for n = 2, 3, 4
/// @param maxDuplicateGrams for n = 5 … 10
public record GopherRepetitionStep(
    @Default("0.3") double maxDuplicateLines,
    @Default("0.3") double maxDuplicateParagraphs,
    @Default("0.2") double maxDuplicateLineCharacters,
    @Default("0.2") double maxDuplicateParagraphCharacters,
    @Default("[0.2, 0.18, 0.16]") List<Double> maxTopGrams,
    @Default("[0.15, 0.14, 0.13, 0.12, 0.11, 0.1]") List<Double> maxDuplicateGrams)
    implements Step {
  public GopherRepetitionStep {
    Checks.share("max_duplicate_lines", maxDuplicateLines);
    Checks.share("max_duplicate_paragraphs", maxDuplicateParagraphs);
    Checks.share("max_duplicate_line_characters", maxDuplicateLineCharacters);
    Checks.share("max_duplicate_paragraph_characters", maxDuplicateParagraphCharacters);
    Checks.shares("max_top_grams", maxTopGrams, List.of(2, 3, 4));
    Checks.shares("max_duplicate_grams", maxDuplicateGrams, List.of(5, 6, 7, 8, 9, 10));
    maxTopGrams = List.copyOf(maxTopGrams);
    maxDuplicateGrams = List.copyOf(maxDuplicateGrams);
  }

  GopherRepetition rules() {
    return new GopherRepetition(
        maxDuplicateLines, maxDuplicateParagraphs, maxDuplicateLineCharacters, maxDuplicateParagraphCharacters, maxTopGrams, maxDuplicateGrams);
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
