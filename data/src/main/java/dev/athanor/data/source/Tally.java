package dev.athanor.data.source;

import java.util.TreeMap;

/// Counts what one origin gave.
final class Tally {
  private final TreeMap<String, Long> skipped = new TreeMap<>();
  private long documents;
  private long bytes;

  void count(Extracted extracted) {
    switch (extracted) {
      case Extracted.Text(var document) -> {
        documents++;
        bytes += document.utf8Bytes();
      }
      case Extracted.SetAside aside -> skipped.merge(aside.reason(), 1L, Long::sum);
    }
  }

  SourceReport report(String origin, String sha256) {
    return new SourceReport(origin, sha256, documents, bytes, skipped);
  }
}
