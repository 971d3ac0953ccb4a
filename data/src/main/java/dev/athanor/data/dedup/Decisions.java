package dev.athanor.data.dedup;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.UserException;
import dev.athanor.data.spill.Scratch;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/// What was decided over a corpus, in a file that is mapped: pairs of a document's number and something about it, in the order of
/// both, then texts (the ids of the documents that stay), then a footer. Little-endian: pairs of 16 bytes; the texts in
/// UTF-8; where each text ends, 8 bytes; the numbers of pairs, texts and the texts' bytes, a CRC-32C of all before the
/// footer, and a mark, 8 bytes each.
final class Decisions {
  private static final long MARK = 0x6174_6864_6563_0001L;
  private static final int PAIR = 2 * Long.BYTES;
  private static final int FOOTER = 5 * Long.BYTES;

  private final MemorySegment file;
  private final long size;
  private final long texts;
  private final long ends;

  /// Opens and checks a file.
  Decisions(Path path) {
    file = map(path);
    long footer = file.byteSize() - FOOTER;
    if (footer < 0 || file.get(Scratch.LONG, footer + 32) != MARK) {
      throw damaged(path);
    }
    size = file.get(Scratch.LONG, footer);
    long count = file.get(Scratch.LONG, footer + 8);
    long textBytes = file.get(Scratch.LONG, footer + 16);
    texts = size * PAIR;
    if (texts + textBytes + count * Long.BYTES != footer || checksum(file, footer) != file.get(Scratch.LONG, footer + 24)) {
      throw damaged(path);
    }
    ends = texts + textBytes;
  }

  private static MemorySegment map(Path path) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
    } catch (NoSuchFileException e) {
      throw new UserException("no such file of decisions: " + path, e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot map " + path, e);
    }
  }

  private static UserException damaged(Path path) {
    return new UserException(path + ": damaged or no file of decisions; remove it and run the same command again");
  }

  private static long checksum(MemorySegment bytes, long length) {
    var crc = new CRC32C();
    long part = 1 << 24;
    for (long at = 0; at < length; at += part) {
      crc.update(bytes.asSlice(at, Math.min(part, length - at)).asByteBuffer());
    }
    return crc.getValue();
  }

  /// The place of the first decision on this document or a later one.
  long firstOf(long document) {
    long low = 0;
    long high = size;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (documentAt(middle) < document) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// Whether the decision at a place is there and on this document.
  boolean isOf(long document, long place) {
    return place < size && documentAt(place) == document;
  }

  private long documentAt(long place) {
    return file.get(Scratch.LONG, place * PAIR);
  }

  long whatAt(long place) {
    return file.get(Scratch.LONG, place * PAIR + Long.BYTES);
  }

  String text(long number) {
    long from = number == 0 ? 0 : file.get(Scratch.LONG, ends + (number - 1) * Long.BYTES);
    long to = file.get(Scratch.LONG, ends + number * Long.BYTES);
    return new String(file.asSlice(texts + from, to - from).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /// What fills a file.
  @FunctionalInterface
  interface Content {
    void writeTo(Writer writer);
  }

  /// @param folder for what must wait until the pairs are written
  static void write(Path path, Path folder, Content content) {
    try (var textBytes = new Scratch(folder.resolve("decided.texts"));
        var textEnds = new Scratch(folder.resolve("decided.ends"))) {
      AtomicFile.write(path, out -> {
        var checked = new CheckedOutputStream(out, new CRC32C());
        var writer = new Writer(checked, textBytes, textEnds);
        content.writeTo(writer);
        copy(textBytes.map(), checked);
        copy(textEnds.map(), checked);
        writer.longs(writer.pairs, textEnds.size() / Long.BYTES, textBytes.size(), checked.getChecksum().getValue(), MARK);
      });
    }
  }

  private static void copy(MemorySegment from, OutputStream out) throws IOException {
    var buffer = new byte[1 << 16];
    for (long at = 0; at < from.byteSize(); at += buffer.length) {
      int length = (int) Math.min(buffer.length, from.byteSize() - at);
      MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at, buffer, 0, length);
      out.write(buffer, 0, length);
    }
  }

  /// Takes decisions in order.
  static final class Writer {
    private final OutputStream out;
    private final Scratch textBytes;
    private final Scratch textEnds;
    private final ByteBuffer buffer = ByteBuffer.allocate(FOOTER).order(ByteOrder.LITTLE_ENDIAN);
    private long pairs;

    private Writer(OutputStream out, Scratch textBytes, Scratch textEnds) {
      this.out = out;
      this.textBytes = textBytes;
      this.textEnds = textEnds;
    }

    void add(long document, long what) {
      try {
        longs(document, what);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      pairs++;
    }

    /// The next text; they are numbered from 0.
    void addText(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      textBytes.write(bytes, 0, bytes.length);
      textEnds.writeLong(textBytes.size());
    }

    private void longs(long... values) throws IOException {
      buffer.clear();
      for (long value : values) {
        buffer.putLong(value);
      }
      out.write(buffer.array(), 0, buffer.position());
    }
  }
}
