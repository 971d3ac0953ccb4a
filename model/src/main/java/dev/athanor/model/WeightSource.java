package dev.athanor.model;

import java.nio.file.Path;

/// A decoder's weights on disk: a folder in the published layout, or a GGUF file.
public interface WeightSource extends DecoderWeights, AutoCloseable {
  /// The folder or file.
  Path path();

  @Override
  default String source() {
    return path().toString();
  }

  @Override
  void close();
}
