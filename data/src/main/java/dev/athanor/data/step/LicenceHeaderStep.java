package dev.athanor.data.step;

import dev.athanor.data.LicenceHeader;
import dev.athanor.data.flow.DocumentStep;
import dev.athanor.data.flow.OpenStep;
import dev.athanor.data.flow.Verdict;

/// Takes the licence comments above source code away.
public record LicenceHeaderStep() implements Step {
  @Override
  public OpenStep open(StepContext context) {
    DocumentStep step =
        document -> new Verdict.Kept(document.withText(LicenceHeader.without(document.text(), document.language())));
    return step;
  }

  @Override
  public String version(StepContext context) {
    return "1";
  }
}
