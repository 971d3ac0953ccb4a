package dev.athanor.data.source;

import java.util.SortedMap;

/// What a source gave, for the lineage.
///
/// @param sha256 of the jar or file; of the names and digests of all files of a folder
/// @param bytes of UTF-8 text
/// @param skipped files that gave no document, by reason
public record SourceReport(
    String origin, String sha256, long documents, long bytes, SortedMap<String, Long> skipped) {}
