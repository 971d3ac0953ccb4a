package dev.athanor.data.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartFileTest {
  private static final byte[] FIRST = "first half, ".repeat(10_000).getBytes(StandardCharsets.UTF_8);
  private static final byte[] SECOND = "second half. ".repeat(10_000).getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;
  private Shards shards;

  @BeforeEach
  void open() throws IOException {
    shards = new Shards(Files.createDirectories(folder.resolve("pass")));
    shards.openParts();
  }

  private static long count(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }

  @Test
  void finish_twoWritersOfTheSameShardAtOnce_eachLeavesItWhole() throws IOException {
    Path target = shards.file("0000000-000000", Shards.ASIDE);
    try (var slow = new PartFile(shards, "0000000-000000" + Shards.ASIDE);
        var other = new PartFile(shards, "0000000-000000" + Shards.ASIDE)) {
      slow.write(FIRST);
      other.write(FIRST);
      other.write(SECOND);
      assertThat(other.finish().sha256()).isEqualTo(Sha256.of(target));
      assertThat(target).hasSize(FIRST.length + SECOND.length);
      slow.write(SECOND);
      assertThat(target).hasSize(FIRST.length + SECOND.length);
      assertThat(slow.finish().sha256()).isEqualTo(Sha256.of(target));
    }
    assertThat(count(shards.folder())).isEqualTo(1);
    assertThat(count(shards.parts())).isZero();
  }

  @Test
  void close_withoutFinish_leavesNothing() throws IOException {
    try (var part = new PartFile(shards, "0000000-000000" + Shards.KEPT)) {
      part.write(FIRST);
    }
    assertThat(count(shards.folder())).isZero();
    assertThat(count(shards.parts())).isZero();
  }

  @Test
  void finish_afterThePassHasEnded_isRefused() throws IOException {
    try (var late = new PartFile(shards, "0000000-000000" + Shards.KEPT)) {
      late.write(FIRST);
      shards.removeParts();
      assertThatThrownBy(late::finish).isInstanceOf(UncheckedIOException.class);
      assertThatThrownBy(() -> new PartFile(shards, "0000000-000001" + Shards.KEPT)).isInstanceOf(UncheckedIOException.class);
    }
    assertThat(count(shards.folder())).isZero();
    assertThat(shards.parts()).doesNotExist();
  }

  @Test
  void openParts_afterAKill_clearsWhatItLeft() throws IOException {
    Files.writeString(shards.parts().resolve("0000000-000000.jsonl.zst.left"), "half");
    shards.openParts();
    assertThat(count(shards.parts())).isZero();
  }
}
