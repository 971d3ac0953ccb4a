package dev.athanor.data.step;

import dev.athanor.base.recipe.Default;
import dev.athanor.data.flow.OpenStep;
import dev.athanor.data.quality.NearEmpty;

/// Drops files with hardly any content.
///
/// @param minBytes of UTF-8 that must remain without comments and white space (prose: without white space)
/// @param minLines that must remain with content; prose may be one line
public record NearEmptyStep(@Default("100") int minBytes, @Default("4") int minLines) implements Step {
  public NearEmptyStep {
    Checks.notNegative("min_bytes", minBytes);
    Checks.notNegative("min_lines", minLines);
  }

  @Override
  public OpenStep open(StepContext context) {
    return new NearEmpty(minBytes, minLines);
  }

  @Override
  public String version(StepContext context) {
    return "1";
  }
}
