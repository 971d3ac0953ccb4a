package dev.athanor.model;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.Sha256;
import dev.athanor.model.families.Families;
import dev.athanor.model.families.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// Fills a model's folder in the layout of a family that holds its spec.
///
/// @param shardBytes more than these go into several files
public record CheckpointWriter(Family family, ModelSpec spec, SpecialTokens special, long shardBytes) {
  /// In the layout of the first family that holds the spec, in shards of the usual size.
  public CheckpointWriter(ModelSpec spec, SpecialTokens special) {
    this(Families.of(spec), spec, special, CheckpointDir.SHARD_BYTES);
  }

  /// Writes everything that belongs to the folder, the digests last. To have it whole or not at all, fill one that
  /// [dev.athanor.base.AtomicPath] then puts in its place.
  ///
  /// @param folder is made where it is missing
  /// @param weights exactly those that `WeightNames.weights(spec)` lists, all of one dtype; each is asked for once
  /// @param more writes the tokenizer's files into the folder that it is given
  public void fill(Path folder, Map<String, ? extends TensorSource> weights, CheckpointDir.MoreFiles more)
      throws IOException {
    List<String> problems = PublishedTensors.problems(spec, weights);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("weights do not fit the spec: " + String.join("; ", problems));
    }
    Files.createDirectories(folder);
    ObjectNode config = family.config(spec, special, weights.values().iterator().next().dtype());
    SafeTensors.writeFolder(folder, PublishedTensors.publish(family, spec, weights), shardBytes);
    AtomicFile.writeString(folder.resolve(CheckpointDir.CONFIG), Json.pretty(config));
    AtomicFile.writeString(folder.resolve(CheckpointDir.GENERATION_CONFIG), Json.pretty(generationConfig(config)));
    more.writeTo(folder);
    writeChecksums(folder);
  }

  private static ObjectNode generationConfig(ObjectNode config) {
    ObjectNode generation = Json.MAPPER.createObjectNode();
    generation.set("bos_token_id", config.path("bos_token_id"));
    generation.set("eos_token_id", config.path("eos_token_id"));
    return generation;
  }

  /// Writes the SHA-256 of every file that is in the folder by now.
  static void writeChecksums(Path folder) throws IOException {
    Map<String, String> checksums = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        checksums.put(Objects.requireNonNull(file.getFileName(), "a file has a name").toString(), Sha256.of(file));
      }
    }
    AtomicFile.writeString(folder.resolve(CheckpointDir.CHECKSUMS), Json.pretty(checksums));
  }
}
