package dev.athanor.data.step;

import dev.athanor.data.flow.Bound;
import dev.athanor.data.flow.Filter;
import dev.athanor.data.flow.OpenStep;
import java.util.List;
import java.util.SortedMap;

/// A step of a data recipe: what it is to do, and nothing else. A recipe chooses one by its record's name without `Step`.
public sealed interface Step
    permits
        C4Step,
        ChineseQualityStep,
        ClassifierStep,
        CodeQualityStep,
        DecontaminateStep,
        ExactStep,
        FinewebStep,
        GeneratedStep,
        GopherQualityStep,
        GopherRepetitionStep,
        LanguageStep,
        LicenceHeaderStep,
        MinhashStep,
        NearEmptyStep,
        NormaliseStep,
        PerplexityStep,
        PrivacyStep,
        QualityStep,
        SimhashStep,
        SubstringStep,
        TagStep,
        ToxicityStep {
  /// Loads what the step needs.
  ///
  /// @throws dev.athanor.base.UserException naming a file that is missing or damaged
  OpenStep open(StepContext context);

  /// Finds mistakes that take a look at files, before any work begins.
  ///
  /// @throws dev.athanor.base.UserException naming what is missing or does not fit
  default void check(StepContext context) {}

  /// Whether `open` gives a `CorpusStep`, which must have seen all documents before it judges one.
  default boolean needsCorpus() {
    return false;
  }

  /// What the step, as a filter or a tagger, allows of which measures; empty of other steps.
  default List<Bound> bounds(StepContext context) {
    return open(context) instanceof Filter filter ? filter.bounds() : List.of();
  }

  /// What the report says of what the verdicts noted in a whole run: a value to be written as JSON, by default the counts themselves.
  default Object findings(StepContext context, SortedMap<String, Long> noted) {
    return noted;
  }

  /// Changes whenever the step's outcome on the same documents may change: raised with its code, told from its files' contents.
  String version(StepContext context);
}
