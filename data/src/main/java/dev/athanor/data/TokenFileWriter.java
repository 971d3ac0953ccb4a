package dev.athanor.data;

import dev.athanor.base.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/// Writes what a [TokenFile] reads, document by document. Where documents begin, and their groups, stay in memory until the end: 8 or 12
/// bytes a document.
public final class TokenFileWriter {
  private static final int BUFFER = 1 << 16;

  private final OutputStream out;
  private final MessageDigest digest = Sha256.digest();
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
  private final int vocabSize;
  private final int endOfText;
  private final boolean grouped;
  private long[] starts = new long[1024];
  private int[] groups = new int[1024];
  private long tokens;
  private int documents;
  private long utf8Bytes;
  private long fileBytes;

  /// @param out is flushed and closed by whoever opened it
  /// @param vocabSize every id is smaller
  /// @param endOfText follows every document
  /// @param grouped whether each document's group is kept
  public TokenFileWriter(OutputStream out, int vocabSize, int endOfText, boolean grouped) throws IOException {
    this.out = out;
    this.vocabSize = vocabSize;
    this.endOfText = endOfText;
    this.grouped = grouped;
    buffer.put(TokenFile.MAGIC).putInt(grouped ? TokenFile.GROUPED : TokenFile.PLAIN).putInt(TokenFile.width(vocabSize)).putInt(vocabSize);
    buffer.put(new byte[TokenFile.HEADER - buffer.position()]);
  }

  /// End-of-text tokens included.
  public long tokens() {
    return tokens;
  }

  public int documents() {
    return documents;
  }

  public long utf8Bytes() {
    return utf8Bytes;
  }

  /// Of the finished file.
  public long fileBytes() {
    return fileBytes;
  }

  /// @param ids of the text alone
  /// @param group kept where groups are
  public void add(int[] ids, long textBytes, int group) throws IOException {
    if (documents == starts.length) {
      starts = Arrays.copyOf(starts, documents * 2);
      groups = Arrays.copyOf(groups, documents * 2);
    }
    starts[documents] = tokens;
    groups[documents++] = group;
    for (int id : ids) {
      put(id);
    }
    put(endOfText);
    tokens += ids.length + 1;
    utf8Bytes += textBytes;
  }

  /// Writes what comes after the documents.
  ///
  /// @return the SHA-256 of the whole file
  public String finish() throws IOException {
    for (int i = 0; i < documents; i++) {
      room(Long.BYTES).putLong(starts[i]);
    }
    for (int i = 0; grouped && i < documents; i++) {
      room(Integer.BYTES).putInt(groups[i]);
    }
    room(TokenFile.COUNTS).putLong(tokens).putLong(documents).putLong(utf8Bytes);
    drain();
    byte[] trailer = copy(digest).digest();
    out.write(trailer);
    fileBytes += trailer.length;
    digest.update(trailer);
    return HexFormat.of().formatHex(digest.digest());
  }

  private void put(int id) throws IOException {
    if (id < 0 || id >= vocabSize) {
      throw new IllegalStateException("token " + id + " lies outside the vocabulary of " + vocabSize);
    }
    if (TokenFile.width(vocabSize) == Short.BYTES) {
      room(Short.BYTES).putShort((short) id);
    } else {
      room(Integer.BYTES).putInt(id);
    }
  }

  private ByteBuffer room(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      drain();
    }
    return buffer;
  }

  private void drain() throws IOException {
    digest.update(buffer.array(), 0, buffer.position());
    out.write(buffer.array(), 0, buffer.position());
    fileBytes += buffer.position();
    buffer.clear();
  }

  private static MessageDigest copy(MessageDigest digest) {
    try {
      return (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("every JDK's SHA-256 can be cloned", e);
    }
  }
}
