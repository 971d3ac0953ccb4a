package dev.athanor.data.shard;

import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import dev.athanor.data.Rows;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// Which stretches of token shards make which row: memory-mapped, thread-safe until closed.
///
/// A row of L tokens is what a model learns to predict: before it stands one more token, that it sees first. That is end-of-text, or, where
/// the row begins inside a document, the token before. So each token of each document is predicted once in an epoch.
///
/// The layout, little-endian:
///
/// | bytes | what |
/// |---|---|
/// | 8 | magic `ATHROWS` and a zero |
/// | 4, 4, 4, 4 | version 1, tokens a row, packing (0 concatenated, 1 best fit), groups |
/// | 8 | the seed that the documents were drawn by |
/// | 32 | fingerprint of the shards |
/// | pieces × 12 | where a piece begins in the shards' tokens (8), its length (4); bit 31 of the length where a document goes on |
/// | rows × 8 | the first piece of each row; the rows of a group stand together, in the groups' order |
/// | groups × 16 | rows and tokens of each group |
/// | 8, 8, 8, 8 | rows, pieces, cut documents, needlessly cut documents |
/// | 32 | SHA-256 of all before it |
public final class RowsFile implements AutoCloseable {
  static final byte[] MAGIC = "ATHROWS\0".getBytes(StandardCharsets.US_ASCII);
  static final int VERSION = 1;
  static final int HEADER = 64;
  static final int PIECE = 12;
  static final int COUNTS = 32;
  static final int CONTINUED = 1 << 31;
  private static final int DIGEST = 32;
  private static final int FINGERPRINT_AT = 32;

  private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Arena arena;
  private final MemorySegment pieces;
  private final MemorySegment starts;
  private final RowsSummary summary;
  private final long[] firstRow;
  private final long seed;
  private final TokenShards shards;

  private RowsFile(Arena arena, MemorySegment all, TokenShards shards, RowsSummary summary) {
    this.arena = arena;
    this.shards = shards;
    this.summary = summary;
    seed = all.get(U64, 24);
    pieces = all.asSlice(HEADER, summary.pieces() * PIECE);
    starts = all.asSlice(HEADER + pieces.byteSize(), summary.rows() * Long.BYTES);
    firstRow = new long[summary.groups().size() + 1];
    for (int g = 0; g + 1 < firstRow.length; g++) {
      firstRow[g + 1] = firstRow[g] + summary.groups().get(g).rows();
    }
  }

  /// Maps the file and checks it whole.
  ///
  /// @param shards that it was made for; stay open as long as this
  /// @throws UserException when it is missing or damaged, or of other shards
  @SuppressWarnings("MustBeClosedChecker") // the arena lives as long as the rows, whose close() ends it
  public static RowsFile open(Path file, TokenShards shards) {
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return new RowsFile(arena, all, shards, checked(file, all, shards.index()));
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

  private static RowsSummary checked(Path file, MemorySegment all, ShardIndex index) {
    long end = all.byteSize() - DIGEST;
    if (end < HEADER + COUNTS || all.asSlice(0, MAGIC.length).mismatch(MemorySegment.ofArray(MAGIC)) != -1 || all.get(U32, 8) != VERSION) {
      throw damaged(file, "is no file of rows");
    }
    if (all.asSlice(end).mismatch(MemorySegment.ofArray(digest(all.asSlice(0, end)))) != -1) {
      throw damaged(file, "is damaged: its checksum does not match");
    }
    byte[] fingerprint = HexFormat.of().parseHex(index.fingerprint());
    if (all.asSlice(FINGERPRINT_AT, fingerprint.length).mismatch(MemorySegment.ofArray(fingerprint)) != -1) {
      throw damaged(file, "was made for other token shards");
    }
    int groupCount = all.get(U32, 20);
    long at = end - COUNTS;
    List<RowsSummary.Group> groups = new ArrayList<>();
    long tokens = 0;
    for (int g = 0; g < groupCount; g++) {
      long group = at - 16L * (groupCount - g);
      groups.add(new RowsSummary.Group(index.groups().get(g).name(), all.get(U64, group), all.get(U64, group + 8)));
      tokens += all.get(U64, group + 8);
    }
    return new RowsSummary(
        all.get(U32, 16) == 0 ? Packing.CONCATENATE : Packing.BEST_FIT,
        all.get(U32, 12),
        all.get(U64, at),
        all.get(U64, at + 8),
        tokens,
        all.get(U64, at + 16),
        all.get(U64, at + 24),
        groups);
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

  /// The seed that the documents were drawn by.
  public long seed() {
    return seed;
  }

  public RowsSummary summary() {
    return summary;
  }

  /// Rows of a group.
  public long rows(int group) {
    return firstRow[group + 1] - firstRow[group];
  }

  /// A stretch of one document in a row.
  ///
  /// @param from its first token in the shards
  /// @param continued whether the document began before
  public record Piece(long from, int length, boolean continued) {}

  /// The pieces of a group's row, in order.
  public List<Piece> pieces(int group, long row) {
    long number = firstRow[group] + row;
    long end = number + 1 == summary.rows() ? summary.pieces() : starts.get(U64, (number + 1) * Long.BYTES);
    List<Piece> found = new ArrayList<>();
    for (long piece = starts.get(U64, number * Long.BYTES); piece < end; piece++) {
      int length = pieces.get(U32, piece * PIECE + Long.BYTES);
      found.add(new Piece(pieces.get(U64, piece * PIECE), length & ~CONTINUED, (length & CONTINUED) != 0));
    }
    return found;
  }

  /// Fills a group's row as [Rows#row] says.
  public void row(int group, long row, int[] tokens, int[] segments) {
    int length = summary.length();
    if (tokens.length != length + 1 || segments.length != length) {
      throw new IllegalArgumentException(
          "a row of " + length + " needs arrays of " + (length + 1) + " and " + length + ", not " + tokens.length + " and "
              + segments.length);
    }
    List<Piece> all = pieces(group, row);
    Piece first = all.getFirst();
    int endOfText = shards.index().tokenizer().endOfText();
    tokens[0] = first.continued ? shards.get(first.from - 1) : endOfText;
    segments[0] = 0;
    int segment = first.continued ? 0 : 1;
    int at = 1;
    for (Piece piece : all) {
      shards.copy(piece.from, piece.length, tokens, at);
      Arrays.fill(segments, Math.min(at, length), Math.min(at + piece.length, length), segment++);
      at += piece.length;
    }
    Arrays.fill(tokens, at, length + 1, endOfText);
    // The last token that is there is seen by nothing: its successor is padding.
    Arrays.fill(segments, at - 1, length, Rows.PADDING);
  }

  @Override
  public void close() {
    arena.close();
  }
}
