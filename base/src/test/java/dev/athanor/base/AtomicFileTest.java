package dev.athanor.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path dir;

  @Test
  void write_failureOfAnyKind_leavesTheOldFileAlone() {
    Path file = dir.resolve("file");
    AtomicFile.writeString(file, "old");
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(1);
                      throw new IOException("broken");
                    }))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("broken");
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(1);
                      throw new UserException("does not fit");
                    }))
        .isInstanceOf(UserException.class)
        .hasMessage("does not fit");
    assertThat(file).hasContent("old");
    assertThat(dir).isDirectoryNotContaining(path -> !path.equals(file));
  }
}
