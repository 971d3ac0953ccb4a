package dev.athanor.inference;

import dev.athanor.model.FeedForward;
import java.util.Arrays;

/// Which experts the rows of a pass go to. An expert's rows lie together, from the beginning of a tile on; a row that goes to k experts
/// has k places. Row r's j-th choice, the likeliest first, is number r·k + j.
final class Routing {
  private final int numExperts;
  private final int perToken;
  private final boolean normalise;
  private final int[] firsts;
  private final int[] counts;
  private int[] chosen = {};
  private float[] weights = {};
  private int[] places = {};

  Routing(FeedForward.Experts facts) {
    numExperts = facts.numExperts();
    perToken = facts.perToken();
    normalise = facts.normalise();
    firsts = new int[numExperts];
    counts = new int[numExperts];
  }

  /// Rows in places beyond those of the choices: no expert leaves more of its last tile empty.
  static int spareRows(FeedForward.Experts facts) {
    return facts.numExperts() * (Lanes.TILE - 1);
  }

  /// Makes room for the choices of so many rows.
  void fit(int rows) {
    if (rows * perToken > chosen.length) {
      chosen = new int[rows * perToken];
      weights = new float[rows * perToken];
      places = new int[rows * perToken];
    }
  }

  /// Chooses a row's experts: the likeliest, of equally likely ones the first.
  ///
  /// @param scores of the experts at `at`, room for them rounded up to whole vectors; spent afterwards
  void choose(int row, float[] scores, int at) {
    Kernels.expMinus(scores, at, numExperts, Kernels.max(scores, at, numExperts));
    float sum = 0;
    for (int e = 0; e < numExperts; e++) {
      sum += scores[at + e];
    }
    float chosenSum = 0;
    for (int i = row * perToken; i < (row + 1) * perToken; i++) {
      int best = 0;
      for (int e = 1; e < numExperts; e++) {
        if (scores[at + e] > scores[at + best]) {
          best = e;
        }
      }
      chosen[i] = best;
      weights[i] = scores[at + best] / sum;
      chosenSum += weights[i];
      scores[at + best] = -1;
    }
    if (normalise) {
      for (int i = row * perToken; i < (row + 1) * perToken; i++) {
        weights[i] /= chosenSum;
      }
    }
  }

  /// Gives the chosen places; one member does it when all rows have chosen.
  void assign(int rows) {
    Arrays.fill(counts, 0);
    for (int i = 0; i < rows * perToken; i++) {
      counts[chosen[i]]++;
    }
    int first = 0;
    for (int e = 0; e < numExperts; e++) {
      firsts[e] = first;
      first += Activations.roundedUp(counts[e]);
    }
    int[] next = firsts.clone();
    for (int i = 0; i < rows * perToken; i++) {
      places[i] = next[chosen[i]]++;
    }
  }

  /// An expert's first place.
  int first(int expert) {
    return firsts[expert];
  }

  /// How many rows go to an expert.
  int count(int expert) {
    return counts[expert];
  }

  int expert(int row, int choice) {
    return chosen[row * perToken + choice];
  }

  int place(int row, int choice) {
    return places[row * perToken + choice];
  }

  float weight(int row, int choice) {
    return weights[row * perToken + choice];
  }
}
