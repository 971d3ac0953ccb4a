package dev.athanor.data.split;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.data.Document;
import dev.athanor.data.DocumentFile;
import dev.athanor.data.dedup.UnionFind;
import dev.athanor.data.flow.Workspace;
import dev.athanor.data.shard.DocumentParts;
import dev.athanor.data.spill.Workers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// Splits curated documents into train, validation and test: near-duplicates are grouped, packages are drawn, then each split is
/// written. The documents are read several times and never held: in memory are, beside one part of them a thread, about 30 bytes a
/// document, the names of packages, and 8 bytes for each line of held-out text.
///
/// @param nearDuplicate documents at least so similar (Jaccard) stay in one split
public record Splitter(double nearDuplicate, PackageSplit packages) {
  public static final String REPORT = "split.json";

  public Splitter {
    if (!(nearDuplicate > 0 && nearDuplicate <= 1)) {
      throw new IllegalArgumentException("the similarity must be above 0 and at most 1, not " + nearDuplicate);
    }
  }

  /// Writes `train.jsonl.gz`, `validation.jsonl.gz`, `test.jsonl.gz` and, last, `split.json` into the folder. Held-out documents say in their
  /// metadata `duplicatedShare` how much of them stands in train.
  ///
  /// @throws UserException when there is nothing to train on
  public SplitReport run(DocumentParts documents, Path folder, Workspace workspace) throws InterruptedException {
    var known = new Packages();
    try (var near = new NearDuplicates(nearDuplicate, workspace)) {
      look(documents, known, near, workspace);
      if (known.documents() == 0) {
        throw new UserException("nothing is left to train on: no document came to the split; name more sources in the recipe");
      }
      workspace.progress().say("split: grouping near-duplicates among " + known.documents() + " documents");
      try (UnionFind groups = near.groups()) {
        return write(documents, folder, known, groups, workspace.progress());
      }
    }
  }

  // ---- what is known of each document

  private record Looked(String origin, String unit, long bytes, NearDuplicates.Signed signed) {
    static Looked at(Document document) {
      return new Looked(
          document.origin(), PackageSplit.unit(document), document.utf8Bytes(), NearDuplicates.Signed.of(document.text()));
    }
  }

  private static void look(DocumentParts parts, Packages known, NearDuplicates near, Workspace workspace) throws InterruptedException {
    try (Progress.Task task = workspace.progress().start("look for near-duplicates", -1, "doc")) {
      for (int from = 0; from < parts.count(); from += workspace.threads()) {
        if (Thread.interrupted()) {
          throw new InterruptedException("stopped while looking for near-duplicates");
        }
        for (List<Looked> part : lookAt(parts, from, Math.min(workspace.threads(), parts.count() - from))) {
          for (Looked looked : part) {
            known.add(looked.origin, looked.unit, looked.bytes);
            near.add(looked.signed);
          }
          task.advance(part.size());
        }
      }
    }
  }

  /// Some parts side by side.
  private static List<List<Looked>> lookAt(DocumentParts parts, int from, int count) {
    List<List<Looked>> looked = Collections.synchronizedList(new ArrayList<>(Collections.nCopies(count, List.of())));
    Workers.each(
        count,
        count,
        i -> {
          try (Stream<Document> documents = parts.open(from + i)) {
            looked.set(i, documents.map(Looked::at).toList());
          }
        });
    return looked;
  }

  // ---- the splits

  private SplitReport write(DocumentParts documents, Path folder, Packages known, UnionFind groups, Progress progress) {
    BitSet spread = known.spread(groups);
    List<Part> drawn = known.assign(packages, spread);
    var splits = new TreeMap<String, SplitReport.Split>();
    var leak = new Leak(heldOutLines(documents, number -> part(known, drawn, spread, number) != Part.TRAIN));
    for (Part part : Part.values()) {
      var count = new SplitCount();
      try (var some = new Numbered(documents, number -> part(known, drawn, spread, number) == part);
          Progress.Task task = progress.start("write " + part.key(), -1, "doc")) {
        DocumentFile.write(folder.resolve(part.file()), new Written(some, part, known, leak, count, task));
      }
      splits.put(part.key(), count.told(part));
    }
    SplitReport report = report(known, drawn, spread, groups, splits);
    AtomicFile.writeString(folder.resolve(REPORT), Json.pretty(report));
    return report;
  }

  private static Part part(Packages known, List<Part> drawn, BitSet spread, int number) {
    return spread.get(number) ? Part.TRAIN : drawn.get(known.unit(number));
  }

  private static LongStream heldOutLines(DocumentParts documents, IntPredicate heldOut) {
    LongStream.Builder lines = LongStream.builder();
    try (var some = new Numbered(documents, heldOut)) {
      some.forEachRemaining(document -> Leak.lines(document).forEach(lines));
    }
    return lines.build();
  }

  /// A split's documents on their way into its file: train, which comes first, is noted by the leak, held-out ones are told their share.
  private record Written(Numbered some, Part part, Packages known, Leak leak, SplitCount count, Progress.Task task)
      implements Iterator<Document> {
    @Override
    public boolean hasNext() {
      return some.hasNext();
    }

    @Override
    public Document next() {
      Document document = some.next();
      count.add(document, known.unit(some.number()));
      task.advance(1);
      if (part == Part.TRAIN) {
        leak.train(document);
        return document;
      }
      Leak.Bytes shared = leak.of(document);
      count.add(shared);
      return document.with("duplicatedShare", String.format(Locale.ROOT, "%.4f", shared.share()));
    }
  }

  private static SplitReport report(
      Packages known, List<Part> drawn, BitSet spread, UnionFind groups, SortedMap<String, SplitReport.Split> splits) {
    var leaders = new BitSet();
    long led = 0;
    long moved = 0;
    for (int document = 0; document < known.documents(); document++) {
      int leader = (int) groups.leader(document);
      if (leader != document) {
        leaders.set(leader);
        led++;
      }
      moved += spread.get(document) && drawn.get(known.unit(document)) != Part.TRAIN ? 1 : 0;
    }
    long nearDuplicates = led + leaders.cardinality();
    return new SplitReport(known.documents(), known.bytes(), leaders.cardinality(), nearDuplicates, moved, splits);
  }
}
