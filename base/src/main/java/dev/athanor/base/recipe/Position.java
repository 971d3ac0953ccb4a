package dev.athanor.base.recipe;

import java.util.Comparator;

/// Where something stands: `line` and `column` count from 1; a line of 0 is a source without lines ("--set a.b").
record Position(String source, int line, int column) implements Comparable<Position> {
  static Position of(String source) {
    return new Position(source, 0, 0);
  }

  @Override
  public int compareTo(Position other) {
    return Comparator.comparing((Position p) -> p.line == 0)
        .thenComparingInt(Position::line)
        .thenComparingInt(Position::column)
        .compare(this, other);
  }

  @Override
  public String toString() {
    return line == 0 ? source : source + ":" + line + ":" + column;
  }
}
