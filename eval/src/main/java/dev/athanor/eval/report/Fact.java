package dev.athanor.eval.report;

/// One named figure or statement. `text` is what people read; `number` is the same for machines, NaN when the fact is
/// no number.
public record Fact(String label, String text, double number) {
  public static Fact text(String label, String text) {
    return new Fact(label, text, Double.NaN);
  }

  public static Fact count(String label, long value) {
    return new Fact(label, Figures.count(value), value);
  }

  public static Fact bytes(String label, long value) {
    return new Fact(label, Figures.bytes(value), value);
  }

  public static Fact percent(String label, double fraction) {
    return new Fact(label, Figures.percent(fraction), fraction);
  }

  /// `unit` may be empty.
  public static Fact measure(String label, double value, int decimals, String unit) {
    String figure = Figures.fixed(value, decimals);
    return new Fact(label, unit.isEmpty() || !Double.isFinite(value) ? figure : figure + " " + unit, value);
  }
}
