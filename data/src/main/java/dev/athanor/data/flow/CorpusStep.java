package dev.athanor.data.flow;

import dev.athanor.data.Document;
import java.nio.file.Path;

/// A step that must have seen the whole corpus before it judges any document of it, in three passes: each document is signed, all
/// signatures are looked at together, each document is judged. A document's number is its place in the corpus, from 0, so what is
/// decided depends on the corpus alone, not on threads or machines.
public non-sealed interface CorpusStep extends OpenStep {
  /// What must be known of a document to judge it among all others. Called by several threads at once.
  byte[] sign(Document document);

  /// Looks at all signatures and writes what was decided into one file, which appears whole or not at all. Memory stays within the
  /// workspace's limit but for a few bytes a document.
  void decide(Signatures signatures, Path decisions, Workspace workspace);

  /// Opens what was decided.
  Judge judge(Path decisions);

  /// Judges documents by their numbers. Called by several threads at once, in no order.
  interface Judge {
    Verdict apply(long number, Document document);
  }
}
