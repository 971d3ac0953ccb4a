package dev.athanor.data.source;

import java.util.SortedMap;

/// What a source gave, for the lineage.
///
/// @param sha256 of the jar or file; of the names and digests of all parts where there are several
/// @param bytes of UTF-8 text
/// @param skipped what gave no document (files, lines, records), by reason
public record SourceReport(
    String origin, String sha256, long documents, long bytes, SortedMap<String, Long> skipped) {}
