package dev.athanor.data.contamination;

/// What is done with a document that holds text of an evaluation set.
public enum Action {
  /// It goes.
  DROP,
  /// The lines that hold such text go.
  CUT,
  /// It stays, with the items in its metadata.
  TAG
}
