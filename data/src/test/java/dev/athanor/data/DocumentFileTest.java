package dev.athanor.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentFileTest {
  @TempDir Path folder;

  private final List<Document> documents =
      List.of(
          Documents.java("g:a:1", "p/A.java", "class A {}\n// 中文 \"x\"\n").with("b", "1").with("a", "2"),
          Documents.prose("empty", ""));

  private static List<Document> readAll(Path file) {
    try (var stream = DocumentFile.read(file)) {
      return stream.toList();
    }
  }

  @Test
  void read_writtenDocuments_areEqual() {
    Path file = folder.resolve("documents.jsonl.gz");
    DocumentFile.write(file, documents.iterator());
    assertThat(readAll(file)).isEqualTo(documents);
  }

  @Test
  void write_equalDocumentsWithMetadataPutInAnotherOrder_givesEqualBytes() throws IOException {
    Path one = folder.resolve("one.gz");
    Path two = folder.resolve("two.gz");
    DocumentFile.write(one, List.of(Documents.prose("x", "t").with("a", "1").with("b", "2").with("c", "3")).iterator());
    DocumentFile.write(two, List.of(Documents.prose("x", "t").with("c", "3").with("b", "2").with("a", "1")).iterator());
    assertThat(Files.readAllBytes(one)).isEqualTo(Files.readAllBytes(two));
    assertThat(Arrays.copyOfRange(Files.readAllBytes(one), 4, 8)).containsOnly(0);
  }

  @Test
  void read_brokenLine_namesFileAndLine() throws IOException {
    Path file = folder.resolve("broken.jsonl.gz");
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(
          """
          {"id":"a","text":"t","origin":"o","path":"p","licence":"l","language":"text","metadata":{}}
          {"id":"b"
          """
              .getBytes(StandardCharsets.UTF_8));
    }
    Files.write(file, bytes.toByteArray());
    assertThatThrownBy(() -> readAll(file))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("broken.jsonl.gz:2")
        .hasMessageContaining("not valid JSON");
  }

  @Test
  void read_missingKey_namesIt() throws IOException {
    Path file = folder.resolve("key.jsonl.gz");
    try (var gzip = new GZIPOutputStream(Files.newOutputStream(file))) {
      gzip.write("{\"id\":\"a\"}\n".getBytes(StandardCharsets.UTF_8));
    }
    assertThatThrownBy(() -> readAll(file)).isInstanceOf(UserException.class).hasMessageContaining("'text'");
  }

  @Test
  void read_fileCutOff_isRefused() throws IOException {
    Path file = folder.resolve("cut.jsonl.gz");
    DocumentFile.write(file, documents.iterator());
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 12));
    assertThatThrownBy(() -> readAll(file)).isInstanceOf(UserException.class).hasMessageContaining("cut.jsonl.gz:");
  }

  @Test
  void read_missingOrForeignFile_isRefused() throws IOException {
    assertThatThrownBy(() -> readAll(folder.resolve("none"))).isInstanceOf(UserException.class);
    Path text = Files.writeString(folder.resolve("plain"), "plain text, no gzip");
    assertThatThrownBy(() -> readAll(text)).isInstanceOf(UserException.class).hasMessageContaining("not a gzip");
  }

  @Test
  void json_anyText_comesBackTheSameButForHalfPairs() throws Exception {
    String text = "tab\t \"quote\" \\ line\n 人 \uD83D\uDE00 \u0000 \u2028";
    Document document = Documents.prose("x", text).with("k", "v\uD83D");
    byte[] line = DocumentJson.encode(document);
    Document read = DocumentJson.decode(new String(line, StandardCharsets.UTF_8).strip());
    assertThat(read).isEqualTo(document.with("k", "v\uFFFD"));
    assertThat(new String(line, StandardCharsets.UTF_8)).startsWith("{\"id\":\"x\",\"language\":\"text\",").contains("人 😀").endsWith("}\n");
  }
}
