package dev.athanor.data;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Progress;
import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import dev.athanor.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Iterator;

/// A tokenised split: each document's ids followed by end-of-text, memory-mapped. Thread-safe until closed.
///
/// The layout, little-endian:
///
/// | bytes | what |
/// |---|---|
/// | 8 | magic `ATHTOKEN` |
/// | 4, 4, 4, 12 | version 1, or 2 with groups; bytes a token (2 when the vocabulary has at most 65 536 entries, else 4); vocabulary; zeros |
/// | tokens × width | the ids, unsigned |
/// | documents × 8 | where each document begins, in tokens |
/// | documents × 4 | in version 2 alone: the number of each document's group |
/// | 8, 8, 8 | tokens, documents, UTF-8 bytes of the text |
/// | 32 | SHA-256 of all before it |
public final class TokenFile implements AutoCloseable {
  static final byte[] MAGIC = "ATHTOKEN".getBytes(StandardCharsets.US_ASCII);
  static final int PLAIN = 1;
  static final int GROUPED = 2;
  static final int HEADER = 32;
  static final int COUNTS = 24;
  private static final int DIGEST = 32;
  private static final int TOKENISING_THREADS = 2;

  private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Arena arena;
  private final MemorySegment ids;
  private final MemorySegment starts;
  private final MemorySegment groups;
  private final boolean wide;
  private final int vocabSize;
  private final long tokens;
  private final long documents;
  private final long utf8Bytes;

  private TokenFile(Arena arena, MemorySegment file, Header header, Counts counts) {
    this.arena = arena;
    wide = header.width == 4;
    vocabSize = header.vocabSize;
    tokens = counts.tokens;
    documents = counts.documents;
    utf8Bytes = counts.utf8Bytes;
    ids = file.asSlice(HEADER, tokens * header.width);
    starts = file.asSlice(HEADER + tokens * header.width, documents * Long.BYTES);
    groups = file.asSlice(HEADER + tokens * header.width + documents * Long.BYTES, documents * header.groupBytes());
  }

  private record Header(int width, int vocabSize, boolean grouped) {
    long groupBytes() {
      return grouped ? Integer.BYTES : 0;
    }
  }

  private record Counts(long tokens, long documents, long utf8Bytes) {}

  /// Bytes a token.
  static int width(int vocabSize) {
    return vocabSize <= 1 << 16 ? Short.BYTES : Integer.BYTES;
  }

  /// Tokenises on two threads; the order and the bytes are those of one. The file appears whole or not at all.
  ///
  /// @param vocabSize at least the tokenizer's; larger where a model pads its vocabulary
  public static void write(
      Path file, Tokenizer tokenizer, Iterator<Document> documents, int vocabSize, Progress progress) {
    if (vocabSize < tokenizer.vocabSize()) {
      throw new IllegalArgumentException(
          "a vocabulary of " + vocabSize + " cannot hold the tokenizer's " + tokenizer.vocabSize());
    }
    try (Progress.Task task = progress.start("tokenise " + file.getFileName(), -1, "tok");
        var encoding = new ParallelEncoding<Document>(documents, Document::text, tokenizer, TOKENISING_THREADS)) {
      AtomicFile.write(
          file,
          out -> {
            var writer = new TokenFileWriter(out, vocabSize, tokenizer.endOfText(), false);
            while (encoding.hasNext()) {
              ParallelEncoding.Encoded<Document> document = encoding.next();
              writer.add(document.ids(), document.utf8Bytes(), 0);
              task.advance(document.ids().length + 1L);
            }
            writer.finish();
          });
    }
  }

  public static void write(Path file, Tokenizer tokenizer, Iterator<Document> documents, int vocabSize) {
    write(file, tokenizer, documents, vocabSize, Progress.silent());
  }

  /// Maps the file and checks it whole, which takes about a second for each two gigabytes.
  ///
  /// @throws UserException when it is missing, cut off or has a changed byte
  public static TokenFile open(Path file) {
    return open(file, true);
  }

  /// Maps the file and checks its lengths alone, which takes no time: for files whose checksums stand, and are checked, elsewhere.
  ///
  /// @throws UserException when it is missing or cut off
  public static TokenFile map(Path file) {
    return open(file, false);
  }

  @SuppressWarnings("MustBeClosedChecker") // the arena lives as long as the token file, whose close() ends it
  private static TokenFile open(Path file, boolean check) {
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      Header header = header(file, all);
      return new TokenFile(arena, all, header, counts(file, all, header, check));
    } catch (NoSuchFileException e) {
      arena.close();
      throw new UserException("no such file: " + file, e);
    } catch (IOException e) {
      arena.close();
      throw new UncheckedIOException("cannot read " + file, e);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  private static Header header(Path file, MemorySegment all) {
    if (all.byteSize() < HEADER + COUNTS + DIGEST
        || all.asSlice(0, MAGIC.length).mismatch(MemorySegment.ofArray(MAGIC)) != -1) {
      throw damaged(file, "is no token file");
    }
    int version = all.get(U32, 8);
    int width = all.get(U32, 12);
    if ((version != PLAIN && version != GROUPED) || (width != 2 && width != 4)) {
      throw damaged(file, "has an unknown header (version " + version + ", " + width + " bytes a token)");
    }
    return new Header(width, all.get(U32, 16), version == GROUPED);
  }

  private static Counts counts(Path file, MemorySegment all, Header header, boolean check) {
    long at = all.byteSize() - DIGEST - COUNTS;
    var counts = new Counts(all.get(U64, at), all.get(U64, at + 8), all.get(U64, at + 16));
    if (counts.tokens < 0
        || counts.documents < 0
        || counts.documents > counts.tokens
        || counts.tokens > at
        || HEADER + counts.tokens * header.width + counts.documents * (Long.BYTES + header.groupBytes()) != at) {
      throw damaged(file, "is cut off or damaged: its length does not fit its counts");
    }
    MemorySegment digested = all.asSlice(0, all.byteSize() - DIGEST);
    if (check && all.asSlice(digested.byteSize()).mismatch(MemorySegment.ofArray(digest(digested))) != -1) {
      throw damaged(file, "is damaged: its checksum does not match");
    }
    return counts;
  }

  private static byte[] digest(MemorySegment bytes) {
    MessageDigest digest = Sha256.digest();
    int chunk = 1 << 24;
    for (long at = 0; at < bytes.byteSize(); at += chunk) {
      digest.update(bytes.asSlice(at, Math.min(chunk, bytes.byteSize() - at)).asByteBuffer());
    }
    return digest.digest();
  }

  private static UserException damaged(Path file, String what) {
    return new UserException(file + " " + what + "; remove it and run the same command again");
  }

  public int vocabSize() {
    return vocabSize;
  }

  /// End-of-text tokens included.
  public long tokens() {
    return tokens;
  }

  public long documents() {
    return documents;
  }

  /// Of the documents' text, end-of-text tokens not counted: the denominator of bits per byte.
  public long utf8Bytes() {
    return utf8Bytes;
  }

  /// The first token of a document; `start(documents())` is `tokens()`.
  public long start(long document) {
    return document == documents ? tokens : starts.get(U64, document * Long.BYTES);
  }

  /// The number of a document's group; 0 where groups are not kept.
  public int group(long document) {
    return groups.byteSize() == 0 ? 0 : groups.get(U32, document * Integer.BYTES);
  }

  public int get(long token) {
    return wide ? ids.get(U32, token * 4) : Short.toUnsignedInt(ids.get(U16, token * 2));
  }

  /// Copies `length` tokens, the first of them token `from`, to `into[at]` and on.
  public void copy(long from, int length, int[] into, int at) {
    if (wide) {
      MemorySegment.copy(ids, U32, from * 4, into, at, length);
      return;
    }
    for (int i = 0; i < length; i++) {
      into[at + i] = Short.toUnsignedInt(ids.get(U16, (from + i) * 2));
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
