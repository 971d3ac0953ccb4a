package dev.athanor.inference;

import static dev.athanor.inference.Lanes.TILE;

import dev.athanor.model.WeightNames;
import java.util.ArrayList;
import java.util.List;

/// All products of a decoder that adapters may add to, and the memory for what is between their two halves.
final class LoraSites {
  private final List<LoraSite> sites = new ArrayList<>();
  private int perToken = 1;
  private int more;
  private float[] reduced = {};
  private int width;

  /// Parts of a matrix's outputs, each a whole weight, one below the other.
  ///
  /// @param parts named without `.weight`
  LoraSite site(PackedMatrix matrix, List<String> parts, List<Integer> heights) {
    List<LoraSite.Part> all = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < parts.size(); i++) {
      all.add(new LoraSite.Part(WeightNames.weight(parts.get(i)), 0, heights.get(i), at));
      at += heights.get(i);
    }
    return site(matrix, all);
  }

  /// One whole weight.
  ///
  /// @param part named without `.weight`
  LoraSite site(PackedMatrix matrix, String part) {
    return site(matrix, List.of(part), List.of(matrix.rows()));
  }

  LoraSite site(PackedMatrix matrix, List<LoraSite.Part> parts) {
    LoraSite site = new LoraSite(this, sites.size(), matrix, parts);
    sites.add(site);
    return site;
  }

  /// Makes room for products of more rows than a pass has tokens.
  void widen(int rowsPerToken, int besides) {
    perToken = Math.max(perToken, rowsPerToken);
    more = Math.max(more, besides);
  }

  List<LoraSite> all() {
    return sites;
  }

  /// Makes room for a pass.
  void fit(Batch batch) {
    width = 0;
    for (LoadedAdapter adapter : batch.distinctAdapters()) {
      width = Math.max(width, adapter.width());
    }
    long rows = Activations.roundedUp(Math.addExact(Math.multiplyExact(batch.tokens(), perToken), more));
    long numbers = rows * width;
    if (numbers > reduced.length) {
      reduced = new float[Math.toIntExact(numbers)];
    }
  }

  /// A x of the rows: tile by tile, in a tile rank by rank, in a rank row by row.
  float[] reduced() {
    return reduced;
  }

  /// Where a row's begin, TILE apart.
  int place(int row) {
    return row / TILE * TILE * width + row % TILE;
  }
}
