package dev.athanor.base.run;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.base.run.Artifact.ArtifactFile;
import dev.athanor.base.run.RunResult.StageResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A chain of stages in one folder.
///
/// A finished artifact lies in `artifacts/<stage>-<key>/`, one under way in `work/<stage>-<key>/`; it goes from the one to
/// the other by a rename, after its manifest is on the disk, so what lies in `artifacts` was whole once. Whether it still
/// is, every run checks by the digests of all files. The key is the hash of all that went in, and an input goes in by
/// its content: a stage that is redone and writes the same as before redoes nothing after it.
public final class Run implements AutoCloseable {
  private static final Duration SAVE_PERIOD = Duration.ofSeconds(3);
  private static final int KEY_CHARACTERS = 12;

  private final Path runDir;
  private final Progress progress;
  private final String codeVersion;
  private final Duration savePeriod;
  private final RunLock lock;

  private Run(Path runDir, Progress progress, String codeVersion, Duration savePeriod, RunLock lock) {
    this.runDir = runDir;
    this.progress = progress;
    this.codeVersion = codeVersion;
    this.savePeriod = savePeriod;
    this.lock = lock;
  }

  /// Opens the folder, creating it, and holds it against other processes until it is closed.
  ///
  /// @param codeVersion of the program, noted in every artifact; no part of a key (a stage's own version is)
  /// @throws UserException when another process works in the folder, or it cannot be written
  public static Run open(Path runDir, Progress progress, String codeVersion) {
    return open(runDir, progress, codeVersion, SAVE_PERIOD);
  }

  static Run open(Path runDir, Progress progress, String codeVersion, Duration savePeriod) {
    try {
      Files.createDirectories(runDir.resolve("artifacts"));
      Files.createDirectories(runDir.resolve("work"));
    } catch (IOException e) {
      throw new UserException(
          "cannot use " + runDir + " as the run's folder: " + reason(e) + "; name another with --run-dir", e);
    }
    return new Run(runDir, progress, codeVersion, savePeriod, RunLock.take(runDir));
  }

  public Path folder() {
    return runDir;
  }

  public RunResult execute(List<? extends Stage> stages) throws InterruptedException {
    return execute(stages, result -> {});
  }

  /// Brings every stage's artifact into being, in order: reuses the whole, resumes the interrupted, redoes the damaged.
  ///
  /// @param finished is told of each artifact as soon as it is there
  /// @throws UserException as a stage throws it, or when the disk is full
  /// @throws StageFailedException when a stage throws anything else
  public RunResult execute(List<? extends Stage> stages, Consumer<StageResult> finished)
      throws InterruptedException {
    check(stages);
    Map<String, StageResult> results = new LinkedHashMap<>();
    for (Stage stage : stages) {
      String title = "stage %d/%d %s: ".formatted(results.size() + 1, stages.size(), stage.name());
      StageResult result = bringAbout(stage, title, results);
      results.put(stage.name(), result);
      finished.accept(result);
    }
    return new RunResult(List.copyOf(results.values()));
  }

  private static void check(List<? extends Stage> stages) {
    Set<String> earlier = new HashSet<>();
    for (Stage stage : stages) {
      if (!stage.name().matches("[A-Za-z0-9_-]+")) {
        throw new IllegalArgumentException("'" + stage.name() + "' is no name for a stage");
      }
      for (String input : stage.inputs()) {
        if (!earlier.contains(input)) {
          throw new IllegalArgumentException(
              "stage %s reads '%s', which is no earlier stage".formatted(stage.name(), input));
        }
      }
      if (!earlier.add(stage.name())) {
        throw new IllegalArgumentException("two stages are named " + stage.name());
      }
    }
  }

  private StageResult bringAbout(Stage stage, String title, Map<String, StageResult> earlier)
      throws InterruptedException {
    try {
      long start = System.nanoTime();
      Key key = key(stage, earlier);
      Artifact whole = findWhole(key);
      if (whole != null) {
        progress.say(title + "reused (" + time((System.nanoTime() - start) / 1e9) + ")");
        return new StageResult(whole, artifactFolder(key), true);
      }
      return compute(stage, key, title, earlier);
    } catch (UserException | InterruptedException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      if (isDiskFull(e)) {
        throw new UserException(
            "no room left on the disk in stage %s (%s); free some space and run the same command again, it goes on from here"
                .formatted(stage.name(), runDir),
            e);
      }
      throw new StageFailedException(stage.name(), e);
    }
  }

  // ---- keys

  private record Key(
      String stage, String hash, Object configuration, String fingerprint, Map<String, String> inputs) {
    String folderName() {
      return stage + "-" + hash.substring(0, KEY_CHARACTERS);
    }
  }

  private static Key key(Stage stage, Map<String, StageResult> earlier) {
    Map<String, String> inputs = new TreeMap<>();
    for (String input : stage.inputs()) {
      inputs.put(input, named(earlier, input).artifact().digest());
    }
    // As in a recipe: an alternative of a sealed interface carries its name, which its fields alone would not.
    Object configuration = Recipes.toTree(stage.configuration());
    String fingerprint = stage.fingerprint();
    Map<String, Object> all =
        Map.of(
            "stage", stage.name(),
            "version", stage.version(),
            "configuration", configuration,
            "fingerprint", fingerprint,
            "inputs", inputs);
    return new Key(stage.name(), Sha256.of(Json.canonical(all)), configuration, fingerprint, inputs);
  }

  private static StageResult named(Map<String, StageResult> earlier, String stage) {
    StageResult result = earlier.get(stage);
    if (result == null) {
      throw new IllegalArgumentException("no stage '" + stage + "' came earlier in this run");
    }
    return result;
  }

  private Path artifactFolder(Key key) {
    return runDir.resolve("artifacts").resolve(key.folderName());
  }

  private Path workFolder(Key key) {
    return runDir.resolve("work").resolve(key.folderName());
  }

  private Path attemptFile(Key key) {
    return runDir.resolve("work").resolve(key.folderName() + ".json");
  }

  // ---- what is there already

  /// The artifact if it is finished and whole. A damaged one goes back to work without its damaged files.
  private @Nullable Artifact findWhole(Key key) throws IOException, InterruptedException {
    Path folder = artifactFolder(key);
    if (!Files.isDirectory(folder)) {
      return null;
    }
    Artifact artifact = readOrSay(key, folder);
    if (artifact == null) {
      backToWork(key, folder);
      return null;
    }
    List<ArtifactFile> damaged = Fingerprints.damaged(folder, artifact);
    for (ArtifactFile file : damaged) {
      sayDamaged(folder.resolve(file.path()), file);
      Files.deleteIfExists(folder.resolve(file.path()));
    }
    if (damaged.stream().allMatch(ArtifactFile::isCheckpoint)) {
      return damaged.isEmpty() ? artifact : without(damaged, artifact, folder);
    }
    Attempt.leave(attemptFile(key), artifact.seconds(), artifact.metrics());
    backToWork(key, folder);
    return null;
  }

  private @Nullable Artifact readOrSay(Key key, Path folder) {
    try {
      Artifact artifact = Artifact.read(folder);
      if (artifact.key().equals(key.hash())) {
        return artifact;
      }
      progress.say(folder + ": belongs to another configuration; the stage is redone");
    } catch (UserException e) {
      progress.say(e.getMessage() + "; the stage is redone");
    }
    return null;
  }

  private void sayDamaged(Path file, ArtifactFile expected) {
    String what = Files.exists(file) ? "is damaged (it does not match its checksum)" : "is missing";
    progress.say(
        expected.isCheckpoint()
            ? file + " " + what + "; it is no longer needed and was removed"
            : file + " " + what + "; the stage is redone from what is whole");
  }

  /// The finished artifact after checkpoints that nothing needs any more were lost.
  private static Artifact without(List<ArtifactFile> lost, Artifact artifact, Path folder) {
    List<ArtifactFile> files = artifact.files().stream().filter(file -> !lost.contains(file)).toList();
    Artifact rest =
        new Artifact(
            artifact.stage(),
            artifact.version(),
            artifact.key(),
            artifact.digest(),
            artifact.configuration(),
            artifact.fingerprint(),
            artifact.inputs(),
            artifact.seconds(),
            artifact.created(),
            artifact.codeVersion(),
            artifact.metrics(),
            files);
    rest.write(folder);
    return rest;
  }

  private void backToWork(Key key, Path folder) throws IOException {
    Path work = workFolder(key);
    deleteFolder(work);
    Files.move(folder, work, StandardCopyOption.ATOMIC_MOVE);
    Files.deleteIfExists(work.resolve(Artifact.MANIFEST));
  }

  private static void deleteFolder(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> walk = Files.walk(folder)) {
        for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  // ---- computing

  private StageResult compute(Stage stage, Key key, String title, Map<String, StageResult> earlier)
      throws IOException, InterruptedException {
    Path work = Files.createDirectories(workFolder(key));
    // One left by a kill between the manifest and the rename: the files may be there, but the stage is asked again.
    Files.deleteIfExists(work.resolve(Artifact.MANIFEST));
    Artifact artifact;
    try (Attempt attempt = Attempt.open(attemptFile(key), savePeriod)) {
      double before = attempt.secondsBefore();
      progress.say(title + (before > 0 ? "resumes after " + time(before) + " of work" : "starts"));
      try {
        stage.run(new Context(stage, work, attempt, earlier));
        artifact = finish(stage, key, work, attempt);
      } catch (IOException | RuntimeException | InterruptedException e) {
        saveQuietly(attempt, e);
        throw e;
      }
    }
    Path folder = artifactFolder(key);
    Files.move(work, folder, StandardCopyOption.ATOMIC_MOVE);
    Files.deleteIfExists(attemptFile(key));
    progress.say(title + "done in " + time(artifact.seconds()));
    return new StageResult(artifact, folder, false);
  }

  private static void saveQuietly(Attempt attempt, Exception failure) {
    try {
      attempt.save();
    } catch (UserException | UncheckedIOException e) {
      failure.addSuppressed(e);
    }
  }

  private Artifact finish(Stage stage, Key key, Path work, Attempt attempt)
      throws IOException, InterruptedException {
    if (Files.exists(work.resolve(Artifact.MANIFEST))) {
      throw new IllegalStateException("a stage must not write a file named " + Artifact.MANIFEST);
    }
    List<ArtifactFile> files = Fingerprints.describe(work);
    Artifact artifact =
        new Artifact(
            key.stage(),
            stage.version(),
            key.hash(),
            Artifact.contentDigest(files),
            Json.tree(Json.write(key.configuration())),
            key.fingerprint(),
            key.inputs(),
            attempt.seconds(),
            Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
            codeVersion,
            attempt.metrics(),
            files);
    artifact.write(work);
    return artifact;
  }

  private final class Context implements StageContext {
    private final Stage stage;
    private final Path output;
    private final Attempt attempt;
    private final Map<String, StageResult> earlier;

    Context(Stage stage, Path output, Attempt attempt, Map<String, StageResult> earlier) {
      this.stage = stage;
      this.output = output;
      this.attempt = attempt;
      this.earlier = Map.copyOf(earlier);
    }

    @Override
    public Path output() {
      return output;
    }

    @Override
    public Path checkpoints() {
      try {
        return Files.createDirectories(output.resolve(CHECKPOINTS));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Path input(String name) {
      if (!stage.inputs().contains(name)) {
        throw new IllegalArgumentException("stage %s does not list '%s' as an input".formatted(stage.name(), name));
      }
      return named(earlier, name).folder();
    }

    @Override
    public Artifact artifact(String name) {
      return named(earlier, name).artifact();
    }

    @Override
    public Progress progress() {
      return progress;
    }

    @Override
    public void metric(String name, Object value) {
      attempt.metric(name, value);
    }

    @Override
    public double seconds() {
      return attempt.seconds();
    }
  }

  // ---- failures

  private static boolean isDiskFull(Throwable failure) {
    List<Throwable> seen = new ArrayList<>();
    for (Throwable t = failure; t != null && !seen.contains(t); t = t.getCause()) {
      String message = String.valueOf(t.getMessage());
      if (t instanceof IOException && (message.contains("No space left") || message.contains("quota exceeded"))) {
        return true;
      }
      seen.add(t);
    }
    return false;
  }

  private static String reason(IOException e) {
    if (e instanceof FileSystemException fault) {
      String kind = fault.getClass().getSimpleName().replace("Exception", "");
      return fault.getReason() == null ? kind + " " + fault.getFile() : fault.getFile() + ": " + fault.getReason();
    }
    return String.valueOf(e.getMessage());
  }

  /// "0.3 s", "4m 12s", "1h 02m".
  static String time(double seconds) {
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    return whole < 3600
        ? "%dm %02ds".formatted(whole / 60, whole % 60)
        : "%dh %02dm".formatted(whole / 3600, whole / 60 % 60);
  }

  @Override
  public void close() {
    lock.close();
  }
}
