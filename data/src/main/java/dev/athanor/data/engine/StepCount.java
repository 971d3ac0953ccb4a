package dev.athanor.data.engine;

import java.util.SortedMap;
import java.util.TreeMap;

/// What a step did.
///
/// @param name of the step
/// @param documents that came to it
/// @param bytes of UTF-8 that came to it
/// @param dropped documents by reason
/// @param droppedBytes of UTF-8 in dropped documents
/// @param changed documents that were kept with another text
/// @param changedBytes by which their texts shrank; below 0 where they grew
/// @param noted what the step counted, by name: personal data by kind, questions of evaluation sets by the documents that hold them
public record StepCount(
    String name, long documents, long bytes, SortedMap<String, Long> dropped, long droppedBytes, long changed, long changedBytes,
    SortedMap<String, Long> noted) {

  public static StepCount none(String name) {
    return new StepCount(name, 0, 0, new TreeMap<>(), 0, 0, 0, new TreeMap<>());
  }

  public long droppedDocuments() {
    return dropped.values().stream().mapToLong(Long::longValue).sum();
  }

  public StepCount plus(StepCount other) {
    var reasons = new TreeMap<>(dropped);
    other.dropped.forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
    var counted = new TreeMap<>(noted);
    other.noted.forEach((what, count) -> counted.merge(what, count, Long::sum));
    return new StepCount(
        name,
        documents + other.documents,
        bytes + other.bytes,
        reasons,
        droppedBytes + other.droppedBytes,
        changed + other.changed,
        changedBytes + other.changedBytes,
        counted);
  }
}
