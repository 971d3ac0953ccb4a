package dev.athanor.eval.report;

import dev.athanor.eval.report.RunReport.Command;
import dev.athanor.eval.report.RunReport.Sample;
import dev.athanor.eval.report.RunReport.TokenizedText;
import java.util.List;

/// A piece of the report as a reader meets it, with its figures already in words; each page renders every kind.
sealed interface Block {
  record Paragraph(String text) implements Block {}

  record Verdicts(List<Verdict> verdicts) implements Block {}

  record Tiles(List<Tile> tiles) implements Block {}

  /// A headline figure; `detail` may be empty.
  record Tile(String label, String value, String detail) {}

  record Facts(List<Fact> facts) implements Block {}

  /// Every row has a cell for each column.
  record Table(String caption, List<Column> columns, List<List<String>> rows) implements Block {
    public Table {
      columns = List.copyOf(columns);
      rows = List.copyOf(rows);
    }
  }

  record Column(String name, Kind kind) {
    enum Kind {
      WORDS,
      FIGURES,
      /// Digests and paths: monospaced.
      CODE
    }
  }

  record Life(LifeDiagram diagram) implements Block {}

  /// Charts side by side.
  record Lines(List<LineChart> charts) implements Block {
    public Lines {
      charts = List.copyOf(charts);
    }
  }

  /// Shows what a table beside it says in figures.
  record Bars(BarChart chart) implements Block {}

  record Tokens(List<TokenizedText> texts) implements Block {}

  record Exchanges(List<Sample> samples) implements Block {}

  record Commands(List<Command> commands) implements Block {}
}
