package dev.athanor.eval.report;

import dev.athanor.base.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/// Curves over steps as one inline SVG. Gaps (NaN, infinite, and on a logarithmic axis what is not positive) break the
/// line; nothing leaves the view box. Colours are the page's classes `s1`…`s5`.
///
/// @param xLabel what the points' steps are
record LineChart(
    String title, String xLabel, String yLabel, List<Curve> curves, Axis.Scale scale, @Nullable Mark mark, Size size) {
  /// Over training steps.
  LineChart(String title, String yLabel, List<Curve> curves, Axis.Scale scale, @Nullable Mark mark, Size size) {
    this(title, "step", yLabel, curves, scale, mark, size);
  }

  /// A vertical line at a step.
  record Mark(double step, String label) {}

  enum Size {
    WIDE(1040, 320),
    SMALL(340, 210);

    final int width;
    final int height;

    Size(int width, int height) {
      this.width = width;
      this.height = height;
    }
  }

  /// Enough for one point in three pixels of a wide chart.
  private static final int MOST_POINTS = 300;

  /// Above so many points single ones are no longer marked.
  private static final int MARKED_POINTS = 40;

  private static final double FONT = 12;

  LineChart {
    curves = List.copyOf(curves);
  }

  boolean isEmpty() {
    return curves.stream().allMatch(c -> drawn(c).isEmpty());
  }

  private List<Point> drawn(Curve curve) {
    return curve.points().stream().filter(this::draws).toList();
  }

  private boolean draws(Point p) {
    return Axis.draws(p.step(), Axis.Scale.LINEAR) && Axis.draws(p.value(), scale);
  }

  String svg() {
    return new Drawing().draw();
  }

  /// One drawing: where the plot lies, and what was put in it.
  private final class Drawing {
    private final List<Curve> shown = curves.stream().map(c -> c.atMost(MOST_POINTS)).toList();
    private final Axis x = Axis.over(all(Point::step), Axis.Scale.LINEAR);
    private final Axis y = Axis.over(all(Point::value), scale).rounded();
    private final double left = 14 + y.ticks().stream().mapToDouble(t -> Text.width(y.label(t), FONT)).max().orElse(20);
    private final double right = size.width - rightMargin();
    private final double top = 24;
    private final double bottom = size.height - 40.0;
    private final Svg out =
        new Svg(size.width, size.height, "chart", title, " data-points=\"" + Text.html(hoverData()) + "\"");

    private DoubleStream all(ToDoubleFunction<Point> part) {
      return shown.stream().flatMap(c -> drawn(c).stream()).mapToDouble(part);
    }

    private double rightMargin() {
      double widest = shown.stream().mapToDouble(c -> Text.width(endLabel(c), FONT)).max().orElse(0);
      return Math.clamp(widest + 14, 20, size.width * 0.35);
    }

    private double px(Point p) {
      return left + x.position(p.step()) * (right - left);
    }

    private double py(double value) {
      return bottom - y.position(value) * (bottom - top);
    }

    String draw() {
      axes();
      if (mark != null) {
        mark(mark);
      }
      for (int i = 0; i < shown.size(); i++) {
        line(shown.get(i), i + 1);
      }
      endLabels();
      return out.end();
    }

    private void axes() {
      for (double tick : y.ticks()) {
        double at = py(tick);
        out.line("grid", left, at, right, at);
        out.text(left - 6, at + 4, "end", "tick", y.label(tick));
      }
      out.line("axis", left, bottom, right, bottom);
      double lastLabel = Double.NEGATIVE_INFINITY;
      for (double tick : x.ticks()) {
        double at = left + x.position(tick) * (right - left);
        double half = Text.width(x.label(tick), FONT) / 2;
        if (at - half > lastLabel + 8) {
          out.text(at, bottom + 16, "middle", "tick", x.label(tick));
          lastLabel = at + half;
        }
      }
      out.text(left, 13, "start", "unit", yLabel + (scale == Axis.Scale.LOG ? " (log scale)" : ""));
      out.text((left + right) / 2, size.height - 6.0, "middle", "unit", xLabel);
    }

    private void mark(Mark mark) {
      double at = left + x.position(mark.step()) * (right - left);
      out.line("mark", at, top, at, bottom);
      boolean roomRight = at + Text.width(mark.label(), FONT) + 8 < right;
      out.text(roomRight ? at + 5 : at - 5, top + 11, roomRight ? "start" : "end", "tick", mark.label());
    }

    private void line(Curve curve, int series) {
      StringBuilder path = new StringBuilder();
      List<Point> alone = new ArrayList<>();
      List<Point> points = curve.points();
      boolean pen = false;
      for (int i = 0; i < points.size(); i++) {
        Point p = points.get(i);
        boolean here = draws(p);
        if (here) {
          path.append(pen ? 'L' : 'M').append(Svg.pixels(px(p))).append(' ').append(Svg.pixels(py(p.value())));
          boolean next = i + 1 < points.size() && draws(points.get(i + 1));
          if (points.size() <= MARKED_POINTS || (!pen && !next)) {
            alone.add(p);
          }
        }
        pen = here;
      }
      String weight = points.size() > MARKED_POINTS ? " dense" : "";
      out.add("<path class=\"line s%d%s\" d=\"%s\"/>", series, weight, path);
      for (Point p : alone) {
        out.add("<circle class=\"dot s%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\"/>", series, px(p), py(p.value()));
      }
    }

    private record EndLabel(double y, int series, String text) {}

    /// Each line is named at its end, in its colour; labels that would lie on one another are pushed apart.
    private void endLabels() {
      List<EndLabel> labels = new ArrayList<>();
      for (int i = 0; i < shown.size(); i++) {
        List<Point> points = drawn(shown.get(i));
        if (!points.isEmpty()) {
          labels.add(new EndLabel(py(points.getLast().value()), i + 1, endLabel(shown.get(i))));
        }
      }
      labels.sort(Comparator.comparingDouble(EndLabel::y));
      double lineHeight = FONT + 3;
      double room = bottom - (labels.size() - 1) * lineHeight;
      double free = top;
      for (EndLabel label : labels) {
        double at = Math.max(free, Math.min(label.y(), Math.max(room, free)));
        String fitted = Text.fitted(label.text(), size.width - right - 8, FONT);
        out.text(right + 7, at + 4, "start", "end s" + label.series(), fitted);
        free = at + lineHeight;
        room += lineHeight;
      }
    }

    private String endLabel(Curve curve) {
      List<Point> points = drawn(curve);
      String value = points.isEmpty() ? "" : valueText(points.getLast().value());
      return curves.size() == 1 ? value : curve.name() + " " + value;
    }

    /// `[[name, [[x, y, "step · value"], …]], …]` in the view box's units, for the page's hover script.
    private String hoverData() {
      StringBuilder json = new StringBuilder("[");
      for (Curve curve : shown) {
        json.append(json.length() > 1 ? ",[" : "[").append(quoted(curve.name())).append(",[");
        String comma = "";
        for (Point p : drawn(curve)) {
          String words = xLabel + " " + Figures.significant(p.step(), 7) + " · " + valueText(p.value());
          json.append(comma).append('[').append(Svg.pixels(px(p))).append(',').append(Svg.pixels(py(p.value())));
          json.append(',').append(quoted(words)).append(']');
          comma = ",";
        }
        json.append("]]");
      }
      return json.append(']').toString();
    }
  }

  private static String quoted(String text) {
    return Json.write(Text.clean(text));
  }

  private static String valueText(double value) {
    return Math.abs(value) >= 10_000 && Math.abs(value) < 1e18 ? Figures.compact(value) : Figures.significant(value, 4);
  }
}
