package dev.athanor.cli.model;

import dev.athanor.inference.CpuRunner;
import dev.athanor.inference.EngineOptions;
import dev.athanor.inference.KvCache;
import dev.athanor.inference.Logits;
import dev.athanor.inference.Slice;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DecoderSpec;
import java.util.ArrayList;
import java.util.List;

/// A decoder's [Outputs] by the engine that serves it.
final class CpuOutputs {
  private CpuOutputs() {}

  /// @param dir of a decoder
  static Outputs of(CheckpointDir dir, long seed) {
    DecoderSpec spec = dir.decoder();
    List<int[]> sequences = new RandomInputs(seed).sequences(spec.vocabSize(), spec.contextLength());
    try (CpuRunner runner = CpuRunner.of(dir, EngineOptions.DEFAULT.runner())) {
      List<Slice> slices = new ArrayList<>();
      for (int[] ids : sequences) {
        KvCache cache = runner.newCache();
        cache.expect(ids.length);
        slices.add(new Slice(cache, ids, 0, ids.length, ids.length));
      }
      Logits logits = runner.forward(slices);
      float[] values = new float[Math.multiplyExact(logits.rows(), spec.vocabSize())];
      for (int row = 0; row < logits.rows(); row++) {
        System.arraycopy(logits.data(), logits.row(row), values, row * spec.vocabSize(), spec.vocabSize());
      }
      return new Outputs(Outputs.Kind.LOGITS, spec.vocabSize(), values);
    }
  }
}
