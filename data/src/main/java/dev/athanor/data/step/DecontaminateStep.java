package dev.athanor.data.step;

import dev.athanor.base.recipe.Default;
import dev.athanor.data.contamination.Action;
import dev.athanor.data.contamination.Contamination;
import dev.athanor.data.contamination.EvaluationSets;
import java.util.List;
import java.util.SortedMap;

/// Finds documents that hold questions or answers of evaluation sets.
///
/// @param against files (`.jsonl`, `.json`, `.csv`, also `.gz`) or folders of them
/// @param fields of an item that give it away; passages that a question is about are not among the usual ones, as the world may
///     hold them without the question
/// @param ngram words in a row that both must hold
/// @param characters in a row, where words are not parted by spaces
/// @param common an n-gram that more items hold tells of none of them
/// @param hits n-grams of one item that a document must hold
public record DecontaminateStep(
    List<String> against,
    @Default(FIELDS) List<String> fields,
    @Default("13") int ngram,
    @Default("20") int characters,
    @Default("5") int common,
    @Default("1") int hits,
    @Default("drop") Action action)
    implements Step {
  static final String FIELDS =
      "[question, Question, prompt, input, problem, query, turns, options, choices, A, B, C, D, E, answer, target, "
          + "canonical_solution, solution]";

  public DecontaminateStep {
    Checks.require(!against.isEmpty(), "against must name at least one file or folder");
    Checks.require(!fields.isEmpty(), "fields must name at least one field");
    Checks.require(ngram >= 5 && ngram <= 100, "ngram must be from 5 to 100, not " + ngram);
    Checks.require(characters >= 5 && characters <= 200, "characters must be from 5 to 200, not " + characters);
    Checks.require(common >= 1, "common must be at least 1, not " + common);
    Checks.require(hits >= 1, "hits must be at least 1, not " + hits);
  }

  private EvaluationSets sets(StepContext context) {
    return new EvaluationSets(against.stream().map(context::resolve).toList(), fields);
  }

  @Override
  public Contamination open(StepContext context) {
    return new Contamination(sets(context), new Contamination.Rule(ngram, characters, common, hits), action);
  }

  @Override
  public Object findings(StepContext context, SortedMap<String, Long> noted) {
    return open(context).report(noted);
  }

  @Override
  public String version(StepContext context) {
    return "1 " + sets(context).fingerprint();
  }
}
