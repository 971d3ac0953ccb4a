package dev.athanor.data.flow;

import dev.athanor.data.Document;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A step that measures a document and keeps it when every measure lies within its bound. Measuring is apart from judging, so that
/// the same filter can write its measures into the metadata (a tagger) and thresholds can be chosen afterwards.
public interface Filter extends DocumentStep {
  /// "gopher-quality-1": what is measured and how; another number when that changes.
  String version();

  /// In the order in which they are judged. A measure that a document lacks (a filter of English prose on Chinese) is not judged.
  List<Bound> bounds();

  /// The measures by the names that `bounds` uses, and others worth seeing; empty where the filter has nothing to say.
  Map<String, Double> measure(Document document);

  /// Where a document broke a bound; empty where it is the whole.
  default List<Span> where(Document document, Bound broken) {
    return List.of();
  }

  @Override
  default Verdict apply(Document document) {
    return judge(document, measure(document));
  }

  /// What measures taken before say of the document.
  default Verdict judge(Document document, Map<String, Double> measures) {
    for (Bound bound : bounds()) {
      Double value = measures.get(bound.measure());
      if (value != null && !bound.allows(value)) {
        return new Verdict.Dropped(bound.reason(), bound.tell(value), where(document, bound));
      }
    }
    return new Verdict.Kept(document);
  }

  /// This filter as a tagger: every document is kept, with its measures in the metadata.
  default DocumentStep tagger() {
    return document -> {
      Map<String, String> tags = new LinkedHashMap<>();
      measure(document).forEach((name, value) -> tags.put(name, Double.toString(value)));
      return new Verdict.Kept(document.with(tags));
    };
  }
}
