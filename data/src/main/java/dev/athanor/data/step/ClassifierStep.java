package dev.athanor.data.step;

import dev.athanor.base.recipe.Default;
import dev.athanor.data.classifier.ClassifierFilter;
import dev.athanor.data.classifier.TextClassifier;
import dev.athanor.data.flow.OpenStep;
import java.nio.file.Path;

/// Keeps documents that a classifier gives a label with enough probability.
///
/// @param model a file of 'athanor data train-classifier', or a supervised model of fastText (.bin, .ftz)
/// @param label whose probability counts, with or without fastText's "__label__"
/// @param least smallest probability that is kept
/// @param most largest
public record ClassifierStep(Path model, String label, @Default("0.5") double least, @Default("1") double most) implements Step {
  public ClassifierStep {
    if (!(least >= 0 && least <= 1)) {
      throw new IllegalArgumentException("least must be a probability, not " + least);
    }
    if (!(most >= least)) {
      throw new IllegalArgumentException("most must not be below least");
    }
  }

  @Override
  public OpenStep open(StepContext context) {
    Path file = context.resolve(model.toString());
    TextClassifier classifier = TextClassifier.open(file);
    int number = classifier.label(label, file.toString());
    // fastText adds a hundred-thousandth to probabilities, ours can round to a little more than 1.
    return new ClassifierFilter(classifier, number, label, least, most == 1 ? Double.POSITIVE_INFINITY : most);
  }

  @Override
  public String version(StepContext context) {
    return "1 " + context.sha256(model.toString());
  }
}
