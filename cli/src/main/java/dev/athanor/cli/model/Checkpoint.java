package dev.athanor.cli.model;

import dev.athanor.base.UserException;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DType;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.gguf.GgufModel;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.Tokenizers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// A model that is there whole, in either of the layouts that Athanor reads.
public sealed interface Checkpoint extends AutoCloseable {
  /// @throws UserException when it is missing, damaged, not supported or not whole
  static Checkpoint open(Path path) {
    if (Files.isDirectory(path)) {
      return new Folder(CheckpointDir.open(path));
    }
    if (isGguf(path) && Files.exists(path)) {
      return openGguf(path);
    }
    if (!Files.exists(path)) {
      throw new UserException("no model at " + path + ": there is neither a folder nor a file of this name");
    }
    throw new UserException(path + " is no whole model: those are a folder with config.json, or a .gguf file");
  }

  /// A GGUF file, whatever it is called.
  static Checkpoint openGguf(Path path) {
    return new Gguf(GgufModel.open(path));
  }

  static boolean isGguf(Path path) {
    return path.toString().endsWith(".gguf");
  }

  ModelSpec spec();

  SpecialTokens special();

  /// The tokenizer, where there is one.
  ///
  /// @throws UserException when it is of a kind that Athanor does not read
  Optional<Tokenizer> tokenizer();

  /// @param name ours
  StoredTensor tensor(String name);

  /// What the weights are stored as; empty of a quantized type.
  Set<Optional<DType>> dtypes();

  @Override
  void close();

  record Folder(CheckpointDir dir) implements Checkpoint {
    @Override
    public ModelSpec spec() {
      return dir.spec();
    }

    @Override
    public SpecialTokens special() {
      return dir.special();
    }

    @Override
    public Optional<Tokenizer> tokenizer() {
      return Tokenizers.isIn(dir.path()) ? Optional.of(Tokenizers.open(dir.path())) : Optional.empty();
    }

    @Override
    public StoredTensor tensor(String name) {
      return dir.tensor(name);
    }

    @Override
    public Set<Optional<DType>> dtypes() {
      return dir.stored().names().stream()
          .filter(dir::holdsWeights)
          .map(name -> dir.isQuantized(name) ? Optional.<DType>empty() : Optional.of(dir.stored().tensor(name).dtype()))
          .collect(Collectors.toSet());
    }

    @Override
    public void close() {
      dir.close();
    }
  }

  record Gguf(GgufModel model) implements Checkpoint {
    @Override
    public ModelSpec spec() {
      return model.spec();
    }

    @Override
    public SpecialTokens special() {
      return model.special();
    }

    @Override
    public Optional<Tokenizer> tokenizer() {
      return model.hasTokenizer() ? Optional.of(model.tokenizer()) : Optional.empty();
    }

    @Override
    public StoredTensor tensor(String name) {
      return model.tensor(name);
    }

    @Override
    public Set<Optional<DType>> dtypes() {
      return model.file().tensors().values().stream()
          .filter(tensor -> !model.ours(tensor.name()).isEmpty())
          .map(tensor -> tensor.stored().map(StoredTensor::dtype))
          .collect(Collectors.toSet());
    }

    @Override
    public void close() {
      model.close();
    }
  }
}
