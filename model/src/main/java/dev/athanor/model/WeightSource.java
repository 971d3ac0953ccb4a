package dev.athanor.model;

import dev.athanor.model.gguf.GgufModel;
import java.nio.file.Files;
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

  /// Opens a model's folder or GGUF file and checks it.
  ///
  /// @throws dev.athanor.base.UserException when it is missing, damaged, not supported or not whole
  static WeightSource open(Path path) {
    return Files.isRegularFile(path) ? GgufModel.open(path) : CheckpointDir.open(path);
  }
}
