package dev.athanor.data.source;

import dev.athanor.base.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Some of the files of one origin, each a document: many files are read as a few partitions.
///
/// @param name the origin, with `#` and a number from the second batch on
/// @param entries in order, with those that give no document
record FileBatch(String name, String origin, long bytes, List<Entry> entries) implements Partition {
  private static final int MOST_FILES = 1024;
  private static final long MOST_BYTES = 64L << 20;

  /// @param path below the origin
  /// @param language empty where the kind of file is not known
  /// @param repeated whether the recipe named the file before
  record Entry(Path file, String path, Optional<String> language, boolean repeated) {
    boolean isRead() {
      return !repeated && language.isPresent();
    }
  }

  FileBatch {
    entries = List.copyOf(entries);
  }

  /// @param seen files that were taken before; these are added
  /// @param first the number of the first batch
  static List<FileBatch> of(PathPattern.Found found, @Nullable String language, Set<Path> seen, int first) {
    var batches = new ArrayList<FileBatch>();
    var entries = new ArrayList<Entry>();
    long bytes = 0;
    for (Path file : found.files()) {
      String path = found.relative(file);
      Optional<String> kind = Optional.ofNullable(language).or(() -> FileLanguage.of(Compression.unpackedName(path)));
      var entry = new Entry(file, path, kind, !seen.add(file));
      entries.add(entry);
      bytes += entry.isRead() ? file.toFile().length() : 0;
      if (entries.size() == MOST_FILES || bytes >= MOST_BYTES) {
        batches.add(batch(found, first + batches.size(), bytes, entries));
        entries.clear();
        bytes = 0;
      }
    }
    if (!entries.isEmpty()) {
      batches.add(batch(found, first + batches.size(), bytes, entries));
    }
    return batches;
  }

  private static FileBatch batch(PathPattern.Found found, int number, long bytes, List<Entry> entries) {
    return new FileBatch(number == 0 ? found.origin() : found.origin() + "#" + number, found.origin(), bytes, entries);
  }

  /// Of the names and digests of the files that are read.
  @Override
  public String sha256() {
    MessageDigest digest = Sha256.digest();
    for (Entry entry : entries) {
      if (entry.isRead()) {
        digest.update((entry.path + "\n" + Sha256.of(entry.file) + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public Reading open() {
    Iterator<Entry> rest = entries.iterator();
    return new Reading() {
      @Override
      public @Nullable RawRecord next() {
        return rest.hasNext() ? rawRecord(rest.next()) : null;
      }

      @Override
      public void close() {}
    };
  }

  private RawRecord rawRecord(Entry entry) {
    if (entry.repeated) {
      return aside(entry, "named before", "");
    }
    if (entry.language.isEmpty()) {
      return aside(entry, "unknown kind of file", "");
    }
    try (InputStream in = Files.newInputStream(entry.file)) {
      byte[] bytes = in.readNBytes(TextFile.MAX_BYTES + 1);
      return new Raw(bytes.length, () -> extract(entry, bytes, entry.language.get()));
    } catch (AccessDeniedException e) {
      return aside(entry, "no permission to read", String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return aside(entry, "cannot be read", String.valueOf(e.getMessage()));
    }
  }

  private Extracted extract(Entry entry, byte[] stored, String language) {
    Compression compression = Compression.of(entry.path);
    try {
      byte[] bytes = stored.length > TextFile.MAX_BYTES ? stored : compression.unpack(stored, TextFile.MAX_BYTES + 1);
      return new TextFile(origin, entry.path, bytes, language, SpdxLicence.UNKNOWN).extract();
    } catch (IOException e) {
      return TextFile.aside(origin, entry.path, compression.reason(e), String.valueOf(e.getMessage()));
    }
  }

  private Raw aside(Entry entry, String reason, String detail) {
    return new Raw(0, () -> TextFile.aside(origin, entry.path, reason, detail));
  }
}
