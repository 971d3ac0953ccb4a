package dev.athanor.data.flow;

/// A part of a document's text.
///
/// @param from the first UTF-16 unit
/// @param to the unit after the last
public record Span(int from, int to) {
  public Span {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("from " + from + " to " + to + " is no part of a text");
    }
  }
}
