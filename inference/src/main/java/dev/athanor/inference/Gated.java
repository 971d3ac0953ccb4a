package dev.athanor.inference;

import dev.athanor.model.Activation;
import dev.athanor.model.WeightNames;
import java.util.List;

/// The weights of a gated feed-forward network: a block's own, or an expert.
///
/// @param gateUp the gate, and up beginning on a panel of its own
record Gated(int intermediate, PackedMatrix gateUp, PackedMatrix down, LoraSite gateUpSite, LoraSite downSite) {
  static Gated load(Weights weights, WeightNames.Block names, boolean biased, LoraSites sites) {
    return of(
        weights,
        Affine.load(weights, names.gatePart(), biased),
        Affine.load(weights, names.upPart(), biased),
        Affine.load(weights, names.downPart(), biased),
        List.of(names.gate(), names.up(), names.down()),
        sites);
  }

  static Gated load(Weights weights, WeightNames.Expert names, LoraSites sites) {
    return of(
        weights,
        weights.affine(names.gate()),
        weights.affine(names.up()),
        weights.affine(names.down()),
        List.of(names.gate(), names.up(), names.down()),
        sites);
  }

  private static Gated of(Weights weights, Affine gate, Affine up, Affine down, List<String> names, LoraSites sites) {
    int size = gate.height();
    PackedMatrix gateUp = weights.pack(List.of(gate, up), true);
    PackedMatrix downMatrix = weights.pack(down);
    return new Gated(
        size,
        gateUp,
        downMatrix,
        sites.site(
            gateUp,
            List.of(
                new LoraSite.Part(names.get(0), 0, size, 0), new LoraSite.Part(names.get(1), 0, size, Lanes.padded(size)))),
        sites.site(downMatrix, List.of(new LoraSite.Part(names.get(2), 0, down.height(), 0))));
  }

  /// Of the rows that `gateUp` makes.
  int stride() {
    return gateUp.paddedRows();
  }

  /// Makes of a row of gate and up what `down` reads.
  void activate(Activation activation, float[] rows, int row, Activations into, boolean alone) {
    int gate = row * stride();
    int up = gate + Lanes.padded(intermediate);
    Kernels.activate(activation, rows, gate, intermediate);
    Kernels.times(rows, gate, rows, up, intermediate);
    into.putRow(row, alone, rows, gate);
  }
}
