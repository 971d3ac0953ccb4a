package dev.athanor.data.engine;

import dev.athanor.base.Progress;
import java.util.Comparator;
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

  /// @param documents in all; below 0 where it is not known
  PassProgress(Progress progress, String name, long documents) {
    task = progress.start(name, documents, "doc");
  }

  synchronized void finished(ShardReport report) {
    Census.Size came = report.before().total();
    documents += came.documents();
    bytes += came.bytes();
    kept += report.kept();
    report.setAside().forEach((reason, count) -> dropped.merge(reason, count, Long::sum));
    report.steps().forEach(step -> step.dropped().forEach((reason, count) -> dropped.merge(step.name() + ": " + reason, count, Long::sum)));
    task.advance(came.documents());
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
    return String.format(Locale.ROOT, "%.1f MB/s · kept %s", bytes / 1e6 / seconds, percent(kept)) + (reasons.isEmpty() ? "" : " · " + reasons);
  }

  private String percent(long part) {
    return String.format(Locale.ROOT, "%.1f %%", 100.0 * part / Math.max(1, documents));
  }

  @Override
  public void close() {
    task.close();
  }
}
