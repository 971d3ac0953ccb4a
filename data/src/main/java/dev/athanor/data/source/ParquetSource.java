package dev.athanor.data.source;

import dev.athanor.base.Sha256;
import dev.hardwood.HardwoodContext;
import dev.hardwood.InputFile;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import dev.hardwood.row.PqMap;
import dev.hardwood.row.PqStruct;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Files of Apache Parquet, a document a row. Beside the text, columns named `language` and `licence` say what they do in JSON lines;
/// further texts, numbers, booleans and times, and what is in a column `metadata`, become metadata. Read by hardwood, which needs no Hadoop.
///
/// @param paths files, folders or globs
/// @param textKey the column of the text; "text" unless said
/// @param idKey the column of the id, which must be unique in the corpus; unless said, the id is `file!number of the row`
public record ParquetSource(List<String> paths, @Nullable String textKey, @Nullable String idKey) implements Source {
  /// Tells at the first file which vector instructions it uses; held, so that its level stays.
  private static final Logger HARDWOOD = Logger.getLogger("dev.hardwood");

  static {
    HARDWOOD.setLevel(Level.WARNING);
  }

  public ParquetSource {
    paths = List.copyOf(paths);
  }

  @Override
  public String fingerprint(SourceContext context) {
    return PathPattern.fingerprint("parquet " + key() + " " + idKey, paths, context.folder());
  }

  private String key() {
    return textKey == null ? "text" : textKey;
  }

  @Override
  public List<Partition> partitions(SourceContext context) {
    var partitions = new ArrayList<Partition>();
    PathPattern.forEachFile(paths, context.folder(), (origin, file) -> partitions.add(new Table(origin, file, new RowDocument(key(), idKey))));
    return partitions;
  }

  private record Table(String name, Path file, RowDocument row) implements Partition {
    @Override
    public long bytes() {
      return file.toFile().length();
    }

    @Override
    public String sha256() {
      return Sha256.of(file);
    }

    @Override
    public Reading open() {
      return new Rows(this);
    }
  }

  private static final class Rows implements Partition.Reading {
    private final Table table;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private @Nullable RowReader rows;
    private long number;
    private boolean ended;

    Rows(Table table) {
      this.table = table;
    }

    @Override
    public Partition.@Nullable RawRecord next() {
      if (ended) {
        return null;
      }
      try {
        RowReader reader = reader();
        if (!reader.hasNext()) {
          ended = true;
          return null;
        }
        reader.next();
        return rawRecord(reader, ++number);
      } catch (IOException | RuntimeException e) { // what a damaged file makes of the reader has many names
        ended = true;
        String place = number == 0 ? table.name : table.name + ", after row " + number;
        return Raw.aside(place, "damaged Parquet", Strings.shortened(String.valueOf(e.getMessage()), 300));
      }
    }

    private RowReader reader() throws IOException {
      RowReader reader = rows;
      if (reader == null) {
        // One thread a file: files are read side by side.
        HardwoodContext context = HardwoodContext.create(1);
        opened.addFirst(context);
        ParquetFileReader file = ParquetFileReader.open(InputFile.of(table.file), context);
        opened.addFirst(file);
        reader = file.rowReader();
        opened.addFirst(reader);
        rows = reader;
      }
      return reader;
    }

    private Partition.RawRecord rawRecord(RowReader reader, long row) {
      Map<String, Object> values = new LinkedHashMap<>();
      long bytes = 0;
      for (int i = 0; i < reader.getFieldCount(); i++) {
        Object value = reader.isNull(i) ? null : plain(reader.getValue(i));
        if (value != null) {
          values.put(reader.getFieldName(i), value);
          bytes += value instanceof String text ? text.length() : 16;
        }
      }
      String path = String.valueOf(row);
      return new Raw(bytes, () -> table.row.of(values, table.name, path, table.name + ", row " + path));
    }

    /// Null for what is neither a value nor a group of named values.
    private static @Nullable Object plain(@Nullable Object value) {
      return switch (value) {
        case String text -> text;
        case Number number -> number;
        case Boolean truth -> truth;
        case byte[] bytes -> new String(bytes, StandardCharsets.UTF_8); // texts of writers that do not annotate them
        case TemporalAccessor time -> time.toString();
        case UUID id -> id.toString();
        case PqMap map -> entries(map);
        case PqStruct struct -> fields(struct);
        case null, default -> null;
      };
    }

    private static Map<String, Object> entries(PqMap map) {
      Map<String, Object> values = new LinkedHashMap<>();
      for (PqMap.Entry entry : map.getEntries()) {
        Object value = entry.isValueNull() ? null : plain(entry.getValue());
        if (value != null && entry.getKey() instanceof String key) {
          values.put(key, value);
        }
      }
      return values;
    }

    private static Map<String, Object> fields(PqStruct struct) {
      Map<String, Object> values = new LinkedHashMap<>();
      for (int i = 0; i < struct.getFieldCount(); i++) {
        Object value = struct.isNull(i) ? null : plain(struct.getValue(i));
        if (value != null) {
          values.put(struct.getFieldName(i), value);
        }
      }
      return values;
    }

    @Override
    public void close() {
      for (AutoCloseable each : opened) {
        try {
          each.close();
        } catch (IOException e) {
          throw new UncheckedIOException("cannot close " + table.file, e);
        } catch (Exception e) {
          throw new IllegalStateException("cannot close " + table.file, e);
        }
      }
    }
  }
}
