package dev.athanor.data.step;

import dev.athanor.base.recipe.Default;
import dev.athanor.data.classifier.TextClassifier;
import dev.athanor.data.flow.OpenStep;
import dev.athanor.data.toxicity.Category;
import dev.athanor.data.toxicity.Lexicon;
import dev.athanor.data.toxicity.ToxicityFilter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Drops or marks toxic documents, by word lists with contexts in English and Chinese and by a classifier where one is given.
///
/// @param action drop, or label: keep with `toxic` in the metadata
/// @param most largest share of a document's letters that may stand in listed phrases
/// @param categories that count; empty for all
/// @param lists more word lists
/// @param classifier a file of 'athanor data train-classifier', or a supervised model of fastText
/// @param label of the classifier that is toxic
/// @param probability largest of that label that is kept
public record ToxicityStep(
    @Default("drop") Action action,
    @Default("0.01") double most,
    @Default("[]") List<Category> categories,
    @Default("[]") List<Path> lists,
    @Nullable Path classifier,
    @Default("toxic") String label,
    @Default("0.5") double probability)
    implements Step {
  /// Raised whenever the lists or their use change.
  private static final String VERSION = "1";

  /// What becomes of a toxic document.
  public enum Action {
    DROP,
    LABEL
  }

  public ToxicityStep {
    categories = List.copyOf(categories);
    lists = List.copyOf(lists);
    if (!(most >= 0 && most <= 1)) {
      throw new IllegalArgumentException("most must be a share between 0 and 1, not " + most);
    }
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("probability must be between 0 and 1, not " + probability);
    }
  }

  @Override
  public OpenStep open(StepContext context) {
    Set<Category> counted = categories.isEmpty() ? EnumSet.allOf(Category.class) : EnumSet.copyOf(categories);
    Lexicon lexicon = new Lexicon(lists.stream().map(list -> context.resolve(list.toString())).toList());
    TextClassifier judge = null;
    int number = 0;
    Path model = classifier;
    if (model != null) {
      Path file = context.resolve(model.toString());
      judge = TextClassifier.open(file);
      number = judge.label(label, file.toString());
    }
    return new ToxicityFilter(lexicon, counted, most, judge, number, probability, action == Action.LABEL);
  }

  @Override
  public String version(StepContext context) {
    var version = new StringBuilder(VERSION);
    lists.forEach(list -> version.append(' ').append(context.sha256(list.toString())));
    Path file = classifier;
    return file == null ? version.toString() : version.append(" classifier ").append(context.sha256(file.toString())).toString();
  }
}
