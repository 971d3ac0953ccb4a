package dev.athanor.cli;

import dev.athanor.base.UserException;
import dev.athanor.cli.stage.Registries;
import dev.athanor.inference.Engine;
import dev.athanor.inference.Generator;
import dev.athanor.model.gguf.GgufModel;
import dev.athanor.registry.Model;
import dev.athanor.registry.Registry;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.Tokenizers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Which implementations the commands use.
final class Wiring {
  private Wiring() {}

  static ModelOpener opener() {
    return new OpenModel(Wiring::engine, Wiring::released);
  }

  /// @param model a folder or a GGUF file, whose tokenizer is in it
  private static Generator engine(Path model, Launch launch) {
    Tokenizer tokenizer = tokenizer(model);
    return Engine.over(launch.placement().open(model, launch.engine().runner()), tokenizer, launch.engine());
  }

  /// @param file a model's folder or GGUF file
  static Tokenizer tokenizer(Path file) {
    if (Files.isDirectory(file)) {
      return Tokenizers.open(file);
    }
    try (GgufModel gguf = GgufModel.open(file)) {
      if (!gguf.hasTokenizer()) {
        throw new UserException(
            gguf.path() + " holds no tokenizer, which is needed to generate; make one that does with athanor model export");
      }
      return gguf.tokenizer();
    }
  }

  private static Optional<Path> released(Optional<String> name) {
    Registry registry = Registries.open();
    return name.map(registry::model).or(registry::latestModel).map(Model::path);
  }
}
