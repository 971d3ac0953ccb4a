package dev.athanor.inference;

import static dev.athanor.inference.Lanes.FLOATS;
import static dev.athanor.inference.Lanes.LANES;
import static dev.athanor.inference.Lanes.PANEL;
import static dev.athanor.inference.Lanes.TILE;

import dev.athanor.model.adapter.LowRank;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/// What one adapter adds at one [LoraSite], packed as [FloatMatrix] is: the A's of the site's weights one below the other, and for each
/// panel of outputs the columns of B that belong to it, times the scale.
final class LoraTerm {
  private static final float[] ZEROS = new float[PANEL];

  private final int in;
  /// Panels of ranks.
  private final int panels;
  private final float[] a;
  /// Of each panel of outputs: the first rank that it reads, how many, and where its columns begin.
  private final int[] firstRank;
  private final int[] ranks;
  private final int[] at;
  private final float[] b;

  /// @param changes by weight
  private LoraTerm(LoraSite site, Map<String, LowRank> changes) {
    in = site.in();
    // By identity: weights that lie in one published tensor share the array.
    IdentityHashMap<float[], Integer> firsts = new IdentityHashMap<>();
    int rank = 0;
    for (LoraSite.Part part : site.parts()) {
      LowRank change = changes.get(part.weight());
      if (change != null && firsts.putIfAbsent(change.a(), rank) == null) {
        rank += change.rank();
      }
    }
    panels = (rank + PANEL - 1) / PANEL;
    a = new float[panels * PANEL * in];
    firsts.forEach(this::pack);
    firstRank = new int[site.panels()];
    ranks = new int[site.panels()];
    at = new int[site.panels()];
    int numbers = 0;
    for (int panel = 0; panel < site.panels(); panel++) {
      int from = Integer.MAX_VALUE, to = 0;
      for (LoraSite.Part part : site.parts()) {
        LowRank change = changes.get(part.weight());
        if (change != null && part.at() < (panel + 1) * PANEL && part.at() + part.rows() > panel * PANEL) {
          int first = first(firsts, change);
          from = Math.min(from, first);
          to = Math.max(to, first + change.rank());
        }
      }
      firstRank[panel] = Math.min(from, to);
      ranks[panel] = to - firstRank[panel];
      at[panel] = numbers;
      numbers += ranks[panel] * PANEL;
    }
    b = new float[numbers];
    for (LoraSite.Part part : site.parts()) {
      LowRank change = changes.get(part.weight());
      if (change != null) {
        pack(part, change, first(firsts, change));
      }
    }
  }

  /// Null where none of the site's weights is changed.
  static @Nullable LoraTerm of(LoraSite site, Map<String, LowRank> changes) {
    return site.parts().stream().anyMatch(part -> changes.containsKey(part.weight())) ? new LoraTerm(site, changes) : null;
  }

  private static int first(IdentityHashMap<float[], Integer> firsts, LowRank change) {
    return Objects.requireNonNull(firsts.get(change.a()), "every half has its ranks");
  }

  private void pack(float[] half, int firstRow) {
    for (int r = 0; r < half.length / in; r++) {
      int row = firstRow + r;
      int to = row / PANEL * PANEL * in + row % PANEL;
      for (int k = 0; k < in; k++) {
        a[to + k * PANEL] = half[r * in + k];
      }
    }
  }

  private void pack(LoraSite.Part part, LowRank change, int first) {
    for (int i = 0; i < part.rows(); i++) {
      int panel = (part.at() + i) / PANEL;
      int to = at[panel] + (first - firstRank[panel]) * PANEL + (part.at() + i) % PANEL;
      for (int r = 0; r < change.rank(); r++) {
        b[to + r * PANEL] = (float) (change.scale() * change.b()[(part.from() + i) * change.rank() + r]);
      }
    }
  }

  int panels() {
    return panels;
  }

  /// Numbers that a row is reduced to, by whole panels.
  int width() {
    return panels * PANEL;
  }

  long bytes() {
    return Float.BYTES * ((long) a.length + b.length);
  }

  /// A panel of ranks of the four rows of a tile.
  void reduceTile(int panel, float[] x, int xo, float[] reduced, int to, float[] room) {
    Tiles.multiply(a, panel * PANEL * in, x, xo, ZEROS, 0, 0, room, 0, PANEL, in);
    for (int r = 0; r < PANEL; r++) {
      int place = to + (panel * PANEL + r) * TILE;
      for (int lane = 0; lane < TILE; lane++) {
        reduced[place + lane] = room[lane * PANEL + r];
      }
    }
  }

  /// A panel of ranks of one row, whose numbers lie `step` apart.
  void reduceRow(int panel, float[] x, int xo, int step, float[] reduced, int to, float[] room) {
    row(a, panel * PANEL * in, x, xo, step, ZEROS, 0, room, 0, in);
    for (int r = 0; r < PANEL; r++) {
      reduced[to + (panel * PANEL + r) * TILE] = room[r];
    }
  }

  /// Adds to a panel of outputs of the four rows of a tile.
  void expandTile(int panel, float[] reduced, int from, float[] y, int yo, int stride) {
    if (ranks[panel] > 0) {
      Tiles.multiply(b, at[panel], reduced, from + firstRank[panel] * TILE, y, yo, stride, y, yo, stride, ranks[panel]);
    }
  }

  /// Adds to a panel of outputs of one row.
  void expandRow(int panel, float[] reduced, int from, float[] y, int yo) {
    if (ranks[panel] > 0) {
      row(b, at[panel], reduced, from + firstRank[panel] * TILE, TILE, y, yo, y, yo, ranks[panel]);
    }
  }

  /// `y = from + Σ_k w[k][PANEL] · x[k]`: for each output the chain that [Tiles#multiply] makes.
  private static void row(float[] w, int wo, float[] x, int xo, int step, float[] from, int fo, float[] y, int yo, int count) {
    FloatVector a0 = FloatVector.fromArray(FLOATS, from, fo);
    FloatVector a1 = FloatVector.fromArray(FLOATS, from, fo + LANES);
    for (int k = 0; k < count; k++) {
      FloatVector v = FloatVector.broadcast(FLOATS, x[xo + k * step]);
      int q = wo + k * PANEL;
      a0 = FloatVector.fromArray(FLOATS, w, q).fma(v, a0);
      a1 = FloatVector.fromArray(FLOATS, w, q + LANES).fma(v, a1);
    }
    a0.intoArray(y, yo);
    a1.intoArray(y, yo + LANES);
  }
}
