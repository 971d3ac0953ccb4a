package dev.athanor.base.run;

import dev.athanor.base.Sha256;
import dev.athanor.base.run.Artifact.ArtifactFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Stream;

/// Digests of an artifact's files, two at a time.
final class Fingerprints {
  private static final int THREADS = 2;

  private Fingerprints() {}

  /// Every file under `folder` but the manifest, sorted by path.
  static List<ArtifactFile> describe(Path folder) throws IOException, InterruptedException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.filter(Files::isRegularFile).sorted().toList();
    }
    List<ArtifactFile> described =
        parallel(files, file -> new ArtifactFile(relative(folder, file), size(file), Sha256.of(file)));
    return described.stream().filter(file -> !file.path().equals(Artifact.MANIFEST)).toList();
  }

  /// The files that are not as the artifact says: missing, of another size, or of another digest.
  static List<ArtifactFile> damaged(Path folder, Artifact artifact) throws InterruptedException {
    List<Boolean> whole = parallel(artifact.files(), file -> isWhole(folder.resolve(file.path()), file));
    List<ArtifactFile> damaged = new ArrayList<>();
    for (int i = 0; i < whole.size(); i++) {
      if (!whole.get(i)) {
        damaged.add(artifact.files().get(i));
      }
    }
    return damaged;
  }

  private static boolean isWhole(Path file, ArtifactFile expected) {
    return Files.isRegularFile(file)
        && size(file) == expected.bytes()
        && Sha256.of(file).equals(expected.sha256());
  }

  private static String relative(Path folder, Path file) {
    return folder.relativize(file).toString().replace('\\', '/');
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private static <T, R> List<R> parallel(List<T> items, Function<T, R> work) throws InterruptedException {
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<R>> futures = items.stream().map(item -> threads.submit(() -> work.apply(item))).toList();
      List<R> results = new ArrayList<>();
      for (Future<R> future : futures) {
        results.add(result(future));
      }
      return results;
    }
  }

  private static <R> R result(Future<R> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UncheckedIOException unreadable) {
        throw unreadable;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
