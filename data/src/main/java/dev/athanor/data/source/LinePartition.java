package dev.athanor.data.source;

import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The lines of a file whose first bytes lie in a range, so that ranges side by side give each line once wherever they meet. A range
/// that begins inside a line leaves it to the one before; a range that one line fills gives nothing.
///
/// @param from the first byte of the range
/// @param to the byte after the last
/// @param longest bytes of a line; a longer one is set aside
record LinePartition(String name, String origin, Path file, long from, long to, int longest, Parser parser) implements Partition {
  /// Makes a document of a line.
  @FunctionalInterface
  interface Parser {
    /// @param path the line's position in the file, in unpacked bytes
    Extracted extract(byte[] line, String origin, String path, String place);
  }

  /// A plain file in ranges of `part` bytes, a packed one as a whole.
  static List<Partition> of(Path file, String origin, long part, int longest, Parser parser) {
    long size = size(file);
    if (Compression.of(file) != Compression.NONE || size <= part) {
      return List.of(new LinePartition(origin, origin, file, 0, size, longest, parser));
    }
    var partitions = new ArrayList<Partition>();
    for (long from = 0; from < size; from += part) {
      long to = Math.min(size, from + part);
      partitions.add(new LinePartition(origin + "@" + from, origin, file, from, to, longest, parser));
    }
    return partitions;
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UserException(file + " cannot be looked at: " + e.getMessage(), e);
    }
  }

  @Override
  public long bytes() {
    return to - from;
  }

  @Override
  public String sha256() {
    try (InputStream in = stream(from)) {
      MessageDigest digest = Sha256.digest();
      byte[] buffer = new byte[1 << 16];
      long left = to - from;
      for (int n = 0; left > 0 && n >= 0; left -= n) {
        n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
        if (n > 0) {
          digest.update(buffer, 0, n);
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private InputStream stream(long position) throws IOException {
    return Channels.newInputStream(channel(position));
  }

  private FileChannel channel(long position) throws IOException {
    FileChannel channel = FileChannel.open(file);
    channel.position(position);
    return channel;
  }

  @Override
  public Reading open() {
    try {
      // One byte before, so that a line that begins with the range is seen to begin there.
      return new Lines(this, channel(Math.max(0, from - 1)));
    } catch (IOException e) {
      throw new UserException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static final class Lines implements Reading {
    private final LinePartition partition;
    private final Compression compression;
    private final FileChannel stored;
    private @Nullable LineReader lines;
    private long line;
    private boolean ended;

    Lines(LinePartition partition, FileChannel stored) {
      this.partition = partition;
      this.compression = Compression.of(partition.file);
      this.stored = stored;
    }

    @Override
    public @Nullable RawRecord next() {
      if (ended) {
        return null;
      }
      try {
        LineReader reader = reader();
        if (beyond(reader) || !reader.advance()) {
          ended = true;
          return null;
        }
        line++;
        return record(reader);
      } catch (IOException e) {
        ended = true;
        return Raw.aside(
            partition.origin + ", after line " + line, compression.reason(e), "what follows is lost: " + e.getMessage());
      }
    }

    private boolean beyond(LineReader reader) {
      return compression == Compression.NONE && reader.nextPosition() >= partition.to;
    }

    private LineReader reader() throws IOException {
      LineReader reader = lines;
      if (reader == null) {
        reader = new LineReader(compression.unpack(Channels.newInputStream(stored)), partition.longest, Math.max(0, partition.from - 1));
        lines = reader;
        if (partition.from > 0) {
          reader.skip(partition.to); // the line of the range before, unless it goes on beyond this one
        }
      }
      return reader;
    }

    private RawRecord record(LineReader reader) {
      String place = partition.from == 0 ? partition.origin + ":" + line : partition.origin + ", byte " + reader.position();
      byte[] bytes = reader.line();
      if (bytes == null) {
        return Raw.aside(
            place, "line too long", "%,d bytes, more than the limit of %,d".formatted(reader.length(), partition.longest));
      }
      if (isBlank(bytes)) {
        return Raw.aside(place, "blank line", "");
      }
      String path = String.valueOf(reader.position());
      return new Raw(bytes.length, () -> partition.parser.extract(bytes, partition.origin, path, place));
    }

    private static boolean isBlank(byte[] line) {
      for (byte b : line) {
        if (b != ' ' && b != '\t' && b != '\r') {
          return false;
        }
      }
      return true;
    }

    @Override
    public long position() {
      try {
        return Math.clamp(stored.position() - partition.from, 0, partition.bytes());
      } catch (IOException e) {
        return -1; // closed
      }
    }

    @Override
    public void close() {
      try {
        stored.close();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot close " + partition.file, e);
      }
    }
  }
}
