package dev.athanor.inference.torch;

import dev.athanor.inference.CpuOptions;
import dev.athanor.tensor.Device;
import dev.athanor.tensor.Precision;
import java.util.Optional;

/// @param weights how matrices are kept, and products computed; empty for as they are stored
/// @param kv how keys and values are kept; empty for as products are computed
/// @param kvTokens positions of all sequences together that are kept at most, by whole pages; [CpuOptions#UNLIMITED] for what the device
///     has room for when the model is loaded
/// @param threads inside an op on the CPU
public record TorchOptions(
    Device device, Optional<Precision> weights, Optional<Precision> kv, long kvTokens, int threads) {
  public TorchOptions {
    if (kvTokens < 1 || threads < 1) {
      throw new IllegalArgumentException("impossible options of a runner: " + kvTokens + ", " + threads);
    }
  }

  /// Weights as they are stored, as many keys and values as there is room for.
  public static TorchOptions of(Device device, int threads) {
    return new TorchOptions(device, Optional.empty(), Optional.empty(), CpuOptions.UNLIMITED, threads);
  }

  public TorchOptions withWeights(Precision precision) {
    return new TorchOptions(device, Optional.of(precision), kv, kvTokens, threads);
  }

  public TorchOptions withKv(Precision precision) {
    return new TorchOptions(device, weights, Optional.of(precision), kvTokens, threads);
  }

  public TorchOptions withKvTokens(long tokens) {
    return new TorchOptions(device, weights, kv, tokens, threads);
  }
}
