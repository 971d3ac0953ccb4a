package dev.athanor.eval.report;

import java.util.List;

/// The life of the model as one inline SVG: the stages as boxes in order, four in a row, joined by arrows, and under them a
/// strip that shows where the time went.
record LifeDiagram(List<Box> boxes) {
  /// `lines`: the key figures, three at most are drawn.
  record Box(String name, double seconds, String status, List<String> lines) {
    Box {
      lines = List.copyOf(lines);
    }
  }

  private static final int WIDTH = 1040;
  private static final int PER_ROW = 4;
  private static final double GAP = 36;
  private static final double BOX_WIDTH = (WIDTH - 2 - GAP * (PER_ROW - 1)) / PER_ROW;
  private static final double BOX_HEIGHT = 108;
  private static final double ROW = BOX_HEIGHT + 34;
  private static final double STRIP = 26;

  LifeDiagram {
    boxes = List.copyOf(boxes);
  }

  String svg() {
    int rows = (boxes.size() + PER_ROW - 1) / PER_ROW;
    double height = rows * ROW + STRIP + 26;
    Svg out = new Svg(WIDTH, height, "chart life", "the stages of this run", "");
    for (int i = 0; i < boxes.size(); i++) {
      box(out, i);
      if (i > 0) {
        arrow(out, i);
      }
    }
    strip(out, rows * ROW);
    return out.end();
  }

  private static double left(int i) {
    return 1 + i % PER_ROW * (BOX_WIDTH + GAP);
  }

  private static double top(int i) {
    int row = i / PER_ROW;
    return 1 + row * ROW;
  }

  private void box(Svg out, int i) {
    Box box = boxes.get(i);
    double x = left(i);
    double y = top(i);
    out.add(
            "<rect class=\"stage %s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"9\"/>",
            Text.html(box.status()), x, y, BOX_WIDTH, BOX_HEIGHT);
    String seconds = Figures.seconds(box.seconds());
    double timeWidth = Text.width(seconds, 12);
    out.text(x + 14, y + 25, "start", "stagename", Text.fitted((i + 1) + " " + box.name(), BOX_WIDTH - timeWidth - 36, 15));
    out.text(x + BOX_WIDTH - 12, y + 24, "end", "stagetime", seconds);
    double line = y + 48;
    for (String words : box.lines().subList(0, Math.min(3, box.lines().size()))) {
      out.text(x + 14, line, "start", "tick", Text.fitted(words, BOX_WIDTH - 26, 12));
      line += 17;
    }
    if (!box.status().equals("computed")) {
      out.text(x + BOX_WIDTH - 12, y + BOX_HEIGHT - 9, "end", "stagestatus", box.status());
    }
  }

  private static void arrow(Svg out, int to) {
    double y = top(to) + BOX_HEIGHT / 2;
    double tip = left(to) - 3;
    if (to % PER_ROW != 0) {
      double from = left(to) - GAP + 4;
      out.add("<path class=\"arrow\" d=\"M%.1f %.1fH%.1f\"/>", from, y, tip - 5);
      out.add("<path class=\"tip\" d=\"M%.1f %.1fl-9 -5v10z\"/>", tip, y);
      return;
    }
    double fromX = left(to - 1) + BOX_WIDTH / 2;
    double fromY = top(to - 1) + BOX_HEIGHT + 3;
    double toX = left(to) + BOX_WIDTH / 2;
    double toY = top(to) - 3;
    double between = (fromY + toY) / 2;
    out.add("<path class=\"arrow\" d=\"M%.1f %.1fV%.1fH%.1fV%.1f\"/>", fromX, fromY, between, toX, toY - 5);
    out.add("<path class=\"tip\" d=\"M%.1f %.1fl-5 -9h10z\"/>", toX, toY);
  }

  private void strip(Svg out, double top) {
    double total = boxes.stream().mapToDouble(LifeDiagram::length).sum();
    if (total <= 0) {
      return;
    }
    out.text(1, top + 6, "start", "unit", "where the time went");
    double x = 1;
    for (int i = 0; i < boxes.size(); i++) {
      Box box = boxes.get(i);
      double width = length(box) / total * (WIDTH - 2);
      String label = box.name() + " " + Figures.percent(length(box) / total);
      out.add(
              "<g><title>%s · %s</title><rect class=\"share %s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
              Text.html(label), Figures.seconds(box.seconds()), i % 2 == 0 ? "even" : "odd", x, top + 16, width, STRIP);
      if (Text.width(label, 12) + 12 < width) {
        out.text(x + 8, top + 16 + STRIP / 2 + 4, "start", "sharename", label);
      }
      out.add("</g>");
      x += width;
    }
  }

  private static double length(Box box) {
    return Double.isFinite(box.seconds()) ? Math.clamp(box.seconds(), 0, 1e12) : 0;
  }
}
