package dev.athanor.data.source;

import dev.athanor.data.Document;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Counts the documents of one origin on their way to the sink.
final class Tally implements Consumer<Document> {
  private final Consumer<Document> sink;
  private final TreeMap<String, Long> skipped = new TreeMap<>();
  private long documents;
  private long bytes;

  Tally(Consumer<Document> sink) {
    this.sink = sink;
  }

  @Override
  public void accept(Document document) {
    documents++;
    bytes += document.text().getBytes(StandardCharsets.UTF_8).length;
    sink.accept(document);
  }

  void skip(String reason) {
    skipped.merge(reason, 1L, Long::sum);
  }

  SourceReport report(String origin, String sha256) {
    return new SourceReport(origin, sha256, documents, bytes, skipped);
  }
}
