package dev.athanor.data.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The bytes of a WARC file, in segments: a plain file is one, of a packed one each member is.
final class WarcInput implements AutoCloseable {
  private static final int BUFFER = 1 << 16;
  private static final byte[] RECORD = {'W', 'A', 'R', 'C', '/'};

  /// A member that unpacks to more than this, and to so many times its size, is none of a crawl.
  private static final long SUSPICIOUS = 1 << 20;

  private static final long MOST_RATIO = 200;

  private final SeekableByteChannel file;
  private final InputStream stored;
  private final Compression compression;
  private final @Nullable Members members;
  private byte[] buffer = new byte[BUFFER];
  private int at;
  private int filled;
  private long before;
  private boolean started;
  private final ByteArrayOutputStream lineEnds = new ByteArrayOutputStream();

  WarcInput(SeekableByteChannel file, Compression compression) {
    this.file = file;
    this.stored = Channels.newInputStream(file);
    this.compression = compression;
    this.members =
        switch (compression) {
          case NONE -> null;
          case GZIP -> new GzipMembers(file);
          case ZSTD -> new ZstdMembers(file);
        };
  }

  /// @return false when there is no further segment
  /// @throws IOException when what stands there is no member, or a truncated one
  boolean nextSegment() throws IOException {
    at = 0;
    filled = 0;
    boolean first = !started;
    started = true;
    return members == null ? first : members.advance();
  }

  /// After damage: leaves the segment for the next place where one may begin.
  boolean resynchronise() throws IOException {
    at = 0;
    filled = 0;
    return members != null && members.resynchronise();
  }

  /// Of the next byte in the file; of the member that it is in, where the file is packed.
  long position() {
    return members == null ? before + at : members.memberStart();
  }

  /// Bytes of the file that have been read.
  long stored() {
    try {
      return file.position();
    } catch (IOException e) {
      return -1; // closed
    }
  }

  /// Whether the current member unpacks to far more than text does.
  boolean isBomb() {
    return members != null && members.unpacked() > SUSPICIOUS && members.unpacked() > MOST_RATIO * members.packed();
  }

  /// @return −1 at the end of the segment
  int read() throws IOException {
    return at < filled || more() ? buffer[at++] & 0xff : -1;
  }

  /// No more than `count` bytes; fewer where the segment ends.
  byte[] read(int count) throws IOException {
    byte[] bytes = new byte[Math.min(count, BUFFER)];
    int held = 0;
    while (held < count && (at < filled || more())) {
      int n = Math.min(count - held, filled - at);
      if (held + n > bytes.length) {
        bytes = Arrays.copyOf(bytes, (int) Math.min(count, Math.max(2L * bytes.length, (long) held + n)));
      }
      System.arraycopy(buffer, at, bytes, held, n);
      at += n;
      held += n;
    }
    return held == bytes.length ? bytes : Arrays.copyOf(bytes, held);
  }

  /// Puts back what was read last, and the line ends that `atRecord` passed over behind it.
  void unreadWithLineEnds(byte[] bytes) {
    byte[] both = Arrays.copyOf(bytes, bytes.length + lineEnds.size());
    System.arraycopy(lineEnds.toByteArray(), 0, both, bytes.length, lineEnds.size());
    lineEnds.reset();
    unread(both);
  }

  private void unread(byte[] bytes) {
    byte[] both = Arrays.copyOf(bytes, bytes.length + filled - at);
    System.arraycopy(buffer, at, both, bytes.length, filled - at);
    before = before + at - bytes.length;
    buffer = both;
    at = 0;
    filled = both.length;
  }

  /// Passes over line ends.
  ///
  /// @return whether a record begins here
  boolean atRecord() throws IOException {
    lineEnds.reset();
    while (at < filled || more()) {
      if (buffer[at] != '\r' && buffer[at] != '\n') {
        return beginsRecord();
      }
      if (lineEnds.size() < BUFFER) {
        lineEnds.write(buffer[at]);
      }
      at++;
    }
    return false;
  }

  /// Whether the segment has no more.
  boolean atEnd() throws IOException {
    return at == filled && !more();
  }

  private boolean beginsRecord() throws IOException {
    if (filled - at < RECORD.length) {
      byte[] head = read(RECORD.length);
      unread(head);
    }
    return filled - at >= RECORD.length && Arrays.equals(buffer, at, at + RECORD.length, RECORD, 0, RECORD.length);
  }

  /// Goes on to the next record after an empty line, wherever that is.
  ///
  /// @return false when the segment has none, or unpacks like a bomb
  boolean seekRecord() throws IOException {
    int ends = 0;
    while (at < filled || more()) {
      byte b = buffer[at];
      if (b == 'W' && ends >= 2 && beginsRecord()) {
        return true;
      }
      ends = b == '\n' ? ends + 1 : b == '\r' ? ends : 0;
      at++;
      if (at == filled && isBomb()) {
        return false;
      }
    }
    return false;
  }

  private boolean more() throws IOException {
    before += filled;
    at = 0;
    filled = 0;
    if (buffer.length != BUFFER) {
      buffer = new byte[BUFFER];
    }
    int n = members == null ? stored.read(buffer) : members.read(buffer, 0, BUFFER);
    filled = Math.max(0, n);
    return filled > 0;
  }

  /// Under what a failure to read is counted.
  String reason(IOException failure) {
    return compression.reason(failure);
  }

  @Override
  public void close() throws IOException {
    if (members == null) {
      stored.close();
    } else {
      members.close();
    }
  }
}
