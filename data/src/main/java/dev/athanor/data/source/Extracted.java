package dev.athanor.data.source;

import dev.athanor.data.Document;

/// What became of a record.
public sealed interface Extracted {
  record Text(Document document) implements Extracted {}

  /// No document: damaged, of another kind, or too large.
  ///
  /// @param place where it stands: "crawl.warc.gz, record 17 at byte 12345"
  /// @param reason one of a few, so that they can be counted by it: "not valid JSON", "truncated gzip", …
  /// @param detail what was wrong with this one
  record SetAside(String place, String reason, String detail) implements Extracted {}
}
