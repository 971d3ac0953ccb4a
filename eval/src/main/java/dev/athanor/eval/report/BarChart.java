package dev.athanor.eval.report;

import java.util.List;
import java.util.stream.DoubleStream;

/// Horizontal bars in groups as one inline SVG, each with its figure at its end. Values start at 0; what is not
/// measured has no bar. Colours are the page's classes `s1`…`s5`.
record BarChart(String title, List<String> series, List<Group> groups, int decimals) {
  /// One value for each series, in the order of the series.
  record Group(String label, List<Double> values) {
    Group {
      values = List.copyOf(values);
    }
  }

  private static final int WIDTH = 1040;
  private static final double FONT = 12;
  private static final double BAR = 13;
  private static final double BETWEEN_GROUPS = 14;
  private static final double TOP = 28;

  BarChart {
    series = List.copyOf(series);
    groups = List.copyOf(groups);
    for (Group group : groups) {
      if (group.values().size() != series.size()) {
        throw new IllegalArgumentException("group " + group.label() + " needs " + series.size() + " values");
      }
    }
  }

  String svg() {
    double groupHeight = series.size() * BAR + BETWEEN_GROUPS;
    double height = TOP + groups.size() * groupHeight + 6;
    Svg out = new Svg(WIDTH, height, "chart", title, "");
    legend(out);
    double labels = labelWidth();
    Axis axis = axis();
    double top = TOP;
    for (Group group : groups) {
      group(out, group, top, labels, axis);
      top += groupHeight;
    }
    return out.end();
  }

  private Axis axis() {
    DoubleStream values = groups.stream().flatMap(g -> g.values().stream()).mapToDouble(Double::doubleValue);
    double most = values.filter(v -> Axis.draws(v, Axis.Scale.LINEAR)).max().orElse(1);
    return new Axis(0, most > 0 ? most : 1, Axis.Scale.LINEAR);
  }

  private double labelWidth() {
    double widest = groups.stream().mapToDouble(g -> Text.width(g.label(), FONT)).max().orElse(0);
    return Math.clamp(widest + 14, 60, WIDTH * 0.32);
  }

  private void legend(Svg out) {
    double x = 0;
    for (int s = 0; s < series.size(); s++) {
      String name = Text.fitted(series.get(s), WIDTH / (double) series.size() - 40, FONT);
      out.add("<rect class=\"bar s%d\" x=\"%.1f\" y=\"3\" width=\"11\" height=\"11\" rx=\"2\"/>", s + 1, x);
      out.text(x + 16, 13, "start", "tick", name);
      x += 16 + Text.width(name, FONT) + 22;
    }
  }

  private void group(Svg out, Group group, double top, double labels, Axis axis) {
    double middle = top + series.size() * BAR / 2;
    out.add("<g><title>%s</title>", Text.html(group.label()));
    out.text(labels - 10, middle + 4, "end", "name", Text.fitted(group.label(), labels - 12, FONT));
    out.add("</g>");
    out.line("axis", labels, top - 2, labels, top + series.size() * BAR + 2);
    double room = WIDTH - labels - 90;
    for (int s = 0; s < series.size(); s++) {
      double value = group.values().get(s);
      boolean drawn = Axis.draws(value, Axis.Scale.LINEAR);
      double length = drawn ? axis.position(value) * room : 0;
      double y = top + s * BAR;
      String figure = Math.abs(value) < 1e7 || !drawn ? Figures.fixed(drawn ? value : Double.NaN, decimals) : Figures.significant(value, 3);
      out.add(
              "<g><title>%s · %s: %s</title><rect class=\"bar s%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"2\"/>",
              Text.html(group.label()), Text.html(series.get(s)), figure, s + 1, labels + 1, y + 1, length, BAR - 2);
      out.text(labels + 6 + length, y + BAR - 2.5, "start", s == 0 ? "value first" : "value", figure);
      out.add("</g>");
    }
  }
}
