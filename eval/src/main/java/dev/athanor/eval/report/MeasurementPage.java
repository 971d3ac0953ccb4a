package dev.athanor.eval.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Measurements as one HTML page that needs nothing beside it, in the run report's form: facts, tables and curves in the order in which
/// they are added.
public final class MeasurementPage {
  private final String title;
  private final String kind;
  private final List<Section> sections = new ArrayList<>();

  /// @param kind of page, such as "benchmark"
  public MeasurementPage(String title, String kind) {
    this.title = title;
    this.kind = kind;
  }

  public MeasurementPage facts(String heading, List<Fact> facts) {
    return section(heading, List.of(new Block.Facts(facts)));
  }

  /// @param columns the first is words, the others are figures
  public MeasurementPage table(String heading, List<String> columns, List<List<String>> rows) {
    List<Block.Column> kinds = new ArrayList<>();
    for (String column : columns) {
      kinds.add(new Block.Column(column, kinds.isEmpty() ? Block.Column.Kind.WORDS : Block.Column.Kind.FIGURES));
    }
    return section(heading, List.of(new Block.Table("", kinds, rows)));
  }

  /// Curves over what `xLabel` says; a point's step is its place there.
  public MeasurementPage chart(String heading, String xLabel, String yLabel, List<Curve> curves) {
    LineChart chart = new LineChart("", xLabel, yLabel, curves, Axis.Scale.LINEAR, null, LineChart.Size.WIDE);
    return chart.isEmpty() ? this : section(heading, List.of(new Block.Lines(List.of(chart))));
  }

  /// The same with a line at a place, and what it is.
  public MeasurementPage chart(String heading, String xLabel, String yLabel, List<Curve> curves, double place, String label) {
    LineChart.Mark mark = new LineChart.Mark(place, label);
    LineChart chart = new LineChart("", xLabel, yLabel, curves, Axis.Scale.LINEAR, mark, LineChart.Size.WIDE);
    return chart.isEmpty() ? this : section(heading, List.of(new Block.Lines(List.of(chart))));
  }

  /// Horizontal bars, a group of them a label: one value for each of the series.
  public MeasurementPage bars(String heading, List<String> series, Map<String, List<Double>> groups, int decimals) {
    List<BarChart.Group> bars = new ArrayList<>();
    groups.forEach((label, values) -> bars.add(new BarChart.Group(label, values)));
    return bars.isEmpty() ? this : section(heading, List.of(new Block.Bars(new BarChart("", series, bars, decimals))));
  }

  public MeasurementPage text(String heading, List<String> paragraphs) {
    return section(heading, paragraphs.stream().<Block>map(Block.Paragraph::new).toList());
  }

  public String html() {
    return HtmlPage.of(new Outline(title, sections), kind);
  }

  private MeasurementPage section(String heading, List<Block> blocks) {
    sections.add(new Section("part-" + sections.size(), heading, blocks));
    return this;
  }
}
