package dev.athanor.data.step;

import dev.athanor.data.Document;

/// What a step decides about a document.
public sealed interface Verdict {
  record Kept(Document document) implements Verdict {}

  /// @param reason one of a few, so that drops can be counted by it: "generated", "near-empty", …
  /// @param detail what this document showed
  record Dropped(String reason, String detail) implements Verdict {}
}
