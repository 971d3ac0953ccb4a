package dev.athanor.data.step;

import dev.athanor.base.recipe.Default;
import dev.athanor.data.dedup.RepeatedSubstrings;
import dev.athanor.data.dedup.Snap;
import dev.athanor.data.flow.OpenStep;

/// Cuts text that stood before in the corpus, word for word, and keeps the first.
///
/// @param minLength of such a text, in code points
/// @param unit of which nothing is cut in two
public record SubstringStep(@Default("100") int minLength, @Default("word") Snap unit) implements Step {
  public SubstringStep {
    Checks.require(minLength >= 8 && minLength <= 1 << 20, "min_length must be from 8 to 1048576, not " + minLength);
  }

  @Override
  public OpenStep open(StepContext context) {
    return new RepeatedSubstrings(minLength, unit);
  }

  @Override
  public boolean needsCorpus() {
    return true;
  }

  @Override
  public String version(StepContext context) {
    return "1";
  }
}
