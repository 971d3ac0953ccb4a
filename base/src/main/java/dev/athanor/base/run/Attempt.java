package dev.athanor.base.run;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// What is known of an unfinished artifact beside its files: the seconds it took so far and its figures. A daemon thread
/// saves it now and then, so that a kill loses no more than one period of time and never a file.
final class Attempt implements AutoCloseable {
  private record State(double seconds, Map<String, JsonNode> metrics) {}

  private final Path file;
  private final double secondsBefore;
  private final Map<String, JsonNode> metrics;
  private final long startNanos = System.nanoTime();
  private final Thread saver;

  private Attempt(Path file, State before, Duration period) {
    this.file = file;
    this.secondsBefore = before.seconds();
    this.metrics = new TreeMap<>(before.metrics());
    this.saver = Thread.ofPlatform().daemon().name("run-state").unstarted(() -> saveEvery(period));
  }

  /// Goes on with what `file` says, or starts anew when there is none or it cannot be read.
  static Attempt open(Path file, Duration period) {
    Attempt attempt = new Attempt(file, read(file), period);
    attempt.saver.start();
    return attempt;
  }

  private static State read(Path file) {
    if (Files.exists(file)) {
      try {
        return Json.readFile(file, State.class);
      } catch (UserException e) {
        // Times and figures are worth less than the run: they start anew.
      }
    }
    return new State(0, Map.of());
  }

  /// Leaves the state for a next attempt; used when an artifact goes back to work.
  static void leave(Path file, double seconds, Map<String, JsonNode> metrics) {
    AtomicFile.writeString(file, Json.pretty(new State(seconds, metrics)));
  }

  double secondsBefore() {
    return secondsBefore;
  }

  double seconds() {
    return secondsBefore + (System.nanoTime() - startNanos) / 1e9;
  }

  synchronized void metric(String name, Object value) {
    metrics.put(name, Json.tree(Json.write(value)));
  }

  synchronized Map<String, JsonNode> metrics() {
    return new TreeMap<>(metrics);
  }

  synchronized void save() {
    leave(file, seconds(), metrics);
  }

  private void saveEvery(Duration period) {
    while (true) {
      try {
        Thread.sleep(period);
      } catch (InterruptedException e) {
        return;
      }
      saveIfRoom();
    }
  }

  private void saveIfRoom() {
    try {
      save();
    } catch (UserException | UncheckedIOException e) {
      // No room for a few bytes: the stage itself will say so better, and this is tried again.
    }
  }

  /// Stops saving; the file stays.
  @Override
  public void close() {
    saver.interrupt();
    boolean interrupted = false;
    while (saver.isAlive()) {
      try {
        saver.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
