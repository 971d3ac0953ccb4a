package dev.athanor.data.engine;

import dev.athanor.base.Progress;
import dev.athanor.data.engine.ChunkFeed.Numbered;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// How a pass comes along: documents, MB/s, what is kept, why others are dropped.
final class PassProgress implements AutoCloseable {
  private static final int REASONS = 3;

  private final Progress.Task task;
  private final long startNanos = System.nanoTime();
  private final Map<String, Long> dropped = new TreeMap<>();
  private long documents;
  private long bytes;
  private long kept;
  private final boolean ofDocuments;

  private PassProgress(Progress.Task task, boolean ofDocuments) {
    this.task = task;
    this.ofDocuments = ofDocuments;
  }

  /// A bar over documents.
  ///
  /// @param documents in all; below 0 where it is not known
  static PassProgress ofDocuments(Progress progress, String name, long documents) {
    return new PassProgress(progress.start(name, documents, "doc"), true);
  }

  /// A bar over the bytes of sources as they are stored; over documents, in a number that is not known, where some source has no size.
  static PassProgress ofSources(Progress progress, String name, List<Numbered> partitions) {
    boolean sized = partitions.stream().allMatch(partition -> partition.partition().bytes() >= 0);
    return sized
        ? new PassProgress(progress.start(name, partitions.stream().mapToLong(partition -> partition.partition().bytes()).sum(), "B"), false)
        : ofDocuments(progress, name, -1);
  }

  /// So many bytes of sources have been worked through.
  synchronized void read(long stored) {
    if (!ofDocuments) {
      task.advance(stored);
    }
  }

  synchronized void finished(ShardReport report) {
    Census.Size came = report.before().total();
    documents += came.documents();
    bytes += came.bytes();
    kept += report.kept();
    report.setAside().forEach((reason, count) -> dropped.merge(reason, count, Long::sum));
    report.steps().forEach(step -> step.dropped().forEach((reason, count) -> dropped.merge(step.name() + ": " + reason, count, Long::sum)));
    if (ofDocuments) {
      task.advance(came.documents());
    }
    task.note(note());
  }

  private String note() {
    double seconds = Math.max(1e-3, (System.nanoTime() - startNanos) / 1e9);
    String reasons =
        dropped.entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
            .limit(REASONS)
            .map(entry -> entry.getKey() + " " + percent(entry.getValue()))
            .collect(Collectors.joining(", "));
    String count = ofDocuments ? "" : String.format(Locale.ROOT, "%,d documents · ", documents);
    return String.format(Locale.ROOT, "%s%.1f MB/s of text · kept %s", count, bytes / 1e6 / seconds, percent(kept)) + (reasons.isEmpty() ? "" : " · " + reasons);
  }

  private String percent(long part) {
    return String.format(Locale.ROOT, "%.1f %%", 100.0 * part / Math.max(1, documents));
  }

  @Override
  public void close() {
    task.close();
  }
}
