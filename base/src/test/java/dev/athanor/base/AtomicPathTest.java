package dev.athanor.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicPathTest {
  @TempDir Path dir;

  private static void folder(Path at, String text) throws IOException {
    Files.createDirectories(at.resolve("inner"));
    Files.writeString(at.resolve("inner/a.txt"), text);
  }

  @Test
  void write_folderOverAnother_replacesAllOfIt() throws IOException {
    Path target = dir.resolve("parent/model");
    AtomicPath.write(target, at -> folder(at, "one"));
    Files.writeString(target.resolve("left-over"), "x");
    AtomicPath.write(target, at -> folder(at, "two"));
    assertThat(target.resolve("inner/a.txt")).hasContent("two");
    assertThat(target.resolve("left-over")).doesNotExist();
    assertThat(dir.resolve("parent").toFile().list()).containsExactly("model");
  }

  @Test
  void write_file_isRenamedIntoItsPlace() {
    AtomicPath.write(dir.resolve("f"), at -> Files.writeString(at, "x"));
    assertThat(dir.resolve("f")).hasContent("x");
  }

  @Test
  void write_thatFails_leavesTheOldAndNothingElse() {
    AtomicPath.write(dir.resolve("model"), at -> folder(at, "one"));
    assertThatThrownBy(
            () ->
                AtomicPath.write(
                    dir.resolve("model"),
                    at -> {
                      folder(at, "half");
                      throw new UserException("no");
                    }))
        .isInstanceOf(UserException.class);
    assertThatThrownBy(
            () ->
                AtomicPath.write(
                    dir.resolve("other"),
                    at -> {
                      folder(at, "half");
                      throw new IOException("No space left on device");
                    }))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no room left")
        .hasMessageContaining("other");
    assertThat(dir.toFile().list()).containsExactly("model");
    assertThat(dir.resolve("model/inner/a.txt")).hasContent("one");
  }
}
