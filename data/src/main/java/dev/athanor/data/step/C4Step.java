package dev.athanor.data.step;

import dev.athanor.base.recipe.Default;
import dev.athanor.data.flow.OpenStep;
import dev.athanor.data.quality.C4;

/// C4's rules, for English: takes the lines away that are no prose, then judges what is left; see `C4`.
///
/// @param clean whether a text that is kept loses those lines; else they only do not count
/// @param terminalPunctuation whether lines that end without it go
public record C4Step(
    @Default("true") boolean clean,
    @Default("true") boolean terminalPunctuation,
    @Default("5") int minSentences,
    @Default("3") int minWordsPerLine,
    @Default("1000") int maxWordLength)
    implements Step {
  public C4Step {
    Checks.notNegative("min_sentences", minSentences);
    Checks.notNegative("min_words_per_line", minWordsPerLine);
    Checks.notNegative("max_word_length", maxWordLength);
  }

  C4 rules() {
    return new C4(clean, terminalPunctuation, minSentences, minWordsPerLine, maxWordLength);
  }

  @Override
  public OpenStep open(StepContext context) {
    return rules();
  }

  @Override
  public String version(StepContext context) {
    return rules().version();
  }
}
