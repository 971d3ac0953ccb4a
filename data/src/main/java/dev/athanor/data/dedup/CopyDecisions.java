package dev.athanor.data.dedup;

import dev.athanor.data.flow.PairSort;
import dev.athanor.data.flow.Signatures;
import dev.athanor.data.flow.Workspace;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;

/// Writes what follows from copies: of documents, for each that goes its number, how alike it is to the one that stays (the high
/// 32 bits, a float) and which that is (the low 32 bits, the number of its id); of smaller units, for each that goes its document's
/// number and its place among that document's compared units.
///
/// @param step that found them
/// @param stride bytes of one unit's signature
record CopyDecisions(String step, Unit unit, int stride, Workspace workspace) {
  /// How alike two units are, by the measure of the step.
  @FunctionalInterface
  interface Likeness {
    float of(long unit, long leader);
  }

  /// @param duplicates gives the copies from the beginning, each time it is asked
  /// @param units numbered so far
  /// @param compared those of them that have a signature
  void write(
      Path path, Signatures signatures, Supplier<Duplicates> duplicates, Likeness likeness, long units, long compared) {
    var largest = new LargestGroups();
    var leaders = new NumberSet(unit == Unit.DOCUMENT ? units : 0);
    long copies = groups(duplicates.get(), largest, leaders);
    var affected = new Counter();
    Decisions.write(
        path,
        workspace.folder(),
        writer ->
            affected.count =
                unit == Unit.DOCUMENT
                    ? writeDocuments(writer, signatures, duplicates.get(), likeness, largest, leaders)
                    : writeUnits(writer, signatures, duplicates.get(), largest));
    String name = unit.name().toLowerCase(Locale.ROOT);
    new DuplicateSummary(
            step, name, signatures.documents(), compared, copies, largest.count(), affected.count, largest.named())
        .write(path);
  }

  private static final class Counter {
    long count;
    long first = -1;
    long size;
  }

  private long groups(Duplicates duplicates, LargestGroups largest, NumberSet leaders) {
    var group = new Counter();
    try (PairSort members = workspace.pairSort("groups")) {
      while (duplicates.advance()) {
        members.add(duplicates.leader(), duplicates.unit());
        group.count++;
        if (unit == Unit.DOCUMENT) {
          leaders.add(duplicates.leader());
        }
      }
      members.forEach(
          (leader, _) -> {
            if (leader != group.first && group.size > 0) {
              largest.add(group.first, group.size + 1);
              group.size = 0;
            }
            group.first = leader;
            group.size++;
          });
    }
    if (group.size > 0) {
      largest.add(group.first, group.size + 1);
    }
    leaders.count();
    return group.count;
  }

  private static long writeDocuments(
      Decisions.Writer writer,
      Signatures signatures,
      Duplicates duplicates,
      Likeness likeness,
      LargestGroups largest,
      NumberSet leaders) {
    var next = new Cursor(duplicates);
    signatures.forEach(
        (number, id, _) -> {
          if (leaders.contains(number)) {
            writer.addText(id);
            largest.name(number, number + 1, id);
          }
          if (next.unit == number) {
            long leader = duplicates.leader();
            long likenessBits = Float.floatToIntBits(likeness.of(number, leader));
            writer.add(number, (likenessBits << 32) | leaders.rank(leader));
            next.advance();
          }
        });
    return next.passed;
  }

  private long writeUnits(Decisions.Writer writer, Signatures signatures, Duplicates duplicates, LargestGroups largest) {
    var next = new Cursor(duplicates);
    var place = new Counter();
    signatures.forEach(
        (number, id, signature) -> {
          long from = place.first + 1;
          long to = from + signature.length / stride;
          largest.name(from, to, id);
          if (next.unit < to) {
            place.count++;
          }
          while (next.unit < to) {
            writer.add(number, next.unit - from);
            next.advance();
          }
          place.first = to - 1;
        });
    return place.count;
  }

  /// Where a list of copies stands.
  private static final class Cursor {
    private final Duplicates duplicates;
    private long unit;
    private long passed = -1;

    Cursor(Duplicates duplicates) {
      this.duplicates = duplicates;
      advance();
    }

    void advance() {
      unit = duplicates.advance() ? duplicates.unit() : Long.MAX_VALUE;
      passed++;
    }
  }
}
