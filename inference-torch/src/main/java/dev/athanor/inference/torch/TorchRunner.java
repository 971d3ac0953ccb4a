package dev.athanor.inference.torch;

import dev.athanor.base.UserException;
import dev.athanor.inference.BlockRange;
import dev.athanor.inference.ChainRunner;
import dev.athanor.inference.KvFormat;
import dev.athanor.inference.StoredFormats;
import dev.athanor.model.WeightSource;
import dev.athanor.tensor.Precision;
import java.nio.file.Path;
import java.util.List;

/// Computes a decoder over LibTorch, on the CPU or a GPU. Thread-safe: one forward pass at a time.
///
/// How products add up depends on how many rows they have, so logits of one sequence differ in their last digits with what else is in
/// the batch and how the sequence is cut.
public final class TorchRunner extends ChainRunner {
  private TorchRunner(WeightSource checkpoint, int pages, TorchBlocks all) {
    super(checkpoint.decoder(), format(all.kvPrecision()), pages, List.of(all));
  }

  /// The format as [dev.athanor.inference.KvMemory] counts it.
  static KvFormat format(Precision precision) {
    return switch (precision) {
      case F32 -> KvFormat.F32;
      case BF16, F16 -> KvFormat.F16;
    };
  }

  /// Loads a model's folder or GGUF file, which is not needed afterwards.
  ///
  /// @throws UserException when it is missing or damaged or holds no decoder, or the device is not there
  public static TorchRunner open(Path model, TorchOptions options) {
    try (WeightSource checkpoint = StoredFormats.open(model)) {
      BlockRange all = BlockRange.all(checkpoint.decoder());
      int pages = TorchBlocks.pages(checkpoint, options, all);
      return new TorchRunner(checkpoint, pages, new TorchBlocks(checkpoint, options, all, pages));
    }
  }
}
