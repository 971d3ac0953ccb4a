package dev.athanor.inference;

import dev.athanor.base.UserException;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DecoderWeights;
import dev.athanor.model.WeightSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Computes a decoder on the CPU in F32 with SIMD kernels. Thread-safe: one forward pass at a time.
public final class CpuRunner extends ChainRunner {
  private final Optional<LoadedAdapters> adapters;

  CpuRunner(DecoderWeights model, CpuOptions options, CpuBlocks all) {
    super(model.decoder(), options.kv(), CpuBlocks.pages(model, options, all.range()), List.of(all), options.eviction());
    adapters =
        model instanceof CheckpointDir folder
            ? Optional.of(new LoadedAdapters(folder.family(), folder.decoder(), all.sites()))
            : Optional.empty();
  }

  /// Loads a model's folder or GGUF file, which is not needed afterwards.
  ///
  /// @throws UserException when it is missing or damaged, or holds no decoder
  public static CpuRunner open(Path model, CpuOptions options) {
    try (WeightSource checkpoint = StoredFormats.open(model)) {
      return of(checkpoint, options);
    }
  }

  /// With weights as they are stored and memory without a limit.
  ///
  /// @param threads that compute, the caller among them
  public static CpuRunner open(Path model, int threads) {
    return open(model, CpuOptions.of(threads));
  }

  /// Of weights that are open, and are not needed afterwards. As they are stored means for a GGUF file what [StoredFormats] says.
  ///
  /// @throws UserException when they are of no decoder
  public static CpuRunner of(DecoderWeights model, CpuOptions options) {
    CpuOptions formats = options.withWeights(StoredFormats.of(model, options.weights()));
    return new CpuRunner(model, formats, new CpuBlocks(model, formats, BlockRange.all(model.decoder())));
  }

  /// Of a folder's model alone: adapters are named as its family names its weights.
  @Override
  public Optional<LoadedAdapters> adapters() {
    return adapters;
  }
}
