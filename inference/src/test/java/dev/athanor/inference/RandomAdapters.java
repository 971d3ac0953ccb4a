package dev.athanor.inference;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.SafeTensors;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import dev.athanor.model.families.PublishedWeight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/// Adapters of random numbers, large enough to matter, over random matrices of a decoder.
final class RandomAdapters {
  private RandomAdapters() {}

  /// Over each matrix of the blocks and an untied head, with a chance of three in four.
  static void write(Path dir, Path base, int rank, Random random) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    List<String> modules = new ArrayList<>();
    try (CheckpointDir checkpoint = CheckpointDir.look(base)) {
      Map<String, WeightSpec> ours =
          WeightNames.weights(checkpoint.spec()).stream().collect(Collectors.toMap(WeightSpec::name, w -> w));
      for (PublishedWeight tensor : checkpoint.family().layout(checkpoint.spec())) {
        List<WeightSpec> parts = tensor.parts().stream().map(ours::get).toList();
        if (parts.stream().allMatch(RandomAdapters::canBeAdapted) && random.nextInt(4) > 0) {
          String module = tensor.name().substring(0, tensor.name().length() - ".weight".length());
          int in = (int) parts.getFirst().shape()[1];
          int out = parts.stream().mapToInt(part -> (int) part.shape()[0]).sum();
          modules.add(module);
          tensors.put("base_model.model." + module + ".lora_A.weight", gaussians(random, rank, in));
          tensors.put("base_model.model." + module + ".lora_B.weight", gaussians(random, out, rank));
        }
      }
    }
    try {
      Files.createDirectories(dir);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    SafeTensors.write(dir.resolve("adapter_model.safetensors"), tensors);
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("peft_type", "LORA");
    config.put("r", rank);
    config.put("lora_alpha", rank / 2.0);
    config.put("target_modules", modules);
    AtomicFile.writeString(dir.resolve("adapter_config.json"), Json.pretty(config));
  }

  private static boolean canBeAdapted(WeightSpec weight) {
    return switch (weight.role()) {
      case MATRIX, EXPERT -> weight.name().contains(".layers.");
      case HEAD -> true;
      case EMBEDDING, TABLE, CONVOLUTION, VECTOR -> false;
    };
  }

  private static StoredTensor gaussians(Random random, int rows, int cols) {
    float[] values = KernelsTest.gaussians(random, rows * cols);
    for (int i = 0; i < values.length; i++) {
      values[i] /= (float) Math.sqrt(cols);
    }
    return StoredTensor.of(values, rows, cols);
  }
}
