package dev.athanor.data.toxicity;

import dev.athanor.data.Document;
import dev.athanor.data.classifier.TextClassifier;
import dev.athanor.data.flow.Bound;
import dev.athanor.data.flow.Filter;
import dev.athanor.data.flow.Span;
import dev.athanor.data.flow.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Measures how much of a document is toxic: `toxicity.density` is the share of its letters that stand in hits, `toxicity.hits` how
/// many there are, `toxicity.<category>` the density by category, `toxicity.probability` what the classifier says.
///
/// @param categories that count
/// @param most largest density that is kept
/// @param classifier beside the lists; null for none
/// @param label its number
/// @param mostProbability largest that is kept
/// @param labelOnly what breaks a bound is kept, with `toxic` and `toxicityCategories` in its metadata
public record ToxicityFilter(
    Lexicon lexicon, Set<Category> categories, double most, @Nullable TextClassifier classifier, int label, double mostProbability, boolean labelOnly)
    implements Filter {
  private static final String DENSITY = "toxicity.density";
  private static final String PROBABILITY = "toxicity.probability";

  public ToxicityFilter {
    categories = Set.copyOf(categories);
  }

  @Override
  public String version() {
    return "toxicity-1";
  }

  @Override
  public List<Bound> bounds() {
    List<Bound> bounds = new ArrayList<>();
    bounds.add(Bound.atMost(DENSITY, most, "toxic words"));
    if (classifier != null) {
      bounds.add(Bound.atMost(PROBABILITY, mostProbability, "toxic by classifier"));
    }
    return bounds;
  }

  private List<Lexicon.Hit> counted(Lexicon.Found found) {
    return found.hits().stream().filter(hit -> categories.contains(hit.category())).toList();
  }

  @Override
  public Map<String, Double> measure(Document document) {
    Lexicon.Found found = lexicon.find(document.text());
    List<Lexicon.Hit> hits = counted(found);
    Map<Category, Integer> letters = new EnumMap<>(Category.class);
    hits.forEach(hit -> letters.merge(hit.category(), hit.letters(), Integer::sum));
    double all = Math.max(1, found.letters());
    Map<String, Double> measures = new LinkedHashMap<>();
    measures.put(DENSITY, letters.values().stream().mapToInt(Integer::intValue).sum() / all);
    measures.put("toxicity.hits", (double) hits.size());
    letters.forEach((category, count) -> measures.put("toxicity." + category.text(), count / all));
    TextClassifier judge = classifier;
    if (judge != null) {
      measures.put(PROBABILITY, (double) judge.probabilities(document.text())[label]);
    }
    return measures;
  }

  @Override
  public List<Span> where(Document document, Bound broken) {
    return broken.measure().equals(DENSITY) ? counted(lexicon.find(document.text())).stream().map(Lexicon.Hit::span).toList() : List.of();
  }

  @Override
  public Verdict apply(Document document) {
    if (!labelOnly) {
      return Filter.super.apply(document);
    }
    Verdict verdict = Filter.super.apply(document);
    if (verdict instanceof Verdict.Kept) {
      return new Verdict.Kept(document.with("toxic", "false"));
    }
    String found =
        counted(lexicon.find(document.text())).stream().map(hit -> hit.category().text()).distinct().sorted().collect(Collectors.joining(","));
    return new Verdict.Kept(document.with(Map.of("toxic", "true", "toxicityCategories", found)));
  }
}
