package dev.athanor.eval.report;

import java.util.Locale;

/// Numbers as people read them, the same in every locale: a point before decimals, commas between thousands, and
/// [#UNKNOWN] for what was not measured (NaN, infinite).
public final class Figures {
  /// Stands where a figure would, had it been measured.
  public static final String UNKNOWN = "–";

  private static final String[] MAGNITUDES = {"", " k", " M", " G", " T", " P", " E"};

  private Figures() {}

  /// 4012345 → "4,012,345".
  public static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /// 27100000 → "27.1 MB", in powers of 1000.
  public static String bytes(long value) {
    return value < 1000 && value > -1000 ? value + " B" : compact((double) value) + "B";
  }

  /// 4012345 → "4.01 M": three figures and a magnitude.
  public static String compact(double value) {
    if (!Double.isFinite(value)) {
      return UNKNOWN;
    }
    double rest = value;
    int magnitude = 0;
    // 999.5 would print as "1000": it belongs to the next magnitude
    while (Math.abs(rest) >= 999.5 && magnitude < MAGNITUDES.length - 1) {
      rest /= 1000;
      magnitude++;
    }
    return significant(rest, 3) + MAGNITUDES[magnitude];
  }

  /// With so many decimals, always: figures of one column line up.
  public static String fixed(double value, int decimals) {
    if (!Double.isFinite(value)) {
      return UNKNOWN;
    }
    String text = String.format(Locale.ROOT, "%,." + decimals + "f", value);
    return text.matches("-0(\\.0*)?") ? text.substring(1) : text;
  }

  /// 0.573 → "57.3 %".
  public static String percent(double fraction) {
    return Double.isFinite(fraction) ? fixed(fraction * 100, 1) + " %" : UNKNOWN;
  }

  /// 192 → "3 min 12 s"; below a minute with one decimal.
  public static String seconds(double seconds) {
    if (!Double.isFinite(seconds)) {
      return UNKNOWN;
    }
    if (seconds < 59.95) {
      return fixed(seconds, 1) + " s";
    }
    long whole = Math.round(seconds);
    return whole < 3600
        ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%,d h %02d min", whole / 3600, whole % 3600 / 60);
  }

  /// At most so many significant figures, no zeros at the end; very large and very small ones as 1.2e-7.
  public static String significant(double value, int figures) {
    if (!Double.isFinite(value)) {
      return UNKNOWN;
    }
    if (value == 0) {
      return "0";
    }
    double size = Math.abs(value);
    if (size < 1e-3 || size >= 1e7) {
      String[] parts = String.format(Locale.ROOT, "%." + (figures - 1) + "e", value).split("e", 2);
      return trimmed(parts[0]) + "e" + Integer.parseInt(parts[1]);
    }
    int decimals = Math.max(0, figures - 1 - (int) Math.floor(Math.log10(size)));
    return trimmed(fixed(value, decimals));
  }

  private static String trimmed(String number) {
    return number.contains(".") ? number.replaceFirst("\\.?0+$", "") : number;
  }
}
