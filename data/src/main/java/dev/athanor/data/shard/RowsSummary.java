package dev.athanor.data.shard;

import java.util.List;

/// What packing made.
///
/// @param length of a row in tokens
/// @param cut documents that do not lie in one row
/// @param cutNeedlessly those of them that would fit into one
/// @param groups rows and tokens of each, by its number
public record RowsSummary(
    Packing packing, int length, long rows, long pieces, long tokens, long cut, long cutNeedlessly, List<Group> groups) {
  public RowsSummary {
    groups = List.copyOf(groups);
  }

  /// @param tokens in its rows, without padding
  public record Group(String name, long rows, long tokens) {}

  /// The share of all rows' places that hold nothing.
  public double padding() {
    return rows == 0 ? 0 : 1 - (double) tokens / ((double) rows * length);
  }
}
