package dev.athanor.cli;

import dev.athanor.base.UserException;
import dev.athanor.inference.Adapted;
import dev.athanor.inference.Generator;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.Tokenizers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Opens the model that a command names.
@FunctionalInterface
interface ModelOpener {
  /// @param reference a folder, a GGUF file, or a name in the registry; null for the one released last
  /// @throws dev.athanor.base.UserException when there is none such
  Opened open(@Nullable String reference, Launch launch);

  /// Where the model that is named lies; without a registry, a folder or a file.
  ///
  /// @throws dev.athanor.base.UserException when there is none such
  default Place place(@Nullable String reference) {
    if (reference == null) {
      throw new UserException("name a model's folder or a .gguf file");
    }
    return Place.of(Path.of(reference))
        .orElseThrow(() -> new UserException("no model '" + reference + "': there is neither a folder nor a file of this name"));
  }

  /// @param name what clients of a server call it
  /// @param path a folder in the published layout, or a GGUF file
  record Place(String name, Path path) {
    private static final String CONFIG = "config.json";
    private static final String GGUF = ".gguf";

    /// What lies at a path; empty where nothing does.
    ///
    /// @throws dev.athanor.base.UserException when it is no model
    static Optional<Place> of(Path path) {
      if (Files.isRegularFile(path)) {
        String name = nameOf(path);
        if (!name.endsWith(GGUF)) {
          throw new UserException(path + " is no model: those are a folder with config.json, or a .gguf file");
        }
        return Optional.of(new Place(name.substring(0, name.length() - GGUF.length()), path));
      }
      return Files.isDirectory(path) ? Optional.of(folder(nameOf(path), path)) : Optional.empty();
    }

    static Place folder(String name, Path dir) {
      boolean configured = Files.isRegularFile(dir.resolve(CONFIG));
      if (!configured || !Tokenizers.isIn(dir)) {
        throw new UserException(
            "%s is no model folder: it has no %s; a model folder holds config.json, tokenizer.json (or tokenizer.model) and *.safetensors"
                .formatted(dir, configured ? Tokenizers.FILE : CONFIG));
      }
      return new Place(name, dir);
    }

    private static String nameOf(Path path) {
      Path name = path.toAbsolutePath().normalize().getFileName();
      return Objects.requireNonNullElse(name, path).toString();
    }
  }

  /// Where it is, without opening it.
  ///
  /// @throws UserException when there is none such
  default Found find(@Nullable String reference) {
    throw new UserException("models cannot be opened on demand here");
  }

  /// @param name what clients of the server call it
  /// @param path a folder or a GGUF file
  /// @param tokenizer reads its tokenizer
  /// @param open opens it
  record Found(String name, Path path, Supplier<Tokenizer> tokenizer, Function<Launch, Generator> open) {}

  /// @param name what clients of the server call it
  record Opened(String name, Generator generator) implements AutoCloseable {
    /// The same with all requests under an adapter, which is loaded for it.
    ///
    /// @param folder of the adapter; null for none
    /// @throws UserException when it is none of the model's
    Opened under(@Nullable Path folder) {
      if (folder == null) {
        return this;
      }
      ServedSet.adapters(generator).load(folder.toString(), folder);
      return new Opened(name, new Adapted(generator, folder.toString()));
    }

    @Override
    public void close() {
      generator.close();
    }
  }
}
