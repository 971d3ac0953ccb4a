package dev.athanor.data.step;

import dev.athanor.data.flow.OpenStep;

/// Takes the licence comments above source code away.
public record LicenceHeaderStep() implements Step {
  @Override
  public OpenStep open(StepContext context) {
    return new StripLicenceHeader();
  }

  @Override
  public String version(StepContext context) {
    return "1";
  }
}
