package dev.athanor.data.step;

import dev.athanor.data.flow.OpenStep;

/// A step of a data recipe: what it is to do, and nothing else. A recipe chooses one by its record's name without `Step`.
public sealed interface Step
    permits
        C4Step,
        ChineseQualityStep,
        CodeQualityStep,
        FinewebStep,
        GeneratedStep,
        GopherQualityStep,
        GopherRepetitionStep,
        LanguageStep,
        LicenceHeaderStep,
        NearEmptyStep,
        NormaliseStep,
        PrivacyStep,
        QualityStep,
        TagStep {
  /// Loads what the step needs.
  ///
  /// @throws dev.athanor.base.UserException naming a file that is missing or damaged
  OpenStep open(StepContext context);

  /// Changes whenever the step's outcome on the same documents may change: raised with its code, told from its files' contents.
  String version(StepContext context);
}
