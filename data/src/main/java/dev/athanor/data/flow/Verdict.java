package dev.athanor.data.flow;

import dev.athanor.data.Document;
import java.util.List;

/// What a step decides about a document.
public sealed interface Verdict {
  record Kept(Document document) implements Verdict {}

  /// @param reason one of a few, so that drops can be counted by it: "generated", "near-empty", …
  /// @param detail what this document showed
  /// @param spans where it showed, in the text that the step was given; empty where it is the whole
  record Dropped(String reason, String detail, List<Span> spans) implements Verdict {
    public Dropped {
      spans = List.copyOf(spans);
    }

    public Dropped(String reason, String detail) {
      this(reason, detail, List.of());
    }
  }
}
