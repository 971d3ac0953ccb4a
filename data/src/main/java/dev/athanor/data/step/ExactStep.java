package dev.athanor.data.step;

import dev.athanor.base.recipe.Default;
import dev.athanor.data.dedup.ExactDuplicates;
import dev.athanor.data.dedup.Unit;
import dev.athanor.data.flow.OpenStep;

/// Keeps the first of equal documents; or cuts paragraphs or lines that stood before, in whichever document.
///
/// @param normalise white space does not count
/// @param minLength of a paragraph or line that may be cut, in code points without white space: `}` and headings stay
public record ExactStep(@Default("document") Unit unit, @Default("true") boolean normalise, @Default("20") int minLength)
    implements Step {
  public ExactStep {
    Checks.require(minLength >= 1, "min_length must be at least 1, not " + minLength);
  }

  @Override
  public OpenStep open(StepContext context) {
    return new ExactDuplicates(unit, normalise, minLength);
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
