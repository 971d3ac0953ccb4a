package dev.athanor.eval.report;

import java.util.Formatter;
import java.util.Locale;

/// An SVG being written; numbers never follow the machine's locale.
final class Svg {
  private final Formatter out = new Formatter(Locale.ROOT);

  /// `attributes` goes inside the root element as it is: values from outside must be escaped already.
  Svg(int width, double height, String style, String label, String attributes) {
    long tall = (long) Math.ceil(height);
    add(
        "<svg class=\"%s\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"%s\"%s>",
        style, width, tall, width, tall, Text.html(label), attributes);
  }

  @SuppressWarnings("AnnotateFormatMethod") // its annotation is in a library that nothing else here needs
  void add(String pattern, Object... values) {
    out.format(pattern, values);
  }

  /// `words` are escaped here.
  void text(double x, double y, String anchor, String style, String words) {
    add("<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>", style, x, y, anchor, Text.html(words));
  }

  void line(String style, double x1, double y1, double x2, double y2) {
    add("<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>", style, x1, y1, x2, y2);
  }

  /// A coordinate with one decimal.
  static String pixels(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  String end() {
    return out.format("</svg>").toString();
  }
}
