package dev.athanor.bench;

import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/// A model's folder with random weights, for what does not depend on them.
final class RandomCheckpoint {
  private RandomCheckpoint() {}

  static void write(Path folder, DecoderSpec spec) {
    Map<String, StoredTensor> weights = new LinkedHashMap<>();
    Random random = new Random(1);
    for (WeightSpec weight : WeightNames.weights(spec)) {
      float[] values = new float[Math.toIntExact(Arrays.stream(weight.shape()).reduce(1, (a, b) -> a * b))];
      boolean vector = weight.shape().length == 1;
      for (int i = 0; i < values.length; i++) {
        values[i] = vector ? 1 : (float) (0.02 * random.nextGaussian());
      }
      weights.put(weight.name(), StoredTensor.of(values, weight.shape()));
    }
    CheckpointDir.write(folder, spec, SpecialTokens.NONE, weights, _ -> {});
  }
}
