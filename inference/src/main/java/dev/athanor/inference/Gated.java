package dev.athanor.inference;

import dev.athanor.model.Activation;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.WeightNames;
import java.util.List;

/// The weights of a gated feed-forward network: a block's own, or an expert.
///
/// @param gateUp the gate, and up beginning on a panel of its own
record Gated(int intermediate, PackedMatrix gateUp, PackedMatrix down) {
  static Gated load(CheckpointDir checkpoint, WeightNames.Block names, boolean biased) {
    return of(
        Affine.load(checkpoint, names.gatePart(), biased),
        Affine.load(checkpoint, names.upPart(), biased),
        Affine.load(checkpoint, names.downPart(), biased));
  }

  static Gated load(CheckpointDir checkpoint, WeightNames.Expert names) {
    return of(
        Affine.of(checkpoint.tensor(names.gate())),
        Affine.of(checkpoint.tensor(names.up())),
        Affine.of(checkpoint.tensor(names.down())));
  }

  private static Gated of(Affine gate, Affine up, Affine down) {
    return new Gated(gate.height(), PackedMatrix.of(List.of(gate, up), true), PackedMatrix.of(down));
  }

  /// Of the rows that `gateUp` makes.
  int stride() {
    return gateUp.paddedRows();
  }

  /// Makes of a row of gate and up what `down` reads.
  void activate(Activation activation, float[] rows, int row, Activations into, boolean alone) {
    int gate = row * stride();
    int up = gate + PackedMatrix.padded(intermediate);
    Kernels.activate(activation, rows, gate, intermediate);
    Kernels.times(rows, gate, rows, up, intermediate);
    into.put(row, alone, 0, rows, gate, intermediate);
  }
}
