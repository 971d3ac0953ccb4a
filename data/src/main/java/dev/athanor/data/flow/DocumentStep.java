package dev.athanor.data.flow;

import dev.athanor.data.Document;

/// A step that looks at one document at a time: keeps it, changed or not, or drops it with a reason. Called by several threads at
/// once, in no order: what it decides depends on the document alone.
@FunctionalInterface
public non-sealed interface DocumentStep extends OpenStep {
  Verdict apply(Document document);
}
