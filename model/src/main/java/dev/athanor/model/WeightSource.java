package dev.athanor.model;

import dev.athanor.model.gguf.GgufModel;
import java.nio.file.Files;
import java.nio.file.Path;

/// A decoder's weights by our names, wherever they are: a folder in the published layout, a GGUF file, or made up.
public interface WeightSource extends AutoCloseable {
  /// Where they come from, for messages.
  Path path();

  /// @throws dev.athanor.base.UserException when the model is of another kind
  DecoderSpec decoder();

  /// @param name ours, as `WeightNames` gives it
  StoredTensor tensor(String name);

  /// A weight as F32.
  default float[] floats(String name) {
    return tensor(name).floats();
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
