package dev.athanor.data.classifier;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/// How well a classifier does on examples that it has not seen.
///
/// @param examples that were held out; 0 when none were
/// @param accuracy share of them whose likeliest label is theirs
public record Quality(long examples, double accuracy, List<OfLabel> labels) {
  public Quality {
    labels = List.copyOf(labels);
  }

  /// @param precision of the examples that get the label as the likeliest, how many have it; NaN when none does
  /// @param recall of the examples that have the label, how many get it
  /// @param auc probability that an example with the label is given a greater one than an example without (ties count half)
  public record OfLabel(String label, long examples, double precision, double recall, double auc) {}

  static Quality of(List<String> labels, ExampleFile examples, Function<int[], float[]> model) {
    int n = examples.size();
    float[][] probabilities = new float[n][];
    int[] best = new int[n];
    int right = 0;
    for (int i = 0; i < n; i++) {
      probabilities[i] = model.apply(examples.features(i));
      for (int label = 1; label < labels.size(); label++) {
        best[i] = probabilities[i][label] > probabilities[i][best[i]] ? label : best[i];
      }
      right += best[i] == examples.label(i) ? 1 : 0;
    }
    List<OfLabel> all = new ArrayList<>();
    for (int label = 0; label < labels.size(); label++) {
      int said = 0;
      int hit = 0;
      double[] with = new double[(int) examples.count(label)];
      double[] without = new double[n - with.length];
      int a = 0;
      int b = 0;
      for (int i = 0; i < n; i++) {
        said += best[i] == label ? 1 : 0;
        hit += best[i] == label && examples.label(i) == label ? 1 : 0;
        if (examples.label(i) == label) {
          with[a++] = probabilities[i][label];
        } else {
          without[b++] = probabilities[i][label];
        }
      }
      all.add(new OfLabel(labels.get(label), with.length, (double) hit / said, (double) hit / with.length, auc(with, without)));
    }
    return new Quality(n, n == 0 ? Double.NaN : (double) right / n, all);
  }

  /// The area under the curve of hits over false alarms: the Mann–Whitney statistic. NaN where one side is empty.
  static double auc(double[] with, double[] without) {
    double[] low = without.clone();
    Arrays.sort(low);
    double sum = 0;
    for (double value : with) {
      sum += (firstAtLeast(low, value) + firstAtLeast(low, Math.nextUp(value))) / 2.0;
    }
    return sum / ((double) with.length * without.length);
  }

  private static int firstAtLeast(double[] sorted, double value) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
