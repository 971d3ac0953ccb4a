package dev.athanor.data.step;

import dev.athanor.data.Document;

/// One step of curation: keeps a document, changed or not, or drops it with a reason. Documents come in the order of their ids.
@FunctionalInterface
public interface Step {
  Verdict apply(Document document);
}
