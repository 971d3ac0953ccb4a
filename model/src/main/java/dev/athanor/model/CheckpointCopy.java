package dev.athanor.model;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A model's folder written anew, in another dtype or other shards. Everything else is as it was: the tensors' names, every key
/// of the configuration, and the files beside them, of the tokenizer and others.
///
/// @param dtype of all weights; as they are stored where it is empty
/// @param shardBytes more than these go into several files
/// @param changed weights that are other numbers, by their stored names
public record CheckpointCopy(CheckpointDir from, Optional<DType> dtype, long shardBytes, Map<String, Numbers> changed) {
  private static final List<String> DTYPE_KEYS = List.of("dtype", "torch_dtype");
  private static final List<String> PARTS = List.of("text_config", "vision_config");
  /// Weights again, in the formats of others.
  private static final String OTHER_WEIGHTS = ".*\\.(safetensors|bin|pt|pth|pkl|ckpt|h5|msgpack|ot|onnx|tflite|gguf|index\\.json)";

  public CheckpointCopy {
    changed = Map.copyOf(changed);
  }

  /// With the numbers as they are.
  public CheckpointCopy(CheckpointDir from, Optional<DType> dtype, long shardBytes) {
    this(from, dtype, shardBytes, Map.of());
  }

  /// Fills a folder, made where it is missing. The tensors stream: none is in memory as a whole.
  ///
  /// @param written is told of the tensors' bytes as they are written; [#bytes] in all
  public void fill(Path folder, LongConsumer written) throws IOException {
    Files.createDirectories(folder);
    SequencedMap<String, TensorSource> counted = new LinkedHashMap<>();
    tensors().forEach((name, tensor) -> counted.put(name, tensor.counted(written)));
    SafeTensors.writeFolder(folder, counted, shardBytes);
    copyOthers(from.path(), folder, _ -> true);
    if (dtype.isPresent()) {
      AtomicFile.writeString(folder.resolve(CheckpointDir.CONFIG), Json.pretty(withDType(from.config(), dtype.get())));
    }
    CheckpointWriter.writeChecksums(folder);
  }

  /// Of all tensors as they will be written.
  public long bytes() {
    return tensors().values().stream().mapToLong(TensorSource::bytes).sum();
  }

  /// Whether some number may change.
  public boolean rounds() {
    return tensors().entrySet().stream()
        .anyMatch(
            entry -> {
              DType stored = from.stored().tensor(entry.getKey()).dtype();
              return entry.getValue().dtype() != stored && entry.getValue().dtype() != DType.F32;
            });
  }

  private Map<String, TensorSource> tensors() {
    Map<String, TensorSource> tensors = new LinkedHashMap<>();
    for (String name : from.stored().names()) {
      StoredTensor stored = from.stored().tensor(name);
      DType wanted = dtype.isPresent() && isRounded(name, stored) ? dtype.get() : stored.dtype();
      Numbers other = changed.get(name);
      tensors.put(name, other == null ? stored.as(wanted, name) : TensorSource.rounded(name, wanted, stored.shape(), other));
    }
    return tensors;
  }

  /// Weights, and what repeats them; buffers such as frequencies and positions stay.
  private boolean isRounded(String name, StoredTensor stored) {
    return stored.dtype().holdsWeights() && (from.holdsWeights(name) || stored.shape().length >= 2);
  }

  private static JsonNode withDType(JsonNode config, DType dtype) {
    ObjectNode copy = (ObjectNode) config.deepCopy();
    setDType(copy, dtype);
    if (DTYPE_KEYS.stream().noneMatch(copy::has)) {
      copy.put("torch_dtype", dtype.torchName());
    }
    for (String part : PARTS) {
      if (copy.get(part) instanceof ObjectNode own) {
        setDType(own, dtype);
      }
    }
    return copy;
  }

  private static void setDType(ObjectNode config, DType dtype) {
    for (String key : DTYPE_KEYS) {
      if (config.has(key)) {
        config.put(key, dtype.torchName());
      }
    }
  }

  /// Copies what stands in a model's folder beside its weights.
  ///
  /// @param more says of a file's name that it goes along
  static void copyOthers(Path from, Path folder, Predicate<String> more) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = Objects.requireNonNull(file.getFileName(), "a file has a name").toString();
        if (isCopied(name) && more.test(name)) {
          Files.copy(file, folder.resolve(name));
        }
      }
    }
  }

  private static boolean isCopied(String name) {
    return !name.startsWith(".") && !name.matches(OTHER_WEIGHTS) && !name.equals(CheckpointDir.CHECKSUMS);
  }
}
