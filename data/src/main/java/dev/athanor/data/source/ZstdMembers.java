package dev.athanor.data.source;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdDictDecompress;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.ZstdIOException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import org.jspecify.annotations.Nullable;

/// The frames of a Zstandard file (RFC 8878) one by one. A dictionary for all of them may stand first, in a skippable frame, packed or not
/// ("WARC file compression with Zstandard", IIPC 2022); other skippable frames are passed over.
final class ZstdMembers implements Members {
  private static final int FRAME = 0xFD2FB528;
  private static final int DICTIONARY_FRAME = 0x184D2A5D;
  private static final int SKIPPABLE = 0x184D2A50;
  private static final int SKIPPABLE_MASK = 0xFFFFFFF0;
  /// As the field's tools write them, with room to spare.
  private static final int LARGEST_DICTIONARY = 16 << 20;

  private static final int BUFFER = 1 << 16;

  private final SeekableByteChannel file;
  private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER).limit(0);
  private final ZstdDecompressCtx context = new ZstdDecompressCtx();
  private @Nullable ZstdDictDecompress dictionary;
  private long bufferStart;
  private long memberStart;
  private long unpacked;
  private boolean inMember;
  private boolean frameEnded;

  ZstdMembers(SeekableByteChannel file) {
    this.file = file;
  }

  @Override
  public boolean advance() throws IOException {
    out.limit(0);
    inMember = false;
    while (true) {
      memberStart = position();
      if (!holds(1)) {
        return false;
      }
      require(4);
      int magic = in.getInt(in.position());
      if (magic == FRAME) {
        restart();
        unpacked = 0;
        inMember = true;
        frameEnded = false;
        return true;
      }
      if ((magic & SKIPPABLE_MASK) != SKIPPABLE) {
        throw new ZstdIOException(0, "no Zstandard frame at byte " + memberStart);
      }
      skippable(magic);
    }
  }

  /// Ready for a frame, whatever became of the one before.
  private void restart() {
    context.reset();
    ZstdDictDecompress shared = dictionary;
    if (shared != null) {
      context.loadDict(shared);
    }
  }

  private void skippable(int magic) throws IOException {
    require(8);
    long size = in.getInt(in.position() + 4) & 0xffffffffL;
    long body = memberStart + 8;
    if (body + size > file.size()) {
      throw new EOFException("the file ends in the frame at byte " + memberStart);
    }
    if (magic == DICTIONARY_FRAME && memberStart == 0) {
      if (size > LARGEST_DICTIONARY) {
        throw new ZstdIOException(0, "the dictionary has %,d bytes, more than the limit of %,d".formatted(size, LARGEST_DICTIONARY));
      }
      seek(body);
      dictionary = dictionary(bytes((int) size));
    }
    seek(body + size);
  }

  private byte[] bytes(int size) throws IOException {
    byte[] bytes = new byte[size];
    for (int done = 0; done < size; ) {
      require(1);
      int n = Math.min(size - done, in.remaining());
      in.get(bytes, done, n);
      done += n;
    }
    return bytes;
  }

  private static ZstdDictDecompress dictionary(byte[] stored) throws IOException {
    boolean packed = stored.length >= 4 && ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN).getInt() == FRAME;
    byte[] unpacked = packed ? Compression.ZSTD.unpack(stored, LARGEST_DICTIONARY) : stored;
    if (Zstd.getDictIdFromDict(unpacked) == 0) {
      throw new ZstdIOException(0, "the first frame says that it is a dictionary, and is none");
    }
    try {
      return new ZstdDictDecompress(unpacked);
    } catch (RuntimeException e) { // what the library makes of a damaged one
      throw new ZstdIOException(0, "the dictionary cannot be used: " + e.getMessage());
    }
  }

  @Override
  public long memberStart() {
    return memberStart;
  }

  @Override
  public long packed() {
    return position() - memberStart;
  }

  @Override
  public long unpacked() {
    return unpacked;
  }

  @Override
  public int read(byte[] target, int from, int count) throws IOException {
    if (!inMember) {
      return -1;
    }
    while (!out.hasRemaining()) {
      if (frameEnded) {
        inMember = false;
        return -1;
      }
      if (!in.hasRemaining() && !more()) {
        inMember = false;
        throw new EOFException("the file ends in the frame at byte " + memberStart);
      }
      unpack();
    }
    int n = Math.min(count, out.remaining());
    out.get(target, from, n);
    unpacked += n;
    return n;
  }

  private void unpack() throws IOException {
    out.clear();
    try {
      frameEnded = context.decompressDirectByteBufferStream(out, in);
    } catch (ZstdException e) {
      out.limit(0);
      inMember = false;
      throw new ZstdIOException(e.getErrorCode(), "damaged at about byte " + position() + ": " + e.getMessage());
    }
    out.flip();
  }

  @Override
  public boolean resynchronise() throws IOException {
    inMember = false;
    out.limit(0);
    seek(memberStart + 1);
    while (holds(4)) {
      if (in.getInt(in.position()) == FRAME) {
        return true;
      }
      in.position(in.position() + 1);
    }
    return false;
  }

  private void seek(long position) throws IOException {
    file.position(position);
    bufferStart = position;
    in.position(0).limit(0);
  }

  /// Of the next byte in the file that has not been taken.
  private long position() {
    return bufferStart + in.position();
  }

  private void require(int bytes) throws IOException {
    if (!holds(bytes)) {
      throw new EOFException("the file ends in the frame at byte " + memberStart);
    }
  }

  /// Whether the file has so many more bytes, few; they are then in the buffer.
  private boolean holds(int bytes) throws IOException {
    while (in.remaining() < bytes) {
      if (!more()) {
        return false;
      }
    }
    return true;
  }

  /// Reads on behind what has not been taken.
  private boolean more() throws IOException {
    bufferStart += in.position();
    in.compact();
    int n = file.read(in);
    in.flip();
    return n > 0;
  }

  @Override
  public void close() throws IOException {
    context.close();
    ZstdDictDecompress shared = dictionary;
    if (shared != null) {
      shared.close();
    }
    file.close();
  }
}
