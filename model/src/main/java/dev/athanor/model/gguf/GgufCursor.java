package dev.athanor.model.gguf;

import dev.athanor.base.UserException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Walks a mapped file from its beginning and believes nothing: every step first asks whether the file is that long.
final class GgufCursor {
  /// Keys, names and single texts together: what is copied out of the file when it is opened. Published files have some
  /// tens of kilobytes, or 20 MB where a whole tokenizer.json is one text.
  private static final long MAX_TEXT = 64 << 20;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path file;
  private final MemorySegment bytes;
  private long at;
  private long textLeft = MAX_TEXT;
  private String subject = "its header";

  GgufCursor(Path file, MemorySegment bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  /// Says what is being read, for messages: "the value of 'general.name'".
  void reading(String what) {
    subject = what;
  }

  long position() {
    return at;
  }

  long left() {
    return bytes.byteSize() - at;
  }

  /// The next `n` bytes, as a view.
  MemorySegment take(long n) {
    need(n);
    MemorySegment taken = bytes.asSlice(at, n);
    at += n;
    return taken;
  }

  int u32() {
    need(4);
    at += 4;
    return bytes.get(INT, at - 4);
  }

  /// Above 2⁶³ − 1 it is negative.
  long u64() {
    need(8);
    at += 8;
    return bytes.get(LONG, at - 8);
  }

  /// A key or a name.
  String name() {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(text()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new UserException(file + " is damaged: " + subject + " is not UTF-8", e);
    }
  }

  /// The UTF-8 of a text.
  byte[] text() {
    long length = length();
    if (length > textLeft) {
      throw damaged(
          "%s is %d bytes long; keys, names and texts may take %d bytes together".formatted(subject, length, MAX_TEXT));
    }
    textLeft -= length;
    return take(length).toArray(ValueLayout.JAVA_BYTE);
  }

  void skipText() {
    take(length());
  }

  private long length() {
    long length = u64();
    if (length < 0 || length > left()) {
      throw damaged(
          "%s has a text of %s bytes, but only %d are left of the file"
              .formatted(subject, Long.toUnsignedString(length), left()));
    }
    return length;
  }

  private void need(long n) {
    if (n > left()) {
      throw damaged("it ends at byte %d, within %s".formatted(bytes.byteSize(), subject));
    }
  }

  UserException damaged(String why) {
    return new UserException(file + " is damaged: " + why);
  }
}
