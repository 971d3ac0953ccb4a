package dev.athanor.data.parquet;

import dev.athanor.base.AtomicFile;
import dev.athanor.data.Document;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;

/// Writes documents as Apache Parquet (format 2.x, data pages of version 1, Zstandard): the texts `id`, `text`, `origin`, `path`,
/// `licence` and `language`, and `metadata`, a map of texts, its keys sorted. Equal documents give equal bytes. Holds a row group in memory:
/// about 64 MiB packed, or the one document that is larger.
///
/// Written here rather than by a library: parquet-java needs Hadoop's classes, hardwood only reads, and what documents need of the format
/// is small.
public final class ParquetWriter {
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
  private static final long ROW_GROUP = 64L << 20;

  private static final int REQUIRED = 0;
  private static final int REPEATED = 2;
  private static final int BYTE_ARRAY = 6;
  private static final int UTF8 = 0;
  private static final int MAP = 1;

  private static final List<String> TEXTS = List.of("id", "text", "origin", "path", "licence", "language");

  private final OutputStream out;
  private final List<TextColumn> columns = new ArrayList<>();
  private final TextColumn keys = new TextColumn(List.of("metadata", "key_value", "key"), true);
  private final TextColumn values = new TextColumn(List.of("metadata", "key_value", "value"), true);

  /// What the footer says of each row group that has been written.
  private final List<byte[]> groups = new ArrayList<>();

  private long offset;
  private long rowsOfGroup;
  private long rows;

  /// @param out which stays open; buffered by the caller
  public ParquetWriter(OutputStream out) throws IOException {
    this.out = out;
    TEXTS.forEach(name -> columns.add(new TextColumn(List.of(name), false)));
    write(MAGIC);
  }

  /// Writes all that the iterator gives; the file appears whole or not at all.
  public static void write(Path file, Iterator<Document> documents) {
    AtomicFile.write(
        file,
        out -> {
          var writer = new ParquetWriter(out);
          while (documents.hasNext()) {
            writer.add(documents.next());
          }
          writer.finish();
        });
  }

  public void add(Document document) throws IOException {
    var metadata = new TreeMap<>(document.metadata());
    List<String> texts =
        List.of(document.id(), document.text(), document.origin(), document.path(), document.licence(), document.language());
    for (int i = 0; i < texts.size(); i++) {
      columns.get(i).add(texts.get(i));
    }
    keys.add(List.copyOf(metadata.keySet()));
    values.add(List.copyOf(metadata.values()));
    rowsOfGroup++;
    if (all().stream().mapToLong(TextColumn::bytes).sum() >= ROW_GROUP) {
      endGroup();
    }
  }

  private List<TextColumn> all() {
    var all = new ArrayList<>(columns);
    all.add(keys);
    all.add(values);
    return all;
  }

  /// Writes what is left and the footer. Nothing can be added afterwards.
  public void finish() throws IOException {
    endGroup();
    byte[] footer = footer();
    write(footer);
    for (int shift = 0; shift < 32; shift += 8) {
      out.write(footer.length >>> shift);
    }
    write(MAGIC);
  }

  private void endGroup() throws IOException {
    if (rowsOfGroup == 0) {
      return;
    }
    long at = offset;
    var chunks = new CompactThrift().structs(1, columns.size() + 2);
    long plainBytes = 0;
    for (TextColumn column : all()) {
      TextColumn.Chunk chunk = column.take(offset, chunks);
      write(chunk.bytes());
      plainBytes += chunk.plainBytes();
    }
    byte[] item = chunks.i64(2, plainBytes).i64(3, rowsOfGroup).i64(5, at).i64(6, offset - at).bytes();
    groups.add(item);
    rows += rowsOfGroup;
    rowsOfGroup = 0;
  }

  private byte[] footer() {
    var footer = new CompactThrift().i32(1, 2);
    footer.structs(2, TEXTS.size() + 5);
    footer.item().text(4, "document").i32(5, TEXTS.size() + 1).end();
    TEXTS.forEach(name -> textElement(footer, name));
    footer.item().i32(3, REQUIRED).text(4, "metadata").i32(5, 1).i32(6, MAP).struct(10).struct(2).end().end().end();
    footer.item().i32(3, REPEATED).text(4, "key_value").i32(5, 2).end();
    textElement(footer, "key");
    textElement(footer, "value");
    footer.i64(3, rows).structs(4, groups.size());
    groups.forEach(footer::raw);
    return footer.text(6, "athanor").bytes();
  }

  private static void textElement(CompactThrift footer, String name) {
    footer.item().i32(1, BYTE_ARRAY).i32(3, REQUIRED).text(4, name).i32(6, UTF8).struct(10).struct(1).end().end().end();
  }

  private void write(byte[] bytes) throws IOException {
    out.write(bytes);
    offset += bytes.length;
  }
}
