package dev.athanor.data.step;

import dev.athanor.data.flow.OpenStep;
import dev.athanor.data.quality.GeneratedCode;

/// Drops source files that a program wrote.
public record GeneratedStep() implements Step {
  @Override
  public OpenStep open(StepContext context) {
    return new GeneratedCode();
  }

  @Override
  public String version(StepContext context) {
    return "1";
  }
}
