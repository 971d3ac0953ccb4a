package dev.athanor.cli;

import dev.athanor.base.UserException;
import dev.athanor.inference.EngineOptions;
import dev.athanor.inference.Generator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// From what a user types to a model that generates: a folder in the published layout, else a name in the registry.
final class OpenModel implements ModelOpener {
  private static final List<String> FILES = List.of("config.json", "tokenizer.json");
  private static final String NONE_YET =
      "no model has been released here yet; make one with ./athanor run recipes/quickstart.yaml, or name a model folder";

  private final BiFunction<Path, EngineOptions, Generator> engine;
  private final Function<Optional<String>, Optional<Path>> registry;

  /// @param engine opens the model in a folder
  /// @param registry the folder of the model with a name, or of the one released last when no name is given
  OpenModel(BiFunction<Path, EngineOptions, Generator> engine, Function<Optional<String>, Optional<Path>> registry) {
    this.engine = engine;
    this.registry = registry;
  }

  @Override
  public Opened open(@Nullable String reference, EngineOptions options) {
    EngineOptions found = options.draft() == null ? options : options.withDraft(folder(options.draft().toString()));
    Path dir =
        reference == null
            ? checked(registry.apply(Optional.empty()).orElseThrow(() -> new UserException(NONE_YET)))
            : folder(reference);
    String name = reference == null || Files.isDirectory(Path.of(reference)) ? nameOf(dir) : reference;
    return new Opened(name, engine.apply(dir, found));
  }

  /// Of a folder's path or a registered name.
  private Path folder(String reference) {
    Path dir = Path.of(reference);
    if (Files.isDirectory(dir)) {
      return checked(dir);
    }
    return checked(
        registry
            .apply(Optional.of(reference))
            .orElseThrow(
                () -> new UserException("no model '" + reference + "': no folder has this name, and no released model")));
  }

  private static Path checked(Path dir) {
    for (String file : FILES) {
      if (!Files.isRegularFile(dir.resolve(file))) {
        throw new UserException(
            dir + " is no model folder: it has no " + file + "; a model folder holds config.json, tokenizer.json and *.safetensors");
      }
    }
    return dir;
  }

  private static String nameOf(Path dir) {
    Path name = dir.toAbsolutePath().normalize().getFileName();
    return Objects.requireNonNullElse(name, dir).toString();
  }
}
