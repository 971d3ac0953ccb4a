package dev.athanor.base;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/// Writes a file so that it is either there whole or not there: beside its place, flushed to the disk, then renamed.
/// After any failure the old content stands and the half-written file is removed.
public final class AtomicFile {
  private AtomicFile() {}

  /// What fills the file.
  @FunctionalInterface
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  public static void write(Path file, Content content) {
    Path target = file.toAbsolutePath();
    Path beside = target.resolveSibling("." + target.getFileName() + ".part");
    try {
      Files.createDirectories(Objects.requireNonNull(target.getParent(), "a file has a folder"));
      try (FileChannel channel =
          FileChannel.open(
              beside,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
        content.writeTo(out);
        out.flush();
        channel.force(true);
      }
      Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (RuntimeException e) {
      remove(beside, e);
      throw e;
    } catch (IOException e) {
      remove(beside, e);
      throw failure(file, e);
    }
  }

  /// What to throw where a file or folder could not be written; a full disk is the user's to mend.
  public static RuntimeException failure(Path path, IOException cause) {
    if (String.valueOf(cause.getMessage()).contains("No space left")) {
      return new UserException(
          "no room left on the disk while writing " + path + "; free some space and run the same command again", cause);
    }
    return new UncheckedIOException("cannot write " + path + ": " + cause.getMessage(), cause);
  }

  private static void remove(Path beside, Exception because) {
    try {
      Files.deleteIfExists(beside);
    } catch (IOException alsoFailed) {
      because.addSuppressed(alsoFailed);
    }
  }

  public static void write(Path file, byte[] bytes) {
    write(file, out -> out.write(bytes));
  }

  public static void writeString(Path file, String text) {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }
}
