package dev.athanor.data.step;

import dev.athanor.base.recipe.Default;
import dev.athanor.data.flow.OpenStep;
import dev.athanor.data.quality.ChineseQuality;
import dev.athanor.data.quality.ChineseStatistics;
import dev.athanor.data.quality.RuleFilter;
import java.util.List;

/// Rules for Chinese in code points; see `ChineseQuality`.
///
/// @param maxAds phrases of advertisement in a thousand characters
/// @param maxDuplicateLines of lines and of paragraphs
/// @param maxDuplicateLineCharacters of lines and of paragraphs
/// @param maxTopGrams for n = 4, 6, 8
/// @param maxDuplicateGrams for n = 8, 10, 13, 16
public record ChineseQualityStep(
    @Default("80") int minCharacters,
    @Default("200_000") int maxCharacters,
    @Default("0.3") double minHanShare,
    @Default("0.2") double minCommonShare,
    @Default("0.01") double minMarksShare,
    @Default("0.35") double maxMarksShare,
    @Default("0.1") double maxSymbolShare,
    @Default("0.3") double maxDigitShare,
    @Default("0.12") double minPunctuatedLines,
    @Default("0.67") double maxNavigationLines,
    @Default("0.9") double maxBulletLines,
    @Default("0.3") double maxEllipsisLines,
    @Default("6") double maxAds,
    @Default("0.3") double maxDuplicateLines,
    @Default("0.2") double maxDuplicateLineCharacters,
    @Default("[0.2, 0.18, 0.16]") List<Double> maxTopGrams,
    @Default("[0.15, 0.14, 0.12, 0.1]") List<Double> maxDuplicateGrams)
    implements Step {
  public ChineseQualityStep {
    Checks.order("min_characters", minCharacters, "max_characters", maxCharacters);
    Checks.share("min_han_share", minHanShare);
    Checks.share("min_common_share", minCommonShare);
    Checks.order("min_marks_share", minMarksShare, "max_marks_share", maxMarksShare);
    Checks.share("max_symbol_share", maxSymbolShare);
    Checks.share("max_digit_share", maxDigitShare);
    Checks.share("min_punctuated_lines", minPunctuatedLines);
    Checks.share("max_navigation_lines", maxNavigationLines);
    Checks.share("max_bullet_lines", maxBulletLines);
    Checks.share("max_ellipsis_lines", maxEllipsisLines);
    Checks.notNegative("max_ads", maxAds);
    Checks.share("max_duplicate_lines", maxDuplicateLines);
    Checks.share("max_duplicate_line_characters", maxDuplicateLineCharacters);
    Checks.shares("max_top_grams", maxTopGrams, ChineseQuality.TOP);
    Checks.shares("max_duplicate_grams", maxDuplicateGrams, ChineseQuality.DUPLICATE);
    maxTopGrams = List.copyOf(maxTopGrams);
    maxDuplicateGrams = List.copyOf(maxDuplicateGrams);
  }

  RuleFilter<ChineseStatistics> filter() {
    var rules =
        new ChineseQuality(
            minCharacters, maxCharacters, minHanShare, minCommonShare, minMarksShare, maxMarksShare, maxSymbolShare, maxDigitShare,
            minPunctuatedLines, maxNavigationLines, maxBulletLines, maxEllipsisLines, maxAds, maxDuplicateLines, maxDuplicateLineCharacters,
            maxTopGrams, maxDuplicateGrams);
    return new RuleFilter<>(document -> ChineseStatistics.of(document.text()), List.of(rules));
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
