package dev.athanor.data.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.athanor.base.Progress;
import dev.athanor.data.Document;
import dev.athanor.data.DocumentFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonlSourceTest {
  @TempDir Path folder;

  private final List<Document> documents = new ArrayList<>();
  private final List<Extracted.SetAside> aside = new ArrayList<>();

  private SourceContext context() {
    return SourceContext.of(folder, Progress.silent());
  }

  private void take(Extracted extracted) {
    switch (extracted) {
      case Extracted.Text(var document) -> documents.add(document);
      case Extracted.SetAside set -> aside.add(set);
    }
  }

  private List<SourceReport> read(JsonlSource source) {
    return SourceReader.read(source, context(), this::take);
  }

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  private Path file(String name, String content) throws IOException {
    return file(name, content.getBytes(UTF_8));
  }

  private static byte[] gzip(String content) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  private static JsonlSource limited(String path, int longest) {
    return new JsonlSource(List.of(path), null, null, longest);
  }

  @Test
  void read_plainGzipAndZstd_givesEachLineWithItsPosition() throws IOException {
    file("a.jsonl", "\uFEFF{\"body\":\"one\"}\r\n\n{\"body\":\"two\",\"language\":\"java\",\"licence\":\"MIT\"}\n");
    file("b.jsonl.gz", gzip("{\"body\":\"three\"}"));
    file("c.jsonl.zst", Zstd.compress("{\"body\":\"四\"}\n".getBytes(UTF_8)));
    List<SourceReport> reports = read(new JsonlSource(List.of("*"), "body"));
    assertThat(documents).extracting(Document::id).containsExactly("./a.jsonl!0", "./a.jsonl!20", "./b.jsonl.gz!0", "./c.jsonl.zst!0");
    assertThat(documents).extracting(Document::text).containsExactly("one", "two", "three", "四");
    assertThat(documents.get(1).licence()).isEqualTo("MIT");
    assertThat(documents.get(1).language()).isEqualTo("java");
    assertThat(reports).extracting(SourceReport::origin).containsExactly("./a.jsonl", "./b.jsonl.gz", "./c.jsonl.zst");
    assertThat(reports.getFirst().skipped()).containsExactly(Map.entry("blank line", 1L));
    assertThat(reports.getFirst().bytes()).isEqualTo(6);
  }

  @Test
  void read_furtherFields_becomeMetadata() throws IOException {
    file(
        "a.jsonl",
        "{\"text\":\"x\",\"key\":\"k7\",\"score\":0.5,\"n\":12345678901,\"ok\":true,\"none\":null,\"list\":[1],"
            + "\"metadata\":{\"url\":\"https://a\",\"deep\":{}}}");
    read(new JsonlSource(List.of("a.jsonl"), null, "key", 1000));
    assertThat(documents).singleElement().satisfies(
        document -> {
          assertThat(document.id()).isEqualTo("k7");
          assertThat(document.path()).isEqualTo("0");
          assertThat(document.metadata())
              .isEqualTo(Map.of("score", "0.5", "n", "12345678901", "ok", "true", "url", "https://a", "docLanguage", "none"));
        });
  }

  @Test
  void read_ownShard_givesTheDocumentsThatWereWritten() {
    List<Document> written =
        List.of(
            new Document("x!1", "文本\n", "x", "1", "MIT", "java", Map.of("docLanguage", "zh", "url", "u")),
            new Document("x!2", "", "x", "2", "unknown", "text", Map.of()));
    DocumentFile.write(folder.resolve("d.jsonl.gz"), written.iterator());
    read(new JsonlSource(List.of("d.jsonl.gz"), null));
    assertThat(documents).isEqualTo(written);
  }

  @Test
  void read_brokenLines_areSetAsideWithPlaceAndReason() throws IOException {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes("{\"text\":\"one\"}\n{\"text\":\n{\"content\":\"c\"}\n[1]\nnull\n".getBytes(UTF_8));
    bytes.writeBytes(new byte[] {'{', '"', 't', 'e', 'x', 't', '"', ':', '"', (byte) 0xC4, (byte) 0xE3, '"', '}', '\n'});
    bytes.writeBytes(("[".repeat(100_000) + "\n").getBytes(UTF_8));
    bytes.writeBytes("{\"text\":\"half \\ud83d\"}\n".getBytes(UTF_8));
    file("a.jsonl", bytes.toByteArray());
    List<SourceReport> reports = read(new JsonlSource(List.of("a.jsonl"), null));
    assertThat(documents).extracting(Document::text).containsExactly("one", "half \uFFFD");
    assertThat(reports.getFirst().skipped())
        .isEqualTo(Map.of("not valid JSON", 4L, "no text under 'text'", 1L, "not UTF-8", 1L));
    assertThat(aside.get(1)).isEqualTo(new Extracted.SetAside("a.jsonl:3", "no text under 'text'", "its keys are content"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gz", "zst"})
  void read_truncatedFile_givesWhatCameBeforeAndOneMore(String kind) throws IOException {
    var random = new Random(1);
    var content = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      content.append("{\"text\":\"").append(random.nextLong()).append("\"}\n");
    }
    byte[] whole = kind.equals("gz") ? gzip(content.toString()) : Zstd.compress(content.toString().getBytes(UTF_8));
    file("a.jsonl." + kind, Arrays.copyOf(whole, whole.length / 2));
    read(new JsonlSource(List.of("a.jsonl." + kind), null));
    if (kind.equals("gz")) {
      assertThat(documents).hasSizeBetween(1000, 4000);
    }
    assertThat(aside).singleElement().satisfies(
        last -> {
          assertThat(last.reason()).isEqualTo(kind.equals("gz") ? "truncated gzip" : "truncated zstd");
          assertThat(last.place()).isEqualTo("a.jsonl.%s, after line %d".formatted(kind, documents.size()));
        });
  }

  @Test
  void read_notGzipAtAll_isOneRecordSetAside() throws IOException {
    file("a.jsonl.gz", "{\"text\":\"plain\"}\n");
    file("b.jsonl.gz", "");
    read(new JsonlSource(List.of("*.gz"), null));
    assertThat(aside).extracting(Extracted.SetAside::reason).containsExactly("damaged gzip", "truncated gzip");
  }

  @Test
  void read_linesBeyondTheLimit_areSetAsideAndTheNextIsRead() throws IOException {
    file("a.jsonl", "{\"text\":\"" + "a".repeat(89) + "\"}\n{\"text\":\"" + "b".repeat(90) + "\"}\n{\"text\":\"" + "c".repeat(200_000) + "\"}\n{\"text\":\"d\"}");
    read(limited("a.jsonl", 100));
    assertThat(documents).extracting(document -> document.text().charAt(0)).containsExactly('a', 'd');
    assertThat(aside).extracting(Extracted.SetAside::detail)
        .containsExactly("101 bytes, more than the limit of 100", "200,011 bytes, more than the limit of 100");
  }

  /// 3 GiB in one line, through a buffer: neither held nor indexed with an `int`.
  @Test
  void advance_lineOfThreeGiB_isCountedButNotHeld() throws IOException {
    long length = 3L << 30;
    InputStream endless =
        new InputStream() {
          private long left = length;

          @Override
          public int read() {
            return left-- > 0 ? 'x' : -1;
          }

          @Override
          public int read(byte[] buffer, int from, int count) {
            int n = (int) Math.min(left, count);
            left -= n;
            return n == 0 ? -1 : n;
          }
        };
    var lines = new LineReader(endless, 1000, 0);
    assertThat(lines.advance()).isTrue();
    assertThat(lines.line()).isNull();
    assertThat(lines.length()).isEqualTo(length);
    assertThat(lines.advance()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 7, 16, 100, 1000, 70_000})
  void partitions_anySize_giveTheSameDocumentsAsTheWhole(long part) throws IOException {
    var random = new Random(part);
    var content = new StringBuilder();
    int lines = part < 10 ? 60 : 800;
    for (int i = 0; i < lines; i++) {
      content.append("{\"text\":\"").append("字z".repeat(i % 10 == 3 ? 90 : random.nextInt(12))).append(i).append("\"}");
      content.append(i % 5 == 0 ? "\r\n" : i % 7 == 0 ? "\n\n" : i + 1 == lines && part % 2 == 0 ? "" : "\n");
    }
    file("a.jsonl", content.toString());
    var source = limited("a.jsonl", 300);
    read(source);
    List<Document> whole = List.copyOf(documents);
    List<String> reasons = aside.stream().map(a -> a.reason() + a.detail()).toList();
    documents.clear();
    aside.clear();
    var names = new HashSet<String>();
    for (Partition partition : source.partitions(context(), part)) {
      assertThat(names.add(partition.name())).isTrue();
      assertThat(partition.origin()).isEqualTo("a.jsonl");
      try (Partition.Reading reading = partition.open()) {
        for (Partition.RawRecord next = reading.next(); next != null; next = reading.next()) {
          take(next.extract());
        }
      }
    }
    assertThat(documents).isEqualTo(whole).hasSizeGreaterThan(lines / 2);
    assertThat(aside.stream().map(a -> a.reason() + a.detail()).toList()).isEqualTo(reasons).anyMatch(a -> a.startsWith("line too long"));
    assertThat(names).hasSize((int) ((Files.size(folder.resolve("a.jsonl")) + part - 1) / part));
  }
}
