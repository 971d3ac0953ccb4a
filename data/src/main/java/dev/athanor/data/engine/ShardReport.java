package dev.athanor.data.engine;

import java.util.List;
import java.util.SortedMap;

/// What became of the documents of one shard in one pass. The same documents give the same report, to the byte. Written after the
/// shard's files: where it is whole, they are.
///
/// @param shard its name
/// @param records read, those set aside included (first pass), or documents read (later passes)
/// @param setAside records that gave no document, by reason
/// @param steps in order; the judge of a decision first
/// @param before documents by group as they came in
/// @param after documents by group as they went out
/// @param kept documents that went out
/// @param files by their ending: size and digest
record ShardReport(
    String shard,
    long records,
    SortedMap<String, Long> setAside,
    List<StepCount> steps,
    Census before,
    Census after,
    long kept,
    SortedMap<String, ShardFile> files) {
  ShardReport {
    steps = List.copyOf(steps);
  }

  record ShardFile(long bytes, String sha256) {}
}
