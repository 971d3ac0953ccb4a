package dev.athanor.data.dedup;

/// What was found to be a copy, in the order of its number. Units are numbered through the corpus: documents by their own numbers,
/// smaller units one after another.
interface Duplicates {
  /// Moves to the next copy; false after the last.
  boolean advance();

  long unit();

  /// The first of the copies, which stays.
  long leader();
}
