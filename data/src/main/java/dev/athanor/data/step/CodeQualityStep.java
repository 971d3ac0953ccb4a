package dev.athanor.data.step;

import dev.athanor.base.recipe.Default;
import dev.athanor.data.flow.OpenStep;
import dev.athanor.data.quality.CodeQuality;
import dev.athanor.data.quality.CodeStatistics;
import dev.athanor.data.quality.ProfileFilter;
import dev.athanor.data.quality.RuleFilter;

/// Rules for source code; see `CodeQuality`.
public record CodeQualityStep(
    @Default("100") double maxMeanLineLength,
    @Default("1000") int maxLineLength,
    @Default("300") double maxMarkupMeanLineLength,
    @Default("10_000") int maxMarkupLineLength,
    @Default("0.25") double minAlphanumeric,
    @Default("0.8") double maxComments,
    @Default("0.5") double maxData,
    @Default("0.5") double maxEncoded,
    @Default("1024") int maxLongestEncoded,
    @Default("0.2") double minVisibleText)
    implements Step {
  public CodeQualityStep {
    Checks.notNegative("max_mean_line_length", maxMeanLineLength);
    Checks.notNegative("max_line_length", maxLineLength);
    Checks.notNegative("max_markup_mean_line_length", maxMarkupMeanLineLength);
    Checks.notNegative("max_markup_line_length", maxMarkupLineLength);
    Checks.share("min_alphanumeric", minAlphanumeric);
    Checks.share("max_comments", maxComments);
    Checks.share("max_data", maxData);
    Checks.share("max_encoded", maxEncoded);
    Checks.notNegative("max_longest_encoded", maxLongestEncoded);
    Checks.share("min_visible_text", minVisibleText);
  }

  RuleFilter<CodeStatistics> filter() {
    return ProfileFilter.code(
        new CodeQuality(
            maxMeanLineLength, maxLineLength, maxMarkupMeanLineLength, maxMarkupLineLength, minAlphanumeric, maxComments, maxData, maxEncoded,
            maxLongestEncoded, minVisibleText));
  }

  @Override
  public OpenStep open(StepContext context) {
    return filter();
  }

  @Override
  public String version(StepContext context) {
    return filter().version();
  }
}
