package dev.athanor.inference;

import dev.athanor.model.CheckpointDir;
import dev.athanor.model.Mixer;
import dev.athanor.model.WeightNames;
import java.util.List;

/// The weights of one block, packed.
///
/// @param qkv query, key and value projections, one below the other
/// @param qkvBias empty where there is none
/// @param qNorm empty where there is none, and so is kNorm
/// @param gateUp the gate, and up beginning on a panel of its own
record Block(
    float[] inputNorm,
    PackedMatrix qkv,
    float[] qkvBias,
    float[] qNorm,
    float[] kNorm,
    PackedMatrix o,
    float[] postNorm,
    PackedMatrix gateUp,
    PackedMatrix down) {
  private static final float[] NONE = {};

  static Block load(CheckpointDir checkpoint, int layer) {
    WeightNames.Block names = WeightNames.block(layer);
    Mixer.Attention attention = checkpoint.decoder().attention();
    return new Block(
        checkpoint.floats(names.inputNorm()),
        PackedMatrix.of(
            List.of(checkpoint.tensor(names.q()), checkpoint.tensor(names.k()), checkpoint.tensor(names.v())), false),
        attention.qkvBias()
            ? joined(
                checkpoint.floats(names.qBias()), checkpoint.floats(names.kBias()), checkpoint.floats(names.vBias()))
            : NONE,
        attention.qkNorm() ? checkpoint.floats(names.qNorm()) : NONE,
        attention.qkNorm() ? checkpoint.floats(names.kNorm()) : NONE,
        PackedMatrix.of(checkpoint.tensor(names.o())),
        checkpoint.floats(names.postNorm()),
        PackedMatrix.of(List.of(checkpoint.tensor(names.gate()), checkpoint.tensor(names.up())), true),
        PackedMatrix.of(checkpoint.tensor(names.down())));
  }

  private static float[] joined(float[]... parts) {
    int length = 0;
    for (float[] part : parts) {
      length += part.length;
    }
    float[] all = new float[length];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
