package dev.athanor.data.dedup;

import dev.athanor.data.CommentSyntax;
import dev.athanor.data.Document;
import dev.athanor.data.SplitMix64;
import dev.athanor.data.flow.CorpusStep;
import dev.athanor.data.flow.PairSort;
import dev.athanor.data.flow.Signatures;
import dev.athanor.data.flow.Workspace;
import dev.athanor.data.spill.Scratch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Locale;

/// Finds near-duplicates by MinHash and locality-sensitive hashing: a pair of similarity s agrees on all rows of some band with
/// probability 1 − (1 − s^rows)^bands and is then a candidate. Candidates are joined, or first compared on their whole
/// signatures; the smallest number leads a group and stays. Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", ch. 3.
///
/// The signatures lie in a mapped file, so that any two can be compared; for each band the hashes of its rows are sorted with
/// the units' numbers, and equal ones lie together. Disk: 2 bytes a value and unit, and 16 bytes a unit for as many bands as do not fit
/// in memory at once. Memory: that of the sort and 4 bytes a unit.
///
/// @param verify the least share of agreeing values at which a candidate is joined; 0 to join all candidates
/// @param minLength of a paragraph or line that is compared, in code points without white space
public record MinhashDuplicates(Lsh lsh, int shingle, Tokens.Cut cut, Unit unit, int minLength, double verify, MinHash hash)
    implements CorpusStep {
  private static final String REASON = "near-duplicate";
  /// With how many unlike members of a band's group each further one is compared: more would be quadratic in large groups.
  private static final int MOST_COMPARED = 16;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  /// The shape of the signatures.
  public record Lsh(int bands, int rows) {
    int values() {
      return bands * rows;
    }

    /// The probability that a pair of this similarity is a candidate.
    public double candidate(double similarity) {
      return 1 - Math.pow(1 - Math.pow(similarity, rows), bands);
    }
  }

  public MinhashDuplicates(
      Lsh lsh, int shingle, Tokens.Cut cut, Unit unit, int minLength, double verify, long seed) {
    this(lsh, shingle, cut, unit, minLength, verify, new MinHash(lsh.values(), seed));
  }

  private int stride() {
    return lsh.values() * MinHash.BYTES;
  }

  @Override
  public byte[] sign(Document document) {
    String text = document.text();
    Shingles shingles = shingles(document, cut, shingle);
    MinHash.Signer signer = hash.signer();
    return ExactDuplicates.signed(
        text,
        unit,
        minLength,
        stride(),
        (out, from, to) -> {
          shingles.forEach(text, from, to, signer);
          signer.sign(out);
        });
  }

  /// Punctuation counts in source code, where it carries meaning, and not in prose.
  static Shingles shingles(Document document, Tokens.Cut cut, int size) {
    boolean code = CommentSyntax.of(document.language()) != CommentSyntax.PROSE;
    return new Shingles(new Tokens(cut, true, code), size);
  }

  @Override
  public void decide(Signatures signatures, Path decisions, Workspace workspace) {
    try (var scratch = new Scratch(workspace.folder().resolve("signatures"))) {
      signatures.forEach((_, _, signature) -> scratch.write(signature, 0, signature.length));
      long units = scratch.size() / stride();
      var signed = new Signed(scratch.map(), units);
      try (var groups = new UnionFind(units, workspace, "minhash")) {
        long perPass = Math.clamp(workspace.memory() / (64 * Math.max(1, units)), 1, lsh.bands);
        for (int band = 0; band < lsh.bands; band += (int) perPass) {
          join(signed, band, (int) Math.min(lsh.bands, band + perPass), groups, workspace);
        }
        new CopyDecisions("minhash", unit, stride(), workspace)
            .write(decisions, signatures, () -> new JoinedUnits(groups, units), signed::similarity, units, signed.compared());
      }
    }
  }

  private void join(Signed signed, int fromBand, int toBand, UnionFind groups, Workspace workspace) {
    try (PairSort sort = workspace.pairSort("bands");
        var batches =
            new PairBatches(
                workspace.threads(), 0, verify == 0, (_, members, from, to) -> join(signed, members, from, to, groups))) {
      for (long number = 0; number < signed.units; number++) {
        if (!signed.isEmpty(number)) {
          for (int band = fromBand; band < toBand; band++) {
            sort.add(signed.band(number, band), number);
          }
        }
      }
      sort.forEach(batches);
      batches.finish();
    }
  }

  private void join(Signed signed, long[] members, int from, int to, UnionFind groups) {
    if (verify == 0) {
      for (int i = from + 1; i < to; i++) {
        groups.join(members[from], members[i]);
      }
      return;
    }
    var unlike = new long[MOST_COMPARED];
    unlike[0] = members[from];
    int count = 1;
    for (int i = from + 1; i < to; i++) {
      boolean joined = false;
      for (int j = 0; j < count; j++) {
        if (signed.similarity(members[i], unlike[j]) >= verify) {
          groups.join(unlike[j], members[i]);
          joined = true;
        }
      }
      if (!joined && count < MOST_COMPARED) {
        unlike[count++] = members[i];
      }
    }
  }

  /// All signatures, in a file.
  private final class Signed {
    private final MemorySegment file;
    private final long units;

    Signed(MemorySegment file, long units) {
      this.file = file;
      this.units = units;
    }

    private short value(long number, int index) {
      return file.get(SHORT, number * stride() + (long) index * MinHash.BYTES);
    }

    /// Nothing in it could be compared.
    boolean isEmpty(long number) {
      for (int i = 0; i < lsh.values(); i++) {
        if (value(number, i) != 0) {
          return false;
        }
      }
      return true;
    }

    long compared() {
      long count = 0;
      for (long number = 0; number < units; number++) {
        count += isEmpty(number) ? 0 : 1;
      }
      return count;
    }

    long band(long number, int band) {
      long hash = band;
      long four = 0;
      for (int row = 0; row < lsh.rows; row++) {
        four = (four << 16) | (value(number, band * lsh.rows + row) & 0xffff);
        if ((row & 3) == 3) {
          hash = SplitMix64.mix(hash ^ four);
          four = 0;
        }
      }
      return SplitMix64.mix(hash ^ four ^ (lsh.rows & 3));
    }

    /// The share of values in which two units agree, which estimates their Jaccard similarity with a standard error of
    /// √(s (1 − s) / values).
    float similarity(long one, long other) {
      int equal = 0;
      for (int i = 0; i < lsh.values(); i++) {
        equal += value(one, i) == value(other, i) ? 1 : 0;
      }
      return (float) equal / lsh.values();
    }
  }

  @Override
  public Judge judge(Path decisions) {
    return new CopyJudge(
        decisions,
        unit,
        minLength,
        REASON,
        (id, similarity) -> String.format(Locale.ROOT, "of %s, estimated similarity %.2f", id, similarity));
  }
}
