package dev.athanor.cli;

import dev.athanor.base.UserException;
import dev.athanor.inference.EngineOptions;
import dev.athanor.inference.Generator;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// From what a user types to a model that generates: a folder in the published layout or a GGUF file, else a name in the registry.
final class OpenModel implements ModelOpener {
  private static final String NONE_YET =
      "no model has been released here yet; make one with ./athanor run recipes/quickstart.yaml, or name a model folder or a .gguf file";

  private final BiFunction<Path, Launch, Generator> engine;
  private final Function<Optional<String>, Optional<Path>> registry;

  /// @param engine opens the model in a folder or file
  /// @param registry the folder of the model with a name, or of the one released last when no name is given
  OpenModel(BiFunction<Path, Launch, Generator> engine, Function<Optional<String>, Optional<Path>> registry) {
    this.engine = engine;
    this.registry = registry;
  }

  @Override
  public Opened open(@Nullable String reference, Launch launch) {
    Found found = find(reference);
    return new Opened(found.name(), found.open().apply(launch));
  }

  @Override
  public Found find(@Nullable String reference) {
    Place place = place(reference);
    return new Found(place.name(), place.path(), () -> Wiring.tokenizer(place.path()), launch -> opened(place, launch));
  }

  private Generator opened(Place place, Launch launch) {
    Path draft = launch.engine().draft();
    EngineOptions options = draft == null ? launch.engine() : launch.engine().withDraft(place(draft.toString()).path());
    return engine.apply(place.path(), launch.with(options));
  }

  @Override
  public Place place(@Nullable String reference) {
    if (reference == null) {
      Path dir = registry.apply(Optional.empty()).orElseThrow(() -> new UserException(NONE_YET));
      return Place.folder(Objects.requireNonNullElse(dir.toAbsolutePath().normalize().getFileName(), dir).toString(), dir);
    }
    return Place.of(Path.of(reference)).orElseGet(() -> Place.folder(reference, released(reference)));
  }

  private Path released(String name) {
    try {
      return registry.apply(Optional.of(name)).orElseThrow(() -> new UserException("no released model"));
    } catch (UserException e) {
      throw new UserException("no model '" + name + "': there is no folder or file of this name, and " + e.getMessage(), e);
    }
  }
}
