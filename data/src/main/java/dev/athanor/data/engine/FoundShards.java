package dev.athanor.data.engine;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;

/// Shows a pass's progress where other machines do the work: by looking for the shards that they have finished.
public final class FoundShards implements AutoCloseable {
  private static final long EVERY_MILLIS = 1000;

  private final Shards shards;
  private final PassProgress shown;
  private final Set<String> seen = new HashSet<>();
  private final Thread watcher;

  private FoundShards(PassTask task, Progress progress) {
    shards = new Shards(java.nio.file.Path.of(task.output()));
    long documents = task.input() == null ? -1 : Pass.inputShards(task).stream().mapToLong(Pass.InputShard::documents).sum();
    shown = PassProgress.ofDocuments(progress, task.title(), documents);
    watcher = Thread.ofPlatform().daemon().name("found-shards").unstarted(this::watch);
  }

  public static FoundShards watch(PassTask task, Progress progress) {
    var found = new FoundShards(task, progress);
    found.watcher.start();
    return found;
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(EVERY_MILLIS);
        lookAgain();
      }
    } catch (InterruptedException e) {
      // The pass has ended.
      return;
    }
  }

  private void lookAgain() {
    try {
      lookOnce();
    } catch (UncheckedIOException e) {
      // A file system of many machines has its moments: the next look finds what this one did not.
      return;
    }
  }

  /// Tells of shards that were not there before.
  public synchronized void lookOnce() {
    for (String name : shards.names()) {
      if (seen.add(name)) {
        try {
          shown.finished(shards.report(name));
        } catch (UserException e) {
          // Not yet whole where we look from: the next look finds it.
          seen.remove(name);
        }
      }
    }
  }

  @Override
  public void close() {
    watcher.interrupt();
    shown.close();
  }
}
