package dev.athanor.data.dedup;

import dev.athanor.data.Document;
import dev.athanor.data.flow.CorpusStep;
import dev.athanor.data.flow.PairSort;
import dev.athanor.data.flow.Signatures;
import dev.athanor.data.flow.Workspace;
import dev.athanor.data.spill.Scratch;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Finds units whose fingerprints differ in few bits: all pairs within the distance are joined, none is missed.
///
/// The bits are parted into blocks, more than the distance allows to differ; two fingerprints within it agree in all but
/// `distance` blocks, so for each choice of the others there is a sort by those blocks that brings them together. There are as many
/// blocks as keep chance meetings rare for the size of the corpus. Manku, Jain and Das Sarma, "Detecting near-duplicates for
/// web crawling", WWW 2007. Equal fingerprints are joined first and compared once.
///
/// Disk: 8 bytes a unit and 16 bytes a unit for each sort, one at a time; memory: that of the sort and 4 bytes a unit.
///
/// @param bits of a fingerprint that are used
/// @param distance in how many bits copies may differ
/// @param minLength of a paragraph or line that is compared, in code points without white space
public record SimhashDuplicates(int bits, int distance, int shingle, Tokens.Cut cut, Unit unit, int minLength)
    implements CorpusStep {
  private static final String REASON = "near-duplicate";
  private static final int STRIDE = 1 + Long.BYTES;

  private long mask() {
    return -1L >>> (Long.SIZE - bits);
  }

  /// A byte that says whether there was anything to compare, and the fingerprint.
  @Override
  public byte[] sign(Document document) {
    String text = document.text();
    Shingles shingles = MinhashDuplicates.shingles(document, cut, shingle);
    var bag = new SimHash();
    return ExactDuplicates.signed(
        text,
        unit,
        minLength,
        STRIDE,
        (out, from, to) -> {
          shingles.forEach(text, from, to, bag);
          out.put((byte) (bag.count() > 0 ? 1 : 0)).putLong(bag.fingerprint() & mask());
        });
  }

  private static final class Counts {
    long units;
    long compared;
    long distinct;
  }

  @Override
  public void decide(Signatures signatures, Path decisions, Workspace workspace) {
    var counts = new Counts();
    try (var scratch = new Scratch(workspace.folder().resolve("fingerprints"));
        var distinct = new Scratch(workspace.folder().resolve("distinct"));
        PairSort sort = workspace.pairSort("fingerprints")) {
      signatures.forEach((_, _, signature) -> add(signature, scratch, sort, counts));
      try (var groups = new UnionFind(counts.units, workspace, "simhash")) {
        joinEqual(sort, groups, distinct, counts);
        for (long table : tables(counts.distinct)) {
          joinNear(table, distinct.map(), groups, workspace, counts);
        }
        MemorySegment prints = scratch.map();
        new CopyDecisions("simhash", unit, STRIDE, workspace)
            .write(
                decisions,
                signatures,
                () -> new JoinedUnits(groups, counts.units),
                (one, other) -> Long.bitCount(at(prints, one) ^ at(prints, other)),
                counts.units,
                counts.compared);
      }
    }
  }

  private static void add(byte[] signature, Scratch scratch, PairSort sort, Counts counts) {
    ByteBuffer in = ByteBuffer.wrap(signature);
    while (in.hasRemaining()) {
      boolean compared = in.get() != 0;
      long fingerprint = in.getLong();
      scratch.writeLong(fingerprint);
      if (compared) {
        sort.add(fingerprint, counts.units);
        counts.compared++;
      }
      counts.units++;
    }
  }

  private static long at(MemorySegment numbers, long index) {
    return numbers.get(Scratch.LONG, index * Long.BYTES);
  }

  /// Joins units of equal fingerprints and writes each fingerprint with its first unit.
  private static void joinEqual(PairSort sort, UnionFind groups, Scratch distinct, Counts counts) {
    var last =
        new Object() {
          long fingerprint;
          long first = -1;
        };
    sort.forEach(
        (fingerprint, number) -> {
          if (last.first >= 0 && fingerprint == last.fingerprint) {
            groups.join(last.first, number);
          } else {
            last.fingerprint = fingerprint;
            last.first = number;
            distinct.writeLong(fingerprint);
            distinct.writeLong(number);
            counts.distinct++;
          }
        });
  }

  private void joinNear(long table, MemorySegment distinct, UnionFind groups, Workspace workspace, Counts counts) {
    int rest = Long.SIZE - Long.bitCount(table);
    try (PairSort sort = workspace.pairSort("table");
        var batches = new PairBatches(workspace.threads(), rest, false, (keys, units, from, to) -> compare(keys, units, from, to, groups))) {
      for (long i = 0; i < counts.distinct; i++) {
        long fingerprint = at(distinct, 2 * i);
        long front = Long.compress(fingerprint, table) << rest;
        sort.add(front | Long.compress(fingerprint, ~table), at(distinct, 2 * i + 1));
      }
      sort.forEach(batches);
      batches.finish();
    }
  }

  /// Moving bits changes no distance, so the keys are compared as they are.
  private void compare(long[] keys, long[] units, int from, int to, UnionFind groups) {
    for (int i = from + 1; i < to; i++) {
      for (int j = from; j < i; j++) {
        if (Long.bitCount(keys[i] ^ keys[j]) <= distance) {
          groups.join(units[i], units[j]);
        }
      }
    }
  }

  /// The bits that each sort goes by.
  private List<Long> tables(long fingerprints) {
    if (distance == 0 || fingerprints < 2) {
      return List.of();
    }
    int needed = Long.SIZE - Long.numberOfLeadingZeros(fingerprints);
    int blocks = distance + 1;
    while (blocks < distance + 4 && blocks < bits && bits * (blocks - distance) / blocks < needed) {
      blocks++;
    }
    var tables = new ArrayList<Long>();
    for (int chosen = 0; chosen < 1 << blocks; chosen++) {
      if (Integer.bitCount(chosen) == blocks - distance) {
        tables.add(bitsOf(chosen, blocks));
      }
    }
    return tables;
  }

  private long bitsOf(int chosen, int blocks) {
    long all = 0;
    for (int block = 0; block < blocks; block++) {
      if ((chosen >>> block & 1) == 1) {
        int from = bits * block / blocks;
        int to = bits * (block + 1) / blocks;
        all |= (-1L >>> (Long.SIZE - (to - from))) << from;
      }
    }
    return all;
  }

  @Override
  public Judge judge(Path decisions) {
    return new CopyJudge(
        decisions,
        unit,
        minLength,
        REASON,
        (id, differing) -> "of " + id + ", " + (int) differing + " of " + bits + " bits differ");
  }
}
