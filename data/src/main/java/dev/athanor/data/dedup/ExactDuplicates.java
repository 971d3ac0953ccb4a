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

/// Finds units that stood before, word for word.
///
/// A unit's digest has two halves. The first halves are sorted with the units' numbers, so that copies lie together; each
/// but the first is then compared with the first by the second halves, in the order of the corpus. Disk: 56 bytes a unit at most;
/// memory: that of the sort.
///
/// @param normalise white space does not count
/// @param minLength of a paragraph or line that is compared, in code points without white space
public record ExactDuplicates(Unit unit, boolean normalise, int minLength) implements CorpusStep {
  private static final String REASON = "exact duplicate";

  @Override
  public byte[] sign(Document document) {
    String text = document.text();
    return signed(
        text, unit, minLength, Digest.BYTES, (buffer, from, to) -> Digest.of(text, from, to, normalise, buffer));
  }

  /// Puts the signature of a part of a text.
  @FunctionalInterface
  interface Signer {
    void sign(ByteBuffer out, int from, int to);
  }

  /// The signatures of a document's compared units, one after another.
  static byte[] signed(String text, Unit unit, int minLength, int stride, Signer signer) {
    var growing =
        new Object() {
          ByteBuffer buffer = ByteBuffer.allocate(stride * (unit == Unit.DOCUMENT ? 1 : 8));
        };
    unit.forEachCompared(
        text,
        minLength,
        (from, to, _) -> {
          if (growing.buffer.remaining() < stride) {
            int doubled = Math.toIntExact(2L * growing.buffer.capacity());
            growing.buffer = ByteBuffer.allocate(doubled).put(growing.buffer.flip());
          }
          signer.sign(growing.buffer, from, to);
        });
    var signature = new byte[growing.buffer.position()];
    growing.buffer.flip().get(signature);
    return signature;
  }

  @Override
  public void decide(Signatures signatures, Path decisions, Workspace workspace) {
    try (var seconds = new Scratch(workspace.folder().resolve("digests"));
        var copies = new Scratch(workspace.folder().resolve("copies"));
        PairSort candidates = workspace.pairSort("candidates")) {
      long units = candidates(signatures, seconds, candidates, workspace);
      MemorySegment halves = seconds.map();
      candidates.forEach(
          (number, leader) -> {
            if (half(halves, number) == half(halves, leader)) {
              copies.writeLong(number);
              copies.writeLong(leader);
            }
          });
      new CopyDecisions("exact", unit, Digest.BYTES, workspace)
          .write(decisions, signatures, () -> new DuplicateList(copies), (_, _) -> 1, units, units);
    }
  }

  private static long half(MemorySegment halves, long unit) {
    return halves.get(Scratch.LONG, unit * Long.BYTES);
  }

  /// Every unit whose first half stood before, with the first that has it.
  private static long candidates(Signatures signatures, Scratch seconds, PairSort candidates, Workspace workspace) {
    var at =
        new Object() {
          long units;
          long key;
          long first = -1;
        };
    try (PairSort firsts = workspace.pairSort("digests")) {
      signatures.forEach(
          (_, _, signature) -> {
            ByteBuffer digests = ByteBuffer.wrap(signature);
            while (digests.hasRemaining()) {
              firsts.add(digests.getLong(), at.units++);
              seconds.writeLong(digests.getLong());
            }
          });
      firsts.forEach(
          (key, number) -> {
            if (at.first >= 0 && key == at.key) {
              candidates.add(number, at.first);
            } else {
              at.key = key;
              at.first = number;
            }
          });
    }
    return at.units;
  }

  @Override
  public Judge judge(Path decisions) {
    return new CopyJudge(decisions, unit, minLength, REASON, (id, _) -> "the same text as " + id);
  }
}
