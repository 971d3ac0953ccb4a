package dev.athanor.cli;

import dev.athanor.base.UserException;
import dev.athanor.inference.CpuOptions;
import dev.athanor.inference.CpuRunner;
import dev.athanor.inference.Eviction;
import dev.athanor.inference.Runner;
import dev.athanor.inference.WeightFormat;
import dev.athanor.inference.torch.HybridRunner;
import dev.athanor.inference.torch.TorchOptions;
import dev.athanor.inference.torch.TorchRunner;
import dev.athanor.tensor.Device;
import dev.athanor.tensor.Precision;
import java.nio.file.Path;
import java.util.Optional;

/// Which runner computes a model's blocks.
sealed interface Placement {
  /// @param options as the flags say, of which a runner takes what concerns it
  /// @throws UserException when the model cannot be opened so
  Runner open(Path model, CpuOptions options);

  /// The CPU's kernels.
  record Kernels() implements Placement {
    @Override
    public Runner open(Path model, CpuOptions options) {
      return CpuRunner.open(model, options);
    }
  }

  /// LibTorch.
  record Torch(Device device) implements Placement {
    @Override
    public Runner open(Path model, CpuOptions options) {
      return TorchRunner.open(model, torch(device, options, options.weights().blocks().map(Torch::precision)));
    }

    private static Precision precision(WeightFormat format) {
      return switch (format) {
        case F32 -> Precision.F32;
        case BF16 -> Precision.BF16;
        case F16 -> Precision.F16;
        case INT8, INT4 ->
            throw new UserException(
                "--weights " + format.key() + " is for the CPU's kernels; LibTorch keeps matrices as f32, bf16 or f16");
      };
    }
  }

  /// The first blocks over LibTorch, the others by the CPU's kernels.
  record Hybrid(Device device, int torchBlocks) implements Placement {
    @Override
    public Runner open(Path model, CpuOptions options) {
      return HybridRunner.open(model, torchBlocks, torch(device, options, options.weights().blocks().flatMap(Hybrid::precision)), options);
    }

    /// Formats that LibTorch has not are for the other blocks: its own stay as they are stored.
    private static Optional<Precision> precision(WeightFormat format) {
      return switch (format) {
        case F32, BF16, F16 -> Optional.of(Torch.precision(format));
        case INT8, INT4 -> Optional.empty();
      };
    }
  }

  private static TorchOptions torch(Device device, CpuOptions options, Optional<Precision> weights) {
    if (!options.eviction().equals(Eviction.NONE)) {
      throw new UserException("--kv-window is for the CPU's kernels; LibTorch keeps all keys and values");
    }
    Optional<Precision> kv =
        switch (options.kv()) {
          case F32 -> Optional.empty();
          case F16 -> Optional.of(Precision.F16);
          case INT8 -> throw new UserException("--kv int8 is for the CPU's kernels; LibTorch keeps keys and values as f32 or f16");
        };
    return new TorchOptions(device, weights, kv, options.kvTokens(), options.threads());
  }
}
