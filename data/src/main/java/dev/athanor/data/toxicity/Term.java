package dev.athanor.data.toxicity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A phrase of a word list, normalised.
///
/// @param category null of a benign phrase, inside which nothing counts
/// @param open whether more letters may follow: "fuck*" in a list
/// @param contexts phrases one of which must stand near; empty for a phrase that counts by itself
record Term(String text, @Nullable Category category, boolean open, List<String> contexts) {
  Term {
    contexts = List.copyOf(contexts);
  }

  boolean benign() {
    return category == null;
  }
}
