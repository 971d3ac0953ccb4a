package dev.athanor.inference;

/// @param kv how keys and values are kept
/// @param kvTokens positions of all sequences together that their memory holds at most, by whole pages; memory is taken as it is used;
///     UNLIMITED for what the heap has room for when the model is loaded
/// @param eviction which positions a sequence keeps of them
/// @param threads that compute, the caller among them
public record CpuOptions(WeightFormats weights, KvFormat kv, long kvTokens, Eviction eviction, int threads) {
  public static final long UNLIMITED = Long.MAX_VALUE;

  public CpuOptions {
    if (kvTokens < 1 || threads < 1) {
      throw new IllegalArgumentException("impossible options of a runner: " + kvTokens + ", " + threads);
    }
  }

  /// Weights as they are stored, keys and values in F32, as many as there is room for.
  public static CpuOptions of(int threads) {
    return new CpuOptions(WeightFormats.AS_STORED, KvFormat.F32, UNLIMITED, Eviction.NONE, threads);
  }

  public CpuOptions withWeights(WeightFormats formats) {
    return new CpuOptions(formats, kv, kvTokens, eviction, threads);
  }

  public CpuOptions withKv(KvFormat format) {
    return new CpuOptions(weights, format, kvTokens, eviction, threads);
  }

  public CpuOptions withKvTokens(long tokens) {
    return new CpuOptions(weights, kv, tokens, eviction, threads);
  }

  public CpuOptions withEviction(Eviction which) {
    return new CpuOptions(weights, kv, kvTokens, which, threads);
  }

  /// @param affordable that the heap has room for
  int kvPages(long affordable) {
    long tokens = kvTokens == UNLIMITED ? affordable : kvTokens;
    return (int) Math.min(Integer.MAX_VALUE - 8, (tokens - 1) / PagePool.PAGE + 1);
  }
}
