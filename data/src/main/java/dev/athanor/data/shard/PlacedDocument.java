package dev.athanor.data.shard;

import dev.athanor.data.Document;

/// A document and where it stands.
///
/// @param number in its part, from 0
record PlacedDocument(Document document, int part, long number) {
  String text() {
    return document.text();
  }

  ShardIndex.Position after() {
    return new ShardIndex.Position(part, number + 1);
  }
}
