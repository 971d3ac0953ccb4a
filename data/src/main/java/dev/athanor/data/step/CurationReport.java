package dev.athanor.data.step;

import java.util.SortedMap;

/// What curation did, as `curation.json` tells it.
///
/// @param dropped documents by reason
/// @param nearDuplicateGroups groups of at least two documents
/// @param nearDuplicates documents in such groups
/// @param movedToTrain documents of held-out packages with near-duplicates in other packages
/// @param splits "train", "validation", "test"
public record CurationReport(
    long documents,
    long bytes,
    SortedMap<String, Long> dropped,
    long nearDuplicateGroups,
    long nearDuplicates,
    long movedToTrain,
    SortedMap<String, Split> splits) {

  /// A split's content.
  ///
  /// @param bytes of UTF-8 text
  /// @param bytesByOrigin for each origin
  /// @param bytesByDocLanguage for each language of documentation
  /// @param duplicatedShare of the bytes, those in lines that stand word for word in train (see `Leak`); 1 for train itself
  public record Split(
      long documents,
      long bytes,
      long packages,
      SortedMap<String, Long> bytesByOrigin,
      SortedMap<String, Long> bytesByDocLanguage,
      double duplicatedShare) {}
}
