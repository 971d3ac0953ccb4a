package dev.athanor.train;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import dev.athanor.model.DType;
import dev.athanor.model.SafeTensors;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.TensorSource;
import dev.athanor.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// A run's checkpoints: folders `step-00001200/`, each written beside its place and renamed, the last two kept. One holds every
/// tensor that training needs and, in `state.json`, the step, the curves and the tensors' digest.
public final class Checkpoints {
  private static final int KEPT = 2;
  private static final String TENSORS = "tensors.safetensors";
  private static final String STATE = "state.json";
  private static final String BEST = "best.safetensors";

  private final Path dir;
  private final Consumer<String> say;

  /// @param say hears of damaged checkpoints
  public Checkpoints(Path dir, Consumer<String> say) {
    this.dir = dir;
    this.say = say;
  }

  /// @param fingerprint of everything that must be equal for training to go on from here
  /// @param sha256 of the tensors' file
  record State(
      long step, long tokens, double seconds, double stepSeconds, String fingerprint, String sha256, TrainingLog log) {}

  void save(
      long step,
      long tokens,
      double seconds,
      double stepSeconds,
      String fingerprint,
      TrainingLog log,
      Map<String, Tensor> tensors) {
    Path target = dir.resolve("step-%08d".formatted(step));
    Path beside = dir.resolve(".step.part");
    try {
      delete(beside);
      Files.createDirectories(beside);
      Path file = beside.resolve(TENSORS);
      SafeTensors.write(file, onTheirWay(tensors));
      State state = new State(step, tokens, seconds, stepSeconds, fingerprint, Sha256.of(file), log);
      AtomicFile.writeString(beside.resolve(STATE), Json.pretty(state));
      delete(target);
      Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
      List<Path> all = newestFirst();
      for (Path old : all.subList(Math.min(KEPT, all.size()), all.size())) {
        delete(old);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the checkpoint " + target + ": " + e.getMessage(), e);
    }
  }

  /// Fills the tensors from the newest checkpoint that is whole; damaged ones are said and removed.
  ///
  /// @return empty when there is none to go on from
  Optional<State> restore(String fingerprint, Map<String, Tensor> tensors) {
    for (Path candidate : newestFirst()) {
      try {
        State state = Json.readFile(candidate.resolve(STATE), State.class);
        Path file = candidate.resolve(TENSORS);
        if (!Files.exists(file) || !Sha256.of(file).equals(state.sha256())) {
          throw new UserException("its tensors differ from their recorded sha256");
        }
        if (!state.fingerprint().equals(fingerprint)) {
          throw new UserException("it belongs to another plan");
        }
        try (SafeTensors stored = SafeTensors.open(file)) {
          tensors.forEach((name, tensor) -> tensor.set(stored.floats(name)));
        }
        return Optional.of(state);
      } catch (UserException e) {
        say.accept(
            "checkpoint " + candidate.getFileName() + " cannot be used (" + e.getMessage() + "); going back to the one before it");
        delete(candidate);
      }
    }
    return Optional.empty();
  }

  /// Keeps weights beside the checkpoints, in place of those that were kept before.
  void saveBest(Map<String, Tensor> weights) {
    SafeTensors.write(dir.resolve(BEST), onTheirWay(weights));
  }

  /// Copied one after the other as the file takes them: all at once they would be as much again as training itself keeps.
  private static SequencedMap<String, TensorSource> onTheirWay(Map<String, Tensor> tensors) {
    SequencedMap<String, TensorSource> sources = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) ->
            sources.put(
                name,
                TensorSource.loaded(
                    DType.F32, tensor.shape(), () -> StoredTensor.of(tensor.floats(), tensor.shape()))));
    return sources;
  }

  /// @throws UserException when none were kept
  void restoreBest(Map<String, Tensor> weights) {
    try (SafeTensors stored = SafeTensors.open(dir.resolve(BEST))) {
      weights.forEach((name, tensor) -> tensor.set(stored.floats(name)));
    }
  }

  private List<Path> newestFirst() {
    if (!Files.isDirectory(dir)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(dir)) {
      return entries
          .filter(path -> path.getFileName().toString().startsWith("step-"))
          .sorted(Comparator.comparing((Path path) -> path.getFileName().toString()).reversed())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + dir, e);
    }
  }

  private static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + folder, e);
    }
  }
}
