package dev.athanor.data.step;

import dev.athanor.base.recipe.Default;
import dev.athanor.data.flow.OpenStep;
import dev.athanor.data.quality.GopherQuality;
import dev.athanor.data.quality.RuleFilter;
import java.util.List;

/// Gopher's rules of quality, for English; see `GopherQuality`.
public record GopherQualityStep(
    @Default("50") int minWords,
    @Default("100_000") int maxWords,
    @Default("3") double minMeanWordLength,
    @Default("10") double maxMeanWordLength,
    @Default("0.1") double maxHashesPerWord,
    @Default("0.1") double maxEllipsesPerWord,
    @Default("0.9") double maxBulletLines,
    @Default("0.3") double maxEllipsisLines,
    @Default("0.8") double minAlphabeticWords,
    @Default("2") int minStopWords)
    implements Step {
  public GopherQualityStep {
    Checks.order("min_words", minWords, "max_words", maxWords);
    Checks.order("min_mean_word_length", minMeanWordLength, "max_mean_word_length", maxMeanWordLength);
    Checks.notNegative("max_hashes_per_word", maxHashesPerWord);
    Checks.notNegative("max_ellipses_per_word", maxEllipsesPerWord);
    Checks.share("max_bullet_lines", maxBulletLines);
    Checks.share("max_ellipsis_lines", maxEllipsisLines);
    Checks.share("min_alphabetic_words", minAlphabeticWords);
    Checks.notNegative("min_stop_words", minStopWords);
  }

  GopherQuality rules() {
    return new GopherQuality(
        minWords, maxWords, minMeanWordLength, maxMeanWordLength, maxHashesPerWord, maxEllipsesPerWord, maxBulletLines, maxEllipsisLines,
        minAlphabeticWords, minStopWords);
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
