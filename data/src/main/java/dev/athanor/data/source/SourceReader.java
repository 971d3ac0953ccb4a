package dev.athanor.data.source;

import dev.athanor.base.Progress;
import dev.athanor.base.Sha256;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Reads all of a source on one thread, in order.
public final class SourceReader {
  private SourceReader() {}

  /// Hands every document, and what was set aside, to `sink`, and says what was read: one report for each origin.
  ///
  /// @throws dev.athanor.base.UserException naming everything that cannot be found, before the first document
  public static List<SourceReport> read(Source source, SourceContext context, Consumer<Extracted> sink) {
    List<Partition> partitions = source.partitions(context);
    Map<String, List<Partition>> byOrigin = new LinkedHashMap<>();
    Map<String, Tally> tallies = new LinkedHashMap<>();
    try (Progress.Task task = context.progress().start("read sources", partitions.size(), "part")) {
      for (Partition partition : partitions) {
        task.note(partition.name());
        byOrigin.computeIfAbsent(partition.origin(), _ -> new ArrayList<>()).add(partition);
        Tally tally = tallies.computeIfAbsent(partition.origin(), _ -> new Tally());
        read(partition, extracted -> {
          tally.count(extracted);
          sink.accept(extracted);
        });
        task.advance(1);
      }
    }
    var reports = new ArrayList<SourceReport>();
    tallies.forEach((origin, tally) -> reports.add(tally.report(origin, digest(byOrigin.getOrDefault(origin, List.of())))));
    return reports;
  }

  private static void read(Partition partition, Consumer<Extracted> sink) {
    try (Partition.Reading reading = partition.open()) {
      for (Partition.RawRecord next = reading.next(); next != null; next = reading.next()) {
        sink.accept(next.extract());
      }
    }
  }

  /// What the lineage says of an origin: the digest of its one part; of several, the digest of their names and digests.
  public static String digest(List<Partition> partitions) {
    if (partitions.size() == 1) {
      return partitions.getFirst().sha256();
    }
    var all = new StringBuilder();
    partitions.forEach(partition -> all.append(partition.name()).append('\n').append(partition.sha256()).append('\n'));
    return Sha256.of(all.toString());
  }
}
