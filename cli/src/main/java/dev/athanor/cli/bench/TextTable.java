package dev.athanor.cli.bench;

import java.util.ArrayList;
import java.util.List;

/// Columns that line up: the first to the left, figures to the right.
public record TextTable(List<String> columns, List<List<String>> rows) {
  public List<String> lines() {
    int[] widths = new int[columns.size()];
    List<List<String>> all = new ArrayList<>(List.of(columns));
    all.addAll(rows);
    for (List<String> row : all) {
      for (int c = 0; c < widths.length; c++) {
        widths[c] = Math.max(widths[c], row.get(c).length());
      }
    }
    return all.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder(row.getFirst()).repeat(' ', widths[0] - row.getFirst().length());
    for (int c = 1; c < widths.length; c++) {
      line.append("  ").repeat(' ', widths[c] - row.get(c).length()).append(row.get(c));
    }
    return line.toString();
  }
}
