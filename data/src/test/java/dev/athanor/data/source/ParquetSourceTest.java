package dev.athanor.data.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Progress;
import dev.athanor.data.Document;
import dev.athanor.data.parquet.ParquetWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetSourceTest {
  @TempDir Path folder;
  private final List<Document> documents = new ArrayList<>();
  private final List<Extracted.SetAside> aside = new ArrayList<>();

  private void read(String name, @Nullable String textKey, @Nullable String idKey) {
    SourceReader.read(
        new ParquetSource(List.of(name), textKey, idKey),
        SourceContext.of(folder, Progress.silent()),
        extracted -> {
          switch (extracted) {
            case Extracted.Text(var document) -> documents.add(document);
            case Extracted.SetAside set -> aside.add(set);
          }
        });
  }

  private static List<Document> some(int count, int longest) {
    var random = new Random(3);
    var some = new ArrayList<Document>();
    for (int i = 0; i < count; i++) {
      var metadata = new LinkedHashMap<String, String>();
      for (int k = i % 4; k > 0; k--) {
        metadata.put("key" + k, k == 2 ? "" : "值" + random.nextInt(100));
      }
      String text = "文😀" + Long.toString(random.nextLong(), 36).repeat(random.nextInt(longest));
      some.add(new Document("o!" + i, i % 7 == 0 ? "" : text, "o", String.valueOf(i), "MIT", "text", metadata));
    }
    return some;
  }

  @Test
  void read_whatTheWriterWrote_isTheSame() {
    List<Document> written = some(5000, 300);
    ParquetWriter.write(folder.resolve("d.parquet"), written.iterator());
    read("d.parquet", null, null);
    assertThat(aside).isEmpty();
    assertThat(documents).isEqualTo(written);
  }

  @Test
  void write_noDocumentOrOnlyOneWithoutMetadata_isAFile() {
    ParquetWriter.write(folder.resolve("none.parquet"), List.<Document>of().iterator());
    Document bare = new Document("a", "", "o", "p", "unknown", "text", Map.of());
    ParquetWriter.write(folder.resolve("one.parquet"), List.of(bare).iterator());
    read("*.parquet", null, null);
    assertThat(aside).isEmpty();
    assertThat(documents).containsExactly(bare);
  }

  @Test
  void write_equalDocuments_givesEqualBytes() throws IOException {
    ParquetWriter.write(folder.resolve("a.parquet"), some(100, 50).iterator());
    ParquetWriter.write(folder.resolve("b.parquet"), some(100, 50).iterator());
    assertThat(folder.resolve("a.parquet")).hasSameBinaryContentAs(folder.resolve("b.parquet"));
  }

  /// More than a row group: what does not pack.
  @Test
  void write_severalRowGroups_areReadInOrder() {
    var random = new Random(1);
    var written = new ArrayList<Document>();
    for (int i = 0; i < 12; i++) {
      var text = new StringBuilder();
      random.ints(4_000_000, 0x4E00, 0x9FFF).forEach(c -> text.append((char) c));
      written.add(new Document("o!" + i, text.toString(), "o", "" + i, "MIT", "text", Map.of("n", "" + i)));
    }
    ParquetWriter.write(folder.resolve("d.parquet"), written.iterator());
    read("d.parquet", null, null);
    assertThat(aside).isEmpty();
    assertThat(documents.equals(written)).isTrue();
  }

  /// Written by pyarrow (bench/peers/parquet_rows.py): Snappy, dictionaries, nulls, a list, a struct, a time.
  @Test
  void read_fileOfPyarrow_givesTextAndMetadata() throws IOException {
    try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("/golden/rows.parquet"))) {
      Files.write(folder.resolve("rows.parquet"), in.readAllBytes());
    }
    read("rows.parquet", "content", "key");
    assertThat(documents).extracting(Document::id).containsExactly("k0", "k1", "k3");
    assertThat(documents).extracting(Document::text).containsExactly("text 0 文", "text 1 文", "text 3 文");
    assertThat(documents.getFirst().metadata()).isEqualTo(
        Map.of("score", "0.25", "count", "7", "ok", "true", "url", "https://a/0", "date", "2024-03-03T00:00:00Z", "docLanguage", "none"));
    assertThat(aside).containsExactly(
        new Extracted.SetAside("rows.parquet, row 3", "no text under 'content'", "its keys are key, score, count, ok, date, metadata"));
  }

  @Test
  void read_damagedFile_isSetAside() throws IOException {
    ParquetWriter.write(folder.resolve("whole.parquet"), some(3000, 300).iterator());
    byte[] whole = Files.readAllBytes(folder.resolve("whole.parquet"));
    Files.write(folder.resolve("a.parquet"), Arrays.copyOf(whole, whole.length / 2));
    Files.write(folder.resolve("b.parquet"), new byte[0]);
    byte[] damaged = whole.clone();
    Arrays.fill(damaged, whole.length / 2, whole.length / 2 + 500, (byte) 0x55);
    Files.write(folder.resolve("c.parquet"), damaged);
    read("[abc].parquet", null, null);
    assertThat(aside).hasSize(3).allSatisfy(each -> assertThat(each.reason()).isEqualTo("damaged Parquet"));
  }
}
