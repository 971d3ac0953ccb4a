package dev.athanor.inference;

import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DecoderWeights;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSource;
import dev.athanor.model.WeightSpec;
import dev.athanor.model.gguf.GgmlType;
import dev.athanor.model.gguf.GgufModel;
import dev.athanor.model.gguf.GgufTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// What "as they are stored" means for the quantized types of a GGUF file: the narrowest format of ours that loses nothing, or hardly
/// anything. Q8_0 is kept as INT8 and Q4_0 as INT4, which round to the same numbers again; the others, of 4 to 6 bits, as INT8,
/// whose steps are finer than theirs.
public final class StoredFormats {
  private static final Set<WeightSpec.Role> BLOCKS =
      EnumSet.of(WeightSpec.Role.MATRIX, WeightSpec.Role.EXPERT, WeightSpec.Role.CONVOLUTION);

  private StoredFormats() {}

  /// Opens a model's folder or GGUF file and checks it.
  ///
  /// @throws dev.athanor.base.UserException when it is missing, damaged, not supported or not whole
  public static WeightSource open(Path model) {
    return Files.isRegularFile(model) ? GgufModel.open(model) : CheckpointDir.open(model);
  }

  /// @param wanted goes first
  public static WeightFormats of(DecoderWeights source, WeightFormats wanted) {
    return source instanceof GgufModel gguf && wanted.blocks().isEmpty()
        ? new WeightFormats(blocks(gguf), wanted.head().or(() -> head(gguf)))
        : wanted;
  }

  /// Empty where none is quantized.
  private static Optional<WeightFormat> blocks(GgufModel gguf) {
    Set<String> matrices = new HashSet<>();
    for (WeightSpec weight : WeightNames.weights(gguf.spec())) {
      if (BLOCKS.contains(weight.role())) {
        matrices.add(weight.name());
      }
    }
    Set<GgmlType> types = EnumSet.noneOf(GgmlType.class);
    for (GgufTensor tensor : gguf.file().tensors().values()) {
      if (tensor.stored().isEmpty() && gguf.ours(tensor.name()).stream().anyMatch(matrices::contains)) {
        types.add(tensor.type());
      }
    }
    if (types.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(types.equals(EnumSet.of(GgmlType.Q4_0)) ? WeightFormat.INT4 : WeightFormat.INT8);
  }

  /// Of the embedding's tensor, which stands for the vocabulary's matrices.
  private static Optional<WeightFormat> head(GgufModel gguf) {
    return gguf.file().tensors().values().stream()
        .filter(tensor -> gguf.ours(tensor.name()).contains(WeightNames.embedding()))
        .findFirst()
        .map(
            tensor ->
                tensor
                    .stored()
                    .map(stored -> WeightFormat.of(stored.dtype()))
                    .orElse(tensor.type() == GgmlType.Q4_0 ? WeightFormat.INT4 : WeightFormat.INT8));
  }
}
