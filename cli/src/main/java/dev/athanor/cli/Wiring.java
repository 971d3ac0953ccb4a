package dev.athanor.cli;

import dev.athanor.cli.stage.Registries;
import dev.athanor.inference.Engine;
import dev.athanor.registry.Model;
import dev.athanor.registry.Registry;
import dev.athanor.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.Optional;

/// Which implementations the commands use.
final class Wiring {
  private Wiring() {}

  static ModelOpener opener() {
    return new OpenModel(
        (dir, options) -> Engine.open(dir, Tokenizers.load(dir), options), Wiring::released);
  }

  private static Optional<Path> released(Optional<String> name) {
    Registry registry = Registries.open();
    return name.map(registry::model).or(registry::latestModel).map(Model::path);
  }
}
