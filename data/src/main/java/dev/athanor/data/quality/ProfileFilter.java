package dev.athanor.data.quality;

import dev.athanor.data.Document;
import dev.athanor.data.flow.Bound;
import dev.athanor.data.flow.Filter;
import dev.athanor.data.flow.Span;
import dev.athanor.data.language.SourceLanguages;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Judges each document by the rules of its profile; one without a profile is kept, without measures.
///
/// @param profile of all documents, or `AUTO`
public record ProfileFilter(
    Profile profile, RuleFilter<TextStatistics> english, RuleFilter<ChineseStatistics> chinese, RuleFilter<CodeStatistics> code)
    implements Filter {
  /// The rules for code, by what a document's language is found to be.
  public static RuleFilter<CodeStatistics> code(CodeQuality rules) {
    return new RuleFilter<>(document -> CodeStatistics.of(document, codeLanguage(document)), List.of(rules));
  }

  private static String codeLanguage(Document document) {
    return SourceLanguages.isCode(document.language())
        ? document.language()
        : document.metadata().getOrDefault("language", document.language());
  }

  @Override
  public String version() {
    return "profiles-1 " + english.version() + " " + chinese.version() + " " + code.version();
  }

  /// Of all profiles: a document has the measures of its own only.
  @Override
  public List<Bound> bounds() {
    return Stream.of(english, chinese, code).flatMap(filter -> filter.bounds().stream()).toList();
  }

  @Override
  public Map<String, Double> measure(Document document) {
    return switch (profile == Profile.AUTO ? Profile.of(document) : profile) {
      case ENGLISH -> english.measure(document);
      case CHINESE -> chinese.measure(document);
      case CODE -> code.measure(document);
      case AUTO, NONE -> Map.of();
    };
  }

  @Override
  public List<Span> where(Document document, Bound broken) {
    return Stream.of(english, chinese, code)
        .filter(filter -> filter.bounds().contains(broken))
        .findFirst()
        .map(filter -> filter.where(document, broken))
        .orElse(List.of());
  }
}
