package dev.athanor.data.dedup;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import java.nio.file.Path;
import java.util.List;

/// What a step found in the whole corpus, in a JSON file beside its decisions.
///
/// @param step "exact", "minhash", …
/// @param unit "document", "paragraph", …
/// @param documents that were looked at
/// @param compared units that were compared
/// @param copies units that go
/// @param groups of units that are copies of one another
/// @param affected documents that have a unit which goes
/// @param largest groups, the largest first
public record DuplicateSummary(
    String step, String unit, long documents, long compared, long copies, long groups, long affected, List<Group> largest) {
  public DuplicateSummary {
    largest = List.copyOf(largest);
  }

  /// Copies of one thing.
  ///
  /// @param first id of the document that keeps it
  /// @param size with the first
  public record Group(String first, long size) {}

  /// Where the summary of a file of decisions is.
  public static Path beside(Path decisions) {
    return decisions.resolveSibling(decisions.getFileName() + ".json");
  }

  void write(Path decisions) {
    AtomicFile.writeString(beside(decisions), Json.pretty(this));
  }

  public static DuplicateSummary read(Path decisions) {
    return Json.readFile(beside(decisions), DuplicateSummary.class);
  }
}
