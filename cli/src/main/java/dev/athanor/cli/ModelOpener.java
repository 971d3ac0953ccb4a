package dev.athanor.cli;

import dev.athanor.inference.EngineOptions;
import dev.athanor.inference.Generator;
import org.jspecify.annotations.Nullable;

/// Opens the model that a command names.
@FunctionalInterface
interface ModelOpener {
  /// @param reference a folder, or a name in the registry; null for the one released last
  /// @throws dev.athanor.base.UserException when there is none such
  Opened open(@Nullable String reference, EngineOptions options);

  /// @param name what clients of the server call it
  record Opened(String name, Generator generator) implements AutoCloseable {
    @Override
    public void close() {
      generator.close();
    }
  }
}
