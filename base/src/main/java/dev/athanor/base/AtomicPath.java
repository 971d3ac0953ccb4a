package dev.athanor.base;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// Makes a folder, or a file that something writes by its path, so that it is either there whole or not there: beside its place,
/// then renamed. After any failure the old content stands and what was half made is removed. Several at once is not for it.
public final class AtomicPath {
  private AtomicPath() {}

  /// What makes the file or folder at the path that it is given, where nothing is yet.
  @FunctionalInterface
  public interface Content {
    void writeTo(Path beside) throws IOException;
  }

  /// Replaces what stood there before, be it a file or a folder with all that is in it.
  public static void write(Path path, Content content) {
    Path target = path.toAbsolutePath().normalize();
    Path beside = target.resolveSibling("." + target.getFileName() + ".part");
    try {
      Files.createDirectories(Objects.requireNonNull(target.getParent(), "the root cannot be written"));
      delete(beside);
      content.writeTo(beside);
      replace(beside, target);
    } catch (IOException e) {
      clean(beside, e);
      throw AtomicFile.failure(path, e);
    } catch (RuntimeException | Error e) {
      clean(beside, e);
      throw e;
    }
  }

  /// Removes a file, or a folder and all that is in it; nothing where nothing is.
  public static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(path)) {
      deepestFirst = new ArrayList<>(all.toList()).reversed();
    } catch (UncheckedIOException e) {
      throw Objects.requireNonNull(e.getCause(), "it always has one");
    }
    for (Path each : deepestFirst) {
      Files.delete(each);
    }
  }

  /// A folder cannot be renamed over another: the old one steps aside first.
  private static void replace(Path beside, Path target) throws IOException {
    Path old = target.resolveSibling("." + target.getFileName() + ".old");
    delete(old);
    boolean stood = Files.exists(target);
    if (stood) {
      Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
    if (stood) {
      delete(old);
    }
  }

  private static void clean(Path beside, Throwable because) {
    try {
      delete(beside);
    } catch (IOException alsoFailed) {
      because.addSuppressed(alsoFailed);
    }
  }
}
