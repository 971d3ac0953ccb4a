package dev.athanor.data.classifier;

import dev.athanor.data.Document;
import dev.athanor.data.flow.Bound;
import dev.athanor.data.flow.Filter;
import java.util.List;
import java.util.Map;

/// Keeps documents by the probability that a classifier gives to a label, the measure `classifier.<name>`.
///
/// @param label its number
/// @param name of the label, as in the measure
/// @param least smallest probability that is kept
/// @param most largest
public record ClassifierFilter(TextClassifier classifier, int label, String name, double least, double most) implements Filter {
  @Override
  public String version() {
    return "classifier-1";
  }

  @Override
  public List<Bound> bounds() {
    return List.of(new Bound(measure(), least, most, "classifier"));
  }

  private String measure() {
    return "classifier." + name;
  }

  @Override
  public Map<String, Double> measure(Document document) {
    return Map.of(measure(), (double) classifier.probabilities(document.text())[label]);
  }
}
