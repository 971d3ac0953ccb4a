package dev.athanor.data.split;

import dev.athanor.data.SplitMix64;
import dev.athanor.data.dedup.MinHash;
import dev.athanor.data.dedup.Shingles;
import dev.athanor.data.dedup.Tokens;
import dev.athanor.data.dedup.UnionFind;
import dev.athanor.data.flow.PairSort;
import dev.athanor.data.flow.Workspace;
import dev.athanor.data.spill.Scratch;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.LongStream;

/// Groups documents that say almost the same: Jaccard similarity of at least `threshold` between their sets of shingles (five
/// tokens in a row; a token is a run of letters and digits, a character of a script without spaces or any other single character).
///
/// MinHash signatures of 128 values in 32 bands of 4 find the candidates: a pair of similarity s meets in some band with
/// probability 1 − (1 − s⁴)³², which is 0.9998 at 0.7. Each candidate is then verified on the full sets, so there are no false
/// groups; each document with the first 64 of a band's group, so that a large group of unlike documents is not quadratic. Groups
/// are the connected components. The outcome does not depend on threads. Broder, "On the resemblance and containment of documents", 1997;
/// Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", chapter 3.
///
/// The sets lie in a file, about twice the size of the text; the bands are sorted within the workspace's memory; 8 bytes a
/// document are held beside them.
final class NearDuplicates implements AutoCloseable {
  private static final Shingles SHINGLES = new Shingles(new Tokens(Tokens.Cut.AUTO, false, true), 5);
  private static final int BANDS = 32;
  /// Four values of two bytes: a band is a long.
  private static final int ROWS = 4;
  private static final MinHash MIN_HASH = new MinHash(BANDS * ROWS, 0x41746861_6e6f7231L);
  private static final int MOST_COMPARED = 64;

  private final double threshold;
  private final Scratch sets;
  private final PairSort bands;
  /// Where each document's set ends among all.
  private long[] ends = new long[1024];
  private int documents;

  /// @param threshold above 0 and at most 1
  NearDuplicates(double threshold, Workspace workspace) {
    this.threshold = threshold;
    sets = new Scratch(workspace.folder().resolve("shingles"));
    bands = workspace.pairSort("bands");
  }

  /// What is compared of a text.
  static final class Signed {
    private final long[] shingles;
    private final long[] bands;

    private Signed(long[] shingles, long[] bands) {
      this.shingles = shingles;
      this.bands = bands;
    }

    /// For several threads.
    static Signed of(String text) {
      long[] shingles = shingles(text);
      return new Signed(shingles, bands(shingles));
    }
  }

  /// The hashes of all shingles, sorted, each once. A text of fewer than five tokens has none.
  static long[] shingles(String text) {
    LongStream.Builder hashes = LongStream.builder();
    long tokens = SHINGLES.forEach(text, 0, text.length(), hashes);
    return tokens < SHINGLES.size() ? new long[0] : hashes.build().sorted().distinct().toArray();
  }

  /// One hash for each band of the signature; none where there is nothing to compare.
  private static long[] bands(long[] shingles) {
    if (shingles.length == 0) {
      return new long[0];
    }
    MinHash.Signer signer = MIN_HASH.signer();
    for (long shingle : shingles) {
      signer.accept(shingle);
    }
    ByteBuffer signature = ByteBuffer.allocate(MIN_HASH.bytes());
    signer.sign(signature);
    var bands = new long[BANDS];
    for (int band = 0; band < BANDS; band++) {
      bands[band] = SplitMix64.mix(signature.getLong(band * ROWS * MinHash.BYTES) + band);
    }
    return bands;
  }

  /// Takes the next document; they are numbered from 0.
  void add(Signed signed) {
    for (long band : signed.bands) {
      bands.add(band, documents);
    }
    for (long shingle : signed.shingles) {
      sets.writeLong(shingle);
    }
    if (documents == ends.length) {
      ends = Arrays.copyOf(ends, Math.toIntExact(2L * documents));
    }
    ends[documents++] = sets.size() / Long.BYTES;
  }

  /// The groups of all that were added. Close them.
  UnionFind groups() {
    var groups = new UnionFind(documents);
    var band = new Band(groups, sets.map());
    bands.forEach(band::read);
    return groups;
  }

  /// The first documents that agree on a band.
  private final class Band {
    private final UnionFind groups;
    private final MemorySegment all;
    private final int[] members = new int[MOST_COMPARED];
    private int count;
    private long key;

    Band(UnionFind groups, MemorySegment all) {
      this.groups = groups;
      this.all = all;
    }

    void read(long nextKey, long number) {
      if (nextKey != key) {
        count = 0;
        key = nextKey;
      }
      int document = (int) number;
      for (int i = 0; i < count; i++) {
        int other = members[i];
        if (groups.leader(document) != groups.leader(other) && jaccard(set(document), set(other)) >= threshold) {
          groups.join(document, other);
        }
      }
      if (count < MOST_COMPARED) {
        members[count++] = document;
      }
    }

    private MemorySegment set(int document) {
      long from = document == 0 ? 0 : ends[document - 1];
      return all.asSlice(from * Long.BYTES, (ends[document] - from) * Long.BYTES);
    }
  }

  /// The share of two sorted sets' union that both hold.
  static double jaccard(MemorySegment a, MemorySegment b) {
    long both = 0;
    long i = 0;
    long j = 0;
    while (i < a.byteSize() && j < b.byteSize()) {
      long one = a.get(Scratch.LONG, i);
      long other = b.get(Scratch.LONG, j);
      both += one == other ? 1 : 0;
      i += one <= other ? Long.BYTES : 0;
      j += other <= one ? Long.BYTES : 0;
    }
    long union = (a.byteSize() + b.byteSize()) / Long.BYTES - both;
    return union == 0 ? 0 : (double) both / union;
  }

  @Override
  public void close() {
    bands.close();
    sets.close();
  }
}
