package dev.athanor.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusFilesTest {
  @TempDir Path dir;

  private List<String> texts(String... patterns) {
    List<String> all = new ArrayList<>();
    try (CorpusFiles.Texts texts = CorpusFiles.find(List.of(patterns), dir, "text").read()) {
      texts.forEachRemaining(all::add);
    }
    return all;
  }

  @Test
  void read_textJsonLinesAndGzip_givesEveryTextInOrder() throws IOException {
    Files.writeString(dir.resolve("a.txt"), "one\r\ntwo");
    Files.writeString(dir.resolve("b.jsonl"), "{\"text\":\"three\"}\n\n{\"text\":\"四\\n\"}\n");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(dir.resolve("c.jsonl.gz")))) {
      out.write("{\"text\":\"five\"}".getBytes(StandardCharsets.UTF_8));
    }
    Files.writeString(dir.resolve("empty.txt"), "");
    assertThat(texts("*")).containsExactly("one\r\ntwo", "three", "四\n", "five");
    assertThat(texts("b.jsonl", "b.jsonl")).hasSize(2);
  }

  @Test
  void read_longFile_comesInPartsOfWholeLinesThatAreAllOfIt() throws IOException {
    String line = "中文 and words\n";
    String whole = line.repeat(3 * CorpusFiles.PART_CHARS / line.length()) + "the end";
    Files.writeString(dir.resolve("long.txt"), whole);
    List<String> parts = texts("long.txt");
    assertThat(parts).hasSizeGreaterThan(2);
    assertThat(String.join("", parts)).isEqualTo(whole);
    assertThat(parts.subList(0, parts.size() - 1)).allSatisfy(part -> assertThat(part).endsWith("\n"));
  }

  @Test
  void read_lineWithoutEnd_isCutBetweenCharacters() throws IOException {
    String whole = "x" + "𠮷".repeat(3 << 19);
    Files.writeString(dir.resolve("one.txt"), whole);
    List<String> parts = texts("one.txt");
    assertThat(parts).hasSizeGreaterThan(1);
    assertThat(String.join("", parts)).isEqualTo(whole);
    assertThat(parts).allSatisfy(part -> assertThat(Character.isHighSurrogate(part.charAt(part.length() - 1))).isFalse());
  }

  @Test
  void read_badInput_namesThePlace() throws IOException {
    Files.write(dir.resolve("latin.txt"), new byte[] {'a', '\n', (byte) 0xE9, 'b'});
    Files.writeString(dir.resolve("bad.jsonl"), "{\"text\":\"a\"}\n{\"content\":\"b\"}\n");
    Files.writeString(dir.resolve("broken.jsonl"), "{\"text\":");
    assertThatThrownBy(() -> texts("latin.txt")).isInstanceOf(UserException.class).hasMessageContaining("latin.txt").hasMessageContaining("UTF-8");
    assertThatThrownBy(() -> texts("bad.jsonl"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("bad.jsonl:2")
        .hasMessageContaining("content");
    assertThatThrownBy(() -> texts("broken.jsonl")).isInstanceOf(UserException.class).hasMessageContaining("broken.jsonl:1");
    assertThatThrownBy(() -> texts("none/*.txt")).isInstanceOf(UserException.class).hasMessageContaining("none");
  }
}
