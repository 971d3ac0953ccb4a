package dev.athanor.data.split;

import java.util.SortedMap;

/// What was split how, as `split.json` tells it.
///
/// @param nearDuplicateGroups groups of at least two documents
/// @param nearDuplicates documents in such groups
/// @param movedToTrain documents of held-out packages with near-duplicates in other packages
/// @param splits "train", "validation", "test"
public record SplitReport(
    long documents,
    long bytes,
    long nearDuplicateGroups,
    long nearDuplicates,
    long movedToTrain,
    SortedMap<String, Split> splits) {

  /// A split's content.
  ///
  /// @param bytes of UTF-8 text
  /// @param bytesByOrigin for each origin
  /// @param docLanguages for each language of documentation
  /// @param duplicatedShare of the bytes, those in lines that stand word for word in train (see `Leak`); 1 for train itself
  public record Split(
      long documents,
      long bytes,
      long packages,
      SortedMap<String, Long> bytesByOrigin,
      SortedMap<String, Size> docLanguages,
      double duplicatedShare) {}

  public record Size(long documents, long bytes) {
    Size plus(Size other) {
      return new Size(documents + other.documents, bytes + other.bytes);
    }
  }
}
