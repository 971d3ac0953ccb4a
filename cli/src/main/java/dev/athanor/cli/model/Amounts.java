package dev.athanor.cli.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Numbers for people.
public final class Amounts {
  private Amounts() {}

  /// "65,536"
  public static String exact(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /// "65,536", "596.05 M", "30.53 B"
  public static String count(long count) {
    if (count < 1_000_000) {
      return exact(count);
    }
    return count < 1_000_000_000L
        ? String.format(Locale.ROOT, "%.2f M", count / 1e6)
        : String.format(Locale.ROOT, "%.2f B", count / 1e9);
  }

  /// "812 B", "65.5 KB", "1.19 GB", in powers of a thousand as disks are sold.
  public static String bytes(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    if (bytes < 1_000_000) {
      return String.format(Locale.ROOT, "%.1f KB", bytes / 1e3);
    }
    return bytes < 1_000_000_000L
        ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
        : String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
  }

  /// "10000", "1e-06", "0.25"; without a fraction where there is none.
  public static String number(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e9) {
      return exact((long) value);
    }
    String text = String.format(Locale.ROOT, "%.4g", value);
    return text.contains("e") || !text.contains(".") ? text.replaceAll("\\.?0+e", "e") : text.replaceAll("\\.?0+$", "");
  }

  /// Rising numbers as ranges: "0–3, 5, 7–9"; a rhythm is told by its beginning and end: "0, 2, …, 26".
  public static String ranges(List<Integer> rising) {
    int size = rising.size();
    if (size > 3) {
      int step = rising.get(1) - rising.get(0);
      boolean even = true;
      for (int i = 1; i < size; i++) {
        even &= rising.get(i) - rising.get(i - 1) == step;
      }
      if (even && step > 1) {
        return rising.get(0) + ", " + rising.get(1) + ", …, " + rising.getLast();
      }
    }
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < size; ) {
      int end = i;
      while (end + 1 < size && rising.get(end + 1) == rising.get(end) + 1) {
        end++;
      }
      parts.add(end == i ? String.valueOf(rising.get(i)) : rising.get(i) + (end == i + 1 ? ", " : "–") + rising.get(end));
      i = end + 1;
    }
    return String.join(", ", parts);
  }
}
