package dev.athanor.cli.quantize;

import dev.athanor.base.AtomicPath;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DecoderWeights;
import dev.athanor.model.QuantizedCopy;
import dev.athanor.model.QuantizedMatrix;
import dev.athanor.model.StoredWeight;
import dev.athanor.model.gguf.GgmlType;
import dev.athanor.model.gguf.GgufModel;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// How a quantized model is written. Codes and scales are in the files as they were found.
public enum QuantizedOutput {
  /// A folder in the published compressed-tensors layout.
  FOLDER {
    @Override
    public void write(CheckpointDir from, Map<String, StoredWeight> weights, Path to) {
      QuantizedCopy copy = new QuantizedCopy(from, weights, CheckpointDir.SHARD_BYTES);
      AtomicPath.write(to, copy::fill);
    }
  },
  /// One file; matrices of 8 bits are Q8_0, of 4 bits Q4_0.
  GGUF {
    @Override
    public void write(CheckpointDir from, Map<String, StoredWeight> weights, Path to) {
      DecoderWeights model = from.with(weights);
      Optional<Tokenizer> tokenizer =
          Tokenizers.isIn(from.path()) ? Optional.of(Tokenizers.open(from.path())) : Optional.empty();
      Map<String, QuantizedMatrix.Bits> quantized =
          weights.entrySet().stream()
              .filter(entry -> entry.getValue() instanceof QuantizedMatrix)
              .collect(Collectors.toMap(Map.Entry::getKey, entry -> ((QuantizedMatrix) entry.getValue()).bits()));
      GgufModel.write(to, from.decoder(), from.special(), tokenizer, model::weight, GgmlType.F32, quantized);
    }
  };

  /// @param weights that replace the model's
  public abstract void write(CheckpointDir from, Map<String, StoredWeight> weights, Path to);

  /// As options name it.
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
