package dev.athanor.model;

import java.util.List;

/// A model that says how likely text is. Every implementation (the LibTorch blocks, the SIMD engine) must agree on the same
/// checkpoint within 1e-3.
public interface LanguageModel extends AutoCloseable {
  DecoderSpec spec();

  /// The natural-log probability of every token after the first, given all before it in its own sequence.
  ///
  /// @param sequences token ids, each of 1 ≤ length ≤ `spec().contextLength()`
  /// @return for each sequence of length n, n − 1 values: `result[s][i] = ln p(t[i+1] | t[0..i])`
  List<float[]> score(List<int[]> sequences);

  @Override
  void close();
}
