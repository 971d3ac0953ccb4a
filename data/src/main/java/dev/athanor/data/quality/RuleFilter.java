package dev.athanor.data.quality;

import dev.athanor.data.Document;
import dev.athanor.data.flow.Bound;
import dev.athanor.data.flow.Filter;
import dev.athanor.data.flow.Span;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Families of rules over the same statistics, which are taken once.
///
/// @param statistics takes them from a document
public record RuleFilter<S>(Function<Document, S> statistics, List<? extends Rules<S>> families) implements Filter {
  public RuleFilter {
    families = List.copyOf(families);
  }

  /// Families that judge prose in words.
  public static RuleFilter<TextStatistics> ofWords(List<? extends Rules<TextStatistics>> families) {
    return new RuleFilter<>(document -> TextStatistics.of(document.text()), families);
  }

  @Override
  public String version() {
    return families.stream().map(Rules::version).collect(Collectors.joining(" "));
  }

  @Override
  public List<Bound> bounds() {
    return families.stream().flatMap(family -> family.bounds().stream()).toList();
  }

  @Override
  public Map<String, Double> measure(Document document) {
    S taken = statistics.apply(document);
    Map<String, Double> measures = new LinkedHashMap<>();
    families.forEach(family -> family.measure(taken, measures));
    return measures;
  }

  @Override
  public List<Span> where(Document document, Bound broken) {
    S taken = statistics.apply(document);
    return families.stream()
        .filter(family -> family.bounds().contains(broken))
        .findFirst()
        .map(family -> family.where(taken, broken))
        .orElse(List.of());
  }
}
