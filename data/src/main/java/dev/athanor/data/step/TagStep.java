package dev.athanor.data.step;

import dev.athanor.base.UserException;
import dev.athanor.data.Document;
import dev.athanor.data.flow.Bound;
import dev.athanor.data.flow.DocumentStep;
import dev.athanor.data.flow.Filter;
import dev.athanor.data.flow.OpenStep;
import dev.athanor.data.flow.Verdict;
import java.util.List;
import java.util.stream.Collectors;

/// Runs filters as taggers: their measures go into the metadata and nothing is dropped or changed, so that thresholds can be chosen afterwards.
///
/// @param filters any steps that measure, written as they would be among the steps
public record TagStep(List<Step> filters) implements Step {
  public TagStep {
    filters = List.copyOf(filters);
    if (filters.isEmpty()) {
      throw new IllegalArgumentException("filters must name a step, as in tag: [gopher_quality, c4]");
    }
  }

  @Override
  public OpenStep open(StepContext context) {
    List<DocumentStep> taggers = filters.stream().map(step -> tagger(step, context)).toList();
    DocumentStep step = document -> tag(document, taggers);
    return step;
  }

  private static DocumentStep tagger(Step step, StepContext context) {
    if (step.open(context) instanceof Filter filter) {
      return filter.tagger();
    }
    throw new UserException("tag: " + step.getClass().getSimpleName() + " takes no measures; filters such as gopher_quality, c4 or quality do");
  }

  private static Verdict tag(Document document, List<DocumentStep> taggers) {
    Document tagged = document;
    for (DocumentStep tagger : taggers) {
      tagged =
          switch (tagger.apply(tagged)) {
            case Verdict.Kept(Document kept, _) -> kept;
            case Verdict.Dropped dropped -> throw new IllegalStateException("a tagger dropped a document: " + dropped.reason());
          };
    }
    return new Verdict.Kept(tagged);
  }

  @Override
  public List<Bound> bounds(StepContext context) {
    return filters.stream().flatMap(step -> step.bounds(context).stream()).toList();
  }

  @Override
  public String version(StepContext context) {
    return filters.stream().map(step -> step.version(context)).collect(Collectors.joining(" "));
  }
}
