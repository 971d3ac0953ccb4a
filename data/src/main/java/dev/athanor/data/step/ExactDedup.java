package dev.athanor.data.step;

import dev.athanor.base.Sha256;
import dev.athanor.data.Document;
import dev.athanor.data.flow.DocumentStep;
import dev.athanor.data.flow.Verdict;
import java.util.HashMap;
import java.util.Map;

/// Drops a document whose text, white space apart, stood in an earlier one. One instance serves one run: it remembers what it has
/// seen, 64 bytes of digest and an id for each document.
public final class ExactDedup implements DocumentStep {
  private final Map<String, String> firstWith = new HashMap<>();

  @Override
  public Verdict apply(Document document) {
    String digest = Sha256.of(DropNearEmpty.withoutSpace(document.text()));
    String first = firstWith.putIfAbsent(digest, document.id());
    return first == null
        ? new Verdict.Kept(document)
        : new Verdict.Dropped("exact duplicate", "the same as " + first);
  }
}
