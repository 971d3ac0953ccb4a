package dev.athanor.data.shard;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Progress;
import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import dev.athanor.data.Permutation;
import dev.athanor.data.SplitMix64;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Packs the documents of token shards into rows, group by group: a row holds documents of one group. Which documents come together is
/// drawn by the seed. The file appears whole or not at all. Memory: about 40 bytes for each document of a window, and nothing that grows
/// with the corpus; lists of documents and rows that do lie in files, which are gone afterwards.
public final class RowsWriter {
  /// Pieces among which best fit chooses. Of so many, the rows that are not full at the end are nothing.
  private static final int WINDOW = 1 << 21;

  private final TokenShards shards;
  private final int length;
  private final Packing packing;
  private final long seed;
  private final int window;
  private final MessageDigest digest = Sha256.digest();
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
  private final List<RowsSummary.Group> groups = new ArrayList<>();
  private long rows;
  private long pieces;
  private long cut;
  private long cutNeedlessly;

  RowsWriter(TokenShards shards, int length, Packing packing, long seed, int window) {
    if (length < 1) {
      throw new IllegalArgumentException("a row needs at least one token, not " + length);
    }
    this.shards = shards;
    this.length = length;
    this.packing = packing;
    this.seed = seed;
    this.window = window;
  }

  /// @param length of a row in tokens
  public static RowsSummary write(Path file, TokenShards shards, int length, Packing packing, long seed, Progress progress) {
    return new RowsWriter(shards, length, packing, seed, WINDOW).write(file, progress);
  }

  RowsSummary write(Path file, Progress progress) {
    if (shards.documents() == 0) {
      throw new UserException("there is nothing to pack: the token shards hold no document");
    }
    Path list = list(file);
    Path starts = starts(file);
    try (Progress.Task task = progress.start("pack", shards.documents(), "doc");
        var members = GroupMembers.list(shards, list)) {
      AtomicFile.write(
          file,
          out -> {
            header(out);
            try (var rowStarts = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(starts), 1 << 16))) {
              for (int group = 0; group < shards.index().groups().size(); group++) {
                pack(group, members, out, rowStarts, task);
              }
            }
            append(starts, out);
            trailer(out);
          });
    } finally {
      remove(starts);
    }
    long tokens = groups.stream().mapToLong(RowsSummary.Group::tokens).sum();
    return new RowsSummary(packing, length, rows, pieces, tokens, cut, cutNeedlessly, groups);
  }

  /// Removes what a writer that was killed left behind.
  static void clean(Path file) {
    remove(list(file));
    remove(starts(file));
  }

  private static Path list(Path file) {
    return beside(file, ".documents");
  }

  private static Path starts(Path file) {
    return beside(file, ".starts");
  }

  private static Path beside(Path file, String suffix) {
    return file.toAbsolutePath().resolveSibling("." + file.getFileName() + suffix);
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + file, e);
    }
  }

  private void header(OutputStream out) throws IOException {
    buffer.put(RowsFile.MAGIC).putInt(RowsFile.VERSION).putInt(length).putInt(packing == Packing.CONCATENATE ? 0 : 1);
    buffer.putInt(shards.index().groups().size()).putLong(seed).put(HexFormat.of().parseHex(shards.index().fingerprint()));
    drain(out);
  }

  private void pack(int group, GroupMembers members, OutputStream out, DataOutputStream rowStarts, Progress.Task task)
      throws IOException {
    long count = members.count(group);
    long rowsBefore = rows;
    long tokens = 0;
    if (count > 0) {
      var order = new Permutation(count, SplitMix64.mix(seed) ^ SplitMix64.mix(group + 1L));
      Sink sink = new Sink(out, rowStarts);
      tokens =
          switch (packing) {
            case CONCATENATE -> concatenate(group, members, order, sink, task);
            case BEST_FIT -> bestFit(group, members, order, sink, task);
          };
    }
    groups.add(new RowsSummary.Group(shards.index().groups().get(group).name(), rows - rowsBefore, tokens));
  }

  private long concatenate(int group, GroupMembers members, Permutation order, Sink sink, Progress.Task task) throws IOException {
    long tokens = 0;
    int room = 0;
    for (long place = 0; place < order.size(); place++) {
      long document = members.document(group, order.at(place));
      long from = shards.start(document);
      long size = shards.start(document + 1) - from;
      if (size > (room == 0 ? length : room)) {
        cut++;
        cutNeedlessly += size <= length ? 1 : 0;
      }
      for (long done = 0; done < size; ) {
        if (room == 0) {
          sink.row();
          room = length;
        }
        int piece = (int) Math.min(room, size - done);
        sink.piece(from + done, piece, done > 0);
        done += piece;
        room -= piece;
      }
      tokens += size;
      task.advance(1);
    }
    return tokens;
  }

  private long bestFit(int group, GroupMembers members, Permutation order, Sink sink, Progress.Task task) throws IOException {
    int most = (int) Math.min(window, order.size());
    long[] from = new long[most];
    int[] lengths = new int[most];
    boolean[] continued = new boolean[most];
    long tokens = 0;
    int filled = 0;
    for (long place = 0; place < order.size(); place++) {
      long document = members.document(group, order.at(place));
      long begin = shards.start(document);
      long size = shards.start(document + 1) - begin;
      long done = 0;
      for (; size - done > length; done += length) {
        sink.row();
        sink.piece(begin + done, length, done > 0);
      }
      cut += done > 0 ? 1 : 0;
      from[filled] = begin + done;
      lengths[filled] = (int) (size - done);
      continued[filled++] = done > 0;
      tokens += size;
      task.advance(1);
      if (filled == most || place + 1 == order.size()) {
        emit(BestFit.of(lengths, filled, length), from, lengths, continued, sink);
        filled = 0;
      }
    }
    return tokens;
  }

  /// The rest of a long document comes first in its row, where the token before it can be seen.
  private static void emit(BestFit packed, long[] from, int[] lengths, boolean[] continued, Sink sink) throws IOException {
    for (int row = 0; row < packed.rows(); row++) {
      sink.row();
      int leading = packed.firstOf(row);
      while (leading >= 0 && !continued[leading]) {
        leading = packed.after(leading);
      }
      if (leading >= 0) {
        sink.piece(from[leading], lengths[leading], true);
      }
      for (int piece = packed.firstOf(row); piece >= 0; piece = packed.after(piece)) {
        if (piece != leading) {
          sink.piece(from[piece], lengths[piece], continued[piece]);
        }
      }
    }
  }

  private final class Sink {
    private final OutputStream out;
    private final DataOutputStream starts;

    Sink(OutputStream out, DataOutputStream starts) {
      this.out = out;
      this.starts = starts;
    }

    void row() throws IOException {
      rows++;
      starts.writeLong(Long.reverseBytes(pieces));
    }

    void piece(long from, int size, boolean goesOn) throws IOException {
      pieces++;
      if (buffer.remaining() < RowsFile.PIECE) {
        drain(out);
      }
      buffer.putLong(from).putInt(goesOn ? size | RowsFile.CONTINUED : size);
    }
  }

  private void append(Path starts, OutputStream out) throws IOException {
    drain(out);
    byte[] chunk = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(starts)) {
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        digest.update(chunk, 0, n);
        out.write(chunk, 0, n);
      }
    }
  }

  private void trailer(OutputStream out) throws IOException {
    for (RowsSummary.Group group : groups) {
      if (buffer.remaining() < 16) {
        drain(out);
      }
      buffer.putLong(group.rows()).putLong(group.tokens());
    }
    drain(out);
    buffer.putLong(rows).putLong(pieces).putLong(cut).putLong(cutNeedlessly);
    drain(out);
    out.write(digest.digest());
  }

  private void drain(OutputStream out) throws IOException {
    digest.update(buffer.array(), 0, buffer.position());
    out.write(buffer.array(), 0, buffer.position());
    buffer.clear();
  }
}
