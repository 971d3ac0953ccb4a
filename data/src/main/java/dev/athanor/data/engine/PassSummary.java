package dev.athanor.data.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What became of all documents in one pass: the reports of its shards, added up.
public record PassSummary(
    long records, SortedMap<String, Long> setAside, List<StepCount> steps, Census before, Census after, long kept) {
  static PassSummary of(Shards shards) {
    long records = 0;
    long kept = 0;
    var setAside = new TreeMap<String, Long>();
    List<StepCount> steps = new ArrayList<>();
    Census before = Census.empty();
    Census after = Census.empty();
    for (String name : shards.names()) {
      ShardReport report = shards.report(name);
      records += report.records();
      kept += report.kept();
      report.setAside().forEach((reason, count) -> setAside.merge(reason, count, Long::sum));
      for (int i = 0; i < report.steps().size(); i++) {
        StepCount count = report.steps().get(i);
        if (i == steps.size()) {
          steps.add(StepCount.none(count.name()));
        }
        steps.set(i, steps.get(i).plus(count));
      }
      before.add(report.before());
      after.add(report.after());
    }
    return new PassSummary(records, setAside, List.copyOf(steps), before, after, kept);
  }
}
