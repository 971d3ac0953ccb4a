package dev.athanor.eval.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChartTest {
  private static final double NAN = Double.NaN;

  private static List<Point> points(double... values) {
    return IntStream.range(0, values.length).mapToObj(i -> new Point(i, values[i])).toList();
  }

  private static LineChart chart(Axis.Scale scale, LineChart.Size size, List<List<Point>> curves) {
    List<Curve> named = new ArrayList<>();
    curves.forEach(c -> named.add(new Curve("a rather long name of curve " + named.size(), c)));
    return new LineChart("t", "unit", named, scale, null, size);
  }

  /// Every coordinate, and every text by its estimated width, must lie in the view box.
  private static void assertInside(String svg) {
    Matcher box = Pattern.compile("viewBox=\"0 0 (\\d+) (\\d+)\"").matcher(svg);
    assertThat(box.find()).isTrue();
    double width = Double.parseDouble(box.group(1));
    double height = Double.parseDouble(box.group(2));
    assertThat(svg).doesNotContain("NaN\"", "Infinity", "NaN ");
    int seen = 0;
    Matcher attribute = Pattern.compile(" (x|y|x1|y1|x2|y2|cx|cy)=\"([^\"]*)\"").matcher(svg);
    while (attribute.find()) {
      double limit = attribute.group(1).contains("x") ? width : height;
      assertThat(Double.parseDouble(attribute.group(2))).as(attribute.group()).isBetween(0.0, limit);
      seen++;
    }
    Matcher path = Pattern.compile("[ML]([-\\d.]+) ([-\\d.]+)").matcher(svg);
    while (path.find()) {
      assertThat(Double.parseDouble(path.group(1))).isBetween(0.0, width);
      assertThat(Double.parseDouble(path.group(2))).isBetween(0.0, height);
    }
    Matcher rect = Pattern.compile(" x=\"([\\d.]+)\" y=\"([\\d.]+)\" width=\"([\\d.]+)\" height=\"([\\d.]+)\"").matcher(svg);
    while (rect.find()) {
      assertThat(Double.parseDouble(rect.group(1)) + Double.parseDouble(rect.group(3))).isLessThanOrEqualTo(width + 0.2);
      assertThat(Double.parseDouble(rect.group(2)) + Double.parseDouble(rect.group(4))).isLessThanOrEqualTo(height + 0.2);
    }
    assertTextsInside(svg, width);
    assertThat(seen).isPositive();
  }

  private static void assertTextsInside(String svg, double width) {
    Matcher text = Pattern.compile("<text class=\"[^\"]*\" x=\"([^\"]*)\"[^>]* text-anchor=\"(\\w+)\">([^<]*)<").matcher(svg);
    while (text.find()) {
      double x = Double.parseDouble(text.group(1));
      double wide = Text.width(text.group(3), 12);
      double left = switch (text.group(2)) {
        case "start" -> x;
        case "middle" -> x - wide / 2;
        default -> x - wide;
      };
      assertThat(left).as(text.group(3)).isGreaterThanOrEqualTo(-1);
      assertThat(left + wide).as(text.group(3)).isLessThanOrEqualTo(width + 1);
    }
  }

  private static final List<List<Point>> EXTREMES =
      List.of(
          List.of(),
          points(3),
          points(0),
          points(-2.5),
          points(NAN),
          points(5, 5, 5, 5),
          points(1, NAN, 3, NAN, NAN, 2),
          points(Double.POSITIVE_INFINITY, 1, Double.NEGATIVE_INFINITY, 2),
          points(Double.MAX_VALUE, -Double.MAX_VALUE, 1),
          points(1e99, -1e99),
          points(Double.MIN_VALUE, 0),
          points(1, Math.nextUp(1.0)),
          points(1e-9, 1, 1e9),
          points(123_456_789, 123_456_790),
          points(-1e-7, 1e-7),
          Collections.nCopies(500, new Point(7, 7)),
          List.of(new Point(NAN, 1), new Point(1, 2)));

  @Test
  void lineChart_extremeData_staysInsideItsViewBox() {
    for (List<Point> data : EXTREMES) {
      for (Axis.Scale scale : Axis.Scale.values()) {
        for (LineChart.Size size : LineChart.Size.values()) {
          assertInside(chart(scale, size, List.of(data)).svg());
          assertInside(chart(scale, size, List.of(data, points(2, 3, 2), data)).svg());
        }
      }
    }
  }

  @Test
  void lineChart_randomData_staysInsideItsViewBox() {
    Random random = new Random(11);
    for (int trial = 0; trial < 200; trial++) {
      double size = Math.pow(10, random.nextInt(-20, 20));
      double shift = random.nextBoolean() ? 0 : random.nextGaussian() * Math.pow(10, random.nextInt(-20, 20));
      double[] values = random.doubles(random.nextInt(1, 30)).map(v -> random.nextInt(5) == 0 ? NAN : shift + v * size).toArray();
      for (Axis.Scale scale : Axis.Scale.values()) {
        assertInside(chart(scale, LineChart.Size.SMALL, List.of(points(values))).svg());
      }
    }
  }

  @Test
  void lineChart_gap_breaksTheLine() {
    String svg = chart(Axis.Scale.LINEAR, LineChart.Size.WIDE, List.of(points(1, 2, NAN, 3, 4))).svg();
    Matcher path = Pattern.compile("<path class=\"line s1\" d=\"([^\"]*)\"").matcher(svg);
    assertThat(path.find()).isTrue();
    assertThat(path.group(1).chars().filter(c -> c == 'M').count()).isEqualTo(2);
    assertThat(path.group(1).chars().filter(c -> c == 'L').count()).isEqualTo(2);
  }

  @Test
  void barChart_extremeData_staysInsideItsViewBox() {
    for (double value : new double[] {0, 1, -3, NAN, Double.POSITIVE_INFINITY, Double.MAX_VALUE, 1e99, 1e-300}) {
      BarChart chart =
          new BarChart(
              "bars", List.of("model", "xz −9"),
              List.of(new BarChart.Group("组".repeat(200), List.of(value, 1.0)), new BarChart.Group("", List.of(value, value))), 3);
      assertInside(chart.svg());
    }
    assertInside(new BarChart("none", List.of("model"), List.of(), 3).svg());
  }

  @Test
  void barChart_values_haveBarsInProportion() {
    String svg = new BarChart("bars", List.of("a"), List.of(new BarChart.Group("g", List.of(1.0)), new BarChart.Group("h", List.of(2.0))), 1).svg();
    Matcher bar = Pattern.compile("<rect class=\"bar s1\" x=\"[\\d.]+\" y=\"[\\d.]+\" width=\"([\\d.]+)\" height=\"11.0\"").matcher(svg);
    List<Double> widths = new ArrayList<>();
    while (bar.find()) {
      widths.add(Double.parseDouble(bar.group(1)));
    }
    assertThat(widths).hasSize(2);
    assertThat(widths.get(1) / widths.get(0)).isBetween(1.99, 2.01);
  }

  @Test
  void lifeDiagram_anyNumberOfStages_staysInside() {
    for (int n : new int[] {1, 4, 5, 9}) {
      List<LifeDiagram.Box> boxes =
          IntStream.range(0, n)
              .mapToObj(i -> new LifeDiagram.Box("名".repeat(i * 20), i == 2 ? NAN : i * 1e4, "computed", Collections.nCopies(i, "图".repeat(90))))
              .toList();
      assertInside(new LifeDiagram(boxes).svg());
    }
  }

  @Test
  void axis_ticks_areRoundAndDistinct() {
    Axis axis = Axis.over(points(0.3, 9.7).stream().mapToDouble(Point::value), Axis.Scale.LINEAR).rounded();
    assertThat(axis.ticks().stream().map(axis::label)).containsExactly("0", "2", "4", "6", "8", "10");
    Axis log = new Axis(0.5, 2000, Axis.Scale.LOG);
    assertThat(log.ticks().stream().map(log::label)).containsExactly("1", "10", "100", "1k");
    for (List<Point> data : EXTREMES) {
      Axis any = Axis.over(data.stream().mapToDouble(Point::value), Axis.Scale.LINEAR).rounded();
      assertThat(any.ticks()).hasSizeBetween(2, 12).doesNotHaveDuplicates();
    }
  }

  @Test
  void atMost_longCurve_keepsEndsAndSpikes() {
    List<Point> noise = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      noise.add(new Point(i, i == 54_321 ? 1000 : i == 77_777 ? -1000 : i % 10 == 0 ? NAN : i % 7));
    }
    List<Point> kept = new Curve("c", noise).atMost(300).points();
    assertThat(kept).hasSizeBetween(250, 300).contains(new Point(54_321, 1000), new Point(77_777, -1000));
    assertThat(kept.getFirst()).isEqualTo(noise.getFirst());
    assertThat(kept.getLast()).isEqualTo(noise.getLast());
    assertThat(kept).isSortedAccordingTo((a, b) -> Double.compare(a.step(), b.step()));
  }

  @Test
  void figures_unitsAndEdges_readWell() {
    assertThat(Figures.bytes(27_100_000)).isEqualTo("27.1 MB");
    assertThat(Figures.bytes(999)).isEqualTo("999 B");
    assertThat(Figures.compact(999_999)).isEqualTo("1 M");
    assertThat(Figures.seconds(59.96)).isEqualTo("1 min 00 s");
    assertThat(Figures.seconds(192)).isEqualTo("3 min 12 s");
    assertThat(Figures.seconds(3840)).isEqualTo("1 h 04 min");
    assertThat(Figures.percent(0.573)).isEqualTo("57.3 %");
    assertThat(Figures.fixed(-0.0001, 2)).isEqualTo("0.00");
    assertThat(Figures.significant(0.0000012, 3)).isEqualTo("1.2e-6");
    assertThat(Figures.fixed(NAN, 2)).isEqualTo(Figures.UNKNOWN);
  }
}
