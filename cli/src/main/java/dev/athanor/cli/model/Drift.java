package dev.athanor.cli.model;

import java.util.Locale;
import java.util.OptionalDouble;

/// How far the outputs of a copy are from those of the original.
///
/// @param rows positions, or images' patches, that were compared
/// @param values numbers that were compared
/// @param largest difference of two of them
/// @param relative the root mean square of the differences, over that of the original's
/// @param kl of logits, the mean over the rows of KL(original ‖ copy) in nats
/// @param agreement of logits, the share of rows with the same likeliest column
/// @param finite whether all numbers of both are
public record Drift(
    String what,
    int rows,
    int values,
    double largest,
    double relative,
    OptionalDouble kl,
    OptionalDouble agreement,
    boolean finite) {

  /// @throws IllegalArgumentException when they are of models of different shapes
  public static Drift between(Outputs original, Outputs copy) {
    float[] a = original.values();
    float[] b = copy.values();
    if (original.kind() != copy.kind() || original.columns() != copy.columns() || a.length != b.length) {
      throw new IllegalArgumentException("the outputs are of models of different shapes");
    }
    double largest = 0;
    double differences = 0;
    double squares = 0;
    boolean finite = true;
    for (int i = 0; i < a.length; i++) {
      double difference = (double) a[i] - b[i];
      finite &= Float.isFinite(a[i]) && Float.isFinite(b[i]);
      largest = Math.max(largest, Math.abs(difference));
      differences += difference * difference;
      squares += (double) a[i] * a[i];
    }
    boolean logits = original.kind() == Outputs.Kind.LOGITS;
    return new Drift(
        original.kind().label(),
        original.rows(),
        a.length,
        largest,
        differences == 0 ? 0 : Math.sqrt(differences / squares),
        logits ? OptionalDouble.of(kl(a, b, original.columns())) : OptionalDouble.empty(),
        logits ? OptionalDouble.of(agreement(a, b, original.columns())) : OptionalDouble.empty(),
        finite);
  }

  private static double kl(float[] a, float[] b, int columns) {
    double sum = 0;
    for (int row = 0; row < a.length; row += columns) {
      double normA = logSumExp(a, row, columns);
      double normB = logSumExp(b, row, columns);
      for (int i = row; i < row + columns; i++) {
        double logA = a[i] - normA;
        sum += Math.exp(logA) * (logA - (b[i] - normB));
      }
    }
    int rows = a.length / columns;
    return Math.max(0, sum / rows);
  }

  private static double logSumExp(float[] values, int from, int count) {
    double most = Double.NEGATIVE_INFINITY;
    for (int i = from; i < from + count; i++) {
      most = Math.max(most, values[i]);
    }
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += Math.exp(values[i] - most);
    }
    return most + Math.log(sum);
  }

  private static double agreement(float[] a, float[] b, int columns) {
    int same = 0;
    for (int row = 0; row < a.length; row += columns) {
      if (likeliest(a, row, columns) == likeliest(b, row, columns)) {
        same++;
      }
    }
    int rows = a.length / columns;
    return (double) same / rows;
  }

  private static int likeliest(float[] values, int from, int count) {
    int best = from;
    for (int i = from; i < from + count; i++) {
      if (values[i] > values[best]) {
        best = i;
      }
    }
    return best;
  }

  /// The numbers in a line.
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "largest difference %s, relative %s over %,d %s",
            number(largest),
            number(relative),
            values,
            what));
    kl.ifPresent(nats -> text.append(", KL ").append(number(nats)).append(" nats"));
    agreement.ifPresent(
        share -> text.append(String.format(Locale.ROOT, ", same likeliest in %.1f %% of %,d rows", 100 * share, rows)));
    return text.toString();
  }

  static String number(double value) {
    return value == 0 ? "0" : String.format(Locale.ROOT, "%.3g", value);
  }
}
