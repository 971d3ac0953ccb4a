package dev.athanor.data.flow;

import dev.athanor.data.Document;
import java.util.List;
import java.util.Map;

/// What a step decides about a document.
public sealed interface Verdict {
  /// What the run's report is to count, by name, whatever becomes of the document: personal data by kind, questions of evaluation sets.
  Map<String, Integer> noted();

  record Kept(Document document, Map<String, Integer> noted) implements Verdict {
    public Kept {
      noted = Map.copyOf(noted);
    }

    public Kept(Document document) {
      this(document, Map.of());
    }
  }

  /// @param reason one of a few, so that drops can be counted by it: "generated", "near-empty", …
  /// @param detail what this document showed
  /// @param spans where it showed, in the text that the step was given; empty where it is the whole
  record Dropped(String reason, String detail, List<Span> spans, Map<String, Integer> noted) implements Verdict {
    public Dropped {
      spans = List.copyOf(spans);
      noted = Map.copyOf(noted);
    }

    public Dropped(String reason, String detail, List<Span> spans) {
      this(reason, detail, spans, Map.of());
    }

    public Dropped(String reason, String detail) {
      this(reason, detail, List.of());
    }
  }
}
