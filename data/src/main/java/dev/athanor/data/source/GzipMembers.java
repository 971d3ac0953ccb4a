package dev.athanor.data.source;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/// The members of a gzip file (RFC 1952) one by one.
final class GzipMembers implements Members {
  private static final int HEADER_EXTRA = 4;
  private static final int HEADER_NAME = 8;
  private static final int HEADER_COMMENT = 16;
  private static final int HEADER_CRC = 2;

  private final SeekableByteChannel file;
  private final byte[] buffer = new byte[1 << 16];
  private int at;
  private int filled;
  private long bufferStart;
  private long memberStart;
  private final Inflater inflater = new Inflater(true);
  private boolean inMember;

  GzipMembers(SeekableByteChannel file) {
    this.file = file;
  }

  @Override
  public boolean advance() throws IOException {
    if (peek() < 0) {
      return false;
    }
    memberStart = position();
    if (read() != 0x1f || read() != 0x8b) {
      throw new ZipException("no gzip member at byte " + memberStart);
    }
    if (read() != 8) {
      throw new ZipException("an unknown method of packing at byte " + memberStart);
    }
    int flags = read();
    for (int i = 0; i < 6; i++) {
      read();
    }
    if ((flags & HEADER_EXTRA) != 0) {
      int length = read() | read() << 8;
      for (int i = 0; i < length; i++) {
        read();
      }
    }
    for (int text : new int[] {HEADER_NAME, HEADER_COMMENT}) {
      while ((flags & text) != 0 && read() != 0) {
        // passed over
      }
    }
    if ((flags & HEADER_CRC) != 0) {
      read();
      read();
    }
    inflater.reset();
    inMember = true;
    return true;
  }

  @Override
  public long memberStart() {
    return memberStart;
  }

  @Override
  public long packed() {
    return inflater.getBytesRead();
  }

  @Override
  public long unpacked() {
    return inflater.getBytesWritten();
  }

  @Override
  public int read(byte[] target, int from, int count) throws IOException {
    if (!inMember) {
      return -1;
    }
    try {
      while (true) {
        int n = inflater.inflate(target, from, count);
        if (n > 0) {
          return n;
        }
        if (inflater.finished() || inflater.needsDictionary()) {
          inMember = false;
          at = filled - inflater.getRemaining();
          for (int i = 0; i < 8; i++) {
            read(); // checksum and length; what was unpacked is judged by what is in it
          }
          return -1;
        }
        if (at == filled) {
          fill();
        }
        inflater.setInput(buffer, at, filled - at);
        at = filled;
      }
    } catch (DataFormatException e) {
      inMember = false;
      at = filled - inflater.getRemaining();
      throw new ZipException("damaged at about byte " + position() + ": " + e.getMessage());
    }
  }

  @Override
  public boolean resynchronise() throws IOException {
    inMember = false;
    seek(memberStart + 1);
    int matched = 0;
    while (true) {
      if (at == filled && !more()) {
        return false;
      }
      int b = buffer[at++] & 0xff;
      if (matched == 2 && b == 8) {
        seek(position() - 3);
        return true;
      }
      matched = b == 0x1f ? 1 : matched == 1 && b == 0x8b ? 2 : 0;
    }
  }

  private void seek(long position) throws IOException {
    file.position(position);
    bufferStart = position;
    at = 0;
    filled = 0;
  }

  private long position() {
    return bufferStart + at;
  }

  private int peek() throws IOException {
    return at < filled || more() ? buffer[at] & 0xff : -1;
  }

  private int read() throws IOException {
    if (at == filled) {
      fill();
    }
    return buffer[at++] & 0xff;
  }

  private void fill() throws IOException {
    if (!more()) {
      inMember = false;
      throw new EOFException("the file ends in the member at byte " + memberStart);
    }
  }

  private boolean more() throws IOException {
    bufferStart += filled;
    at = 0;
    filled = Math.max(0, file.read(ByteBuffer.wrap(buffer)));
    return filled > 0;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    file.close();
  }
}
