package dev.athanor.data.step;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.data.Document;
import dev.athanor.data.DocumentFile;
import dev.athanor.data.flow.DocumentStep;
import dev.athanor.data.flow.Verdict;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/// Turns collected documents into a train, a validation and a test split.
///
/// Documents pass the steps in the order of their ids, near-duplicates are grouped, packages are drawn. Every dropped document
/// is written with its reason. The corpus is held in memory, about three times its size.
///
/// @param nearEmpty the least that a file must hold
public record Curator(DropNearEmpty nearEmpty, NearDuplicates nearDuplicates, PackageSplit split) {
  public static final Curator DEFAULT = new Curator(DropNearEmpty.DEFAULT, NearDuplicates.DEFAULT, PackageSplit.DEFAULT);

  public static final String TRAIN = "train.jsonl.gz";
  public static final String VALIDATION = "validation.jsonl.gz";
  public static final String TEST = "test.jsonl.gz";
  public static final String DROPPED = "dropped.jsonl.gz";
  public static final String REPORT = "curation.json";

  /// Writes `train.jsonl.gz`, `validation.jsonl.gz`, `test.jsonl.gz`, `dropped.jsonl.gz` and, last, `curation.json` into the
  /// folder. Held-out documents say in their metadata `duplicatedShare` how much of them stands in train, and dropped ones
  /// `dropReason` and `dropDetail`.
  ///
  /// @throws UserException when nothing is left to train on
  public CurationReport run(Stream<Document> collected, Path folder, Progress progress) {
    List<Document> documents = collected.sorted(Comparator.comparing(Document::id)).toList();
    Filtered filtered = filter(documents, progress);
    requireSome(filtered);
    progress.say("curate: grouping near-duplicates among " + filtered.kept.size() + " documents");
    Map<String, String> leaders = nearDuplicates.groups(filtered.kept);
    PackageSplit.Parts parts = split.split(filtered.kept, leaders);
    var leak = new Leak(parts.train());
    List<Document> validation = withShares(parts.validation(), leak);
    List<Document> test = withShares(parts.test(), leak);

    var splits = new TreeMap<String, CurationReport.Split>();
    splits.put("train", describe(parts.train(), 1));
    splits.put("validation", describe(validation, leak.of(validation).share()));
    splits.put("test", describe(test, leak.of(test).share()));
    CurationReport report = report(documents, filtered, leaders, parts, splits);

    DocumentFile.write(folder.resolve(TRAIN), parts.train().iterator());
    DocumentFile.write(folder.resolve(VALIDATION), validation.iterator());
    DocumentFile.write(folder.resolve(TEST), test.iterator());
    DocumentFile.write(folder.resolve(DROPPED), filtered.dropped.iterator());
    AtomicFile.writeString(folder.resolve(REPORT), Json.pretty(report));
    return report;
  }

  private record Filtered(List<Document> kept, List<Document> dropped, SortedMap<String, Long> reasons) {}

  private Filtered filter(List<Document> documents, Progress progress) {
    List<DocumentStep> steps =
        List.of(new NormaliseText(), new DropGenerated(), new StripLicenceHeader(), nearEmpty, new ExactDedup());
    var filtered = new Filtered(new ArrayList<>(), new ArrayList<>(), new TreeMap<>());
    try (Progress.Task task = progress.start("curate", documents.size(), "doc")) {
      for (Document document : documents) {
        filter(document, steps, filtered);
        task.advance(1);
      }
    }
    return filtered;
  }

  private static void filter(Document document, List<DocumentStep> steps, Filtered filtered) {
    Document current = document;
    for (DocumentStep step : steps) {
      switch (step.apply(current)) {
        case Verdict.Kept(Document kept, _) -> current = kept;
        case Verdict.Dropped dropped -> {
          filtered.dropped.add(document.with("dropReason", dropped.reason()).with("dropDetail", dropped.detail()));
          filtered.reasons.merge(dropped.reason(), 1L, Long::sum);
          return;
        }
      }
    }
    filtered.kept.add(current);
  }

  private static void requireSome(Filtered filtered) {
    if (filtered.kept.isEmpty()) {
      throw new UserException(
          "nothing is left to train on: "
              + (filtered.dropped.isEmpty()
                  ? "the sources gave no document"
                  : "all " + filtered.dropped.size() + " documents were dropped " + filtered.reasons)
              + "; name more sources in the recipe");
    }
  }

  private static List<Document> withShares(List<Document> heldOut, Leak leak) {
    return heldOut.stream()
        .map(
            document ->
                document.with(
                    "duplicatedShare", String.format(Locale.ROOT, "%.4f", leak.of(document).share())))
        .toList();
  }

  private static CurationReport report(
      List<Document> documents,
      Filtered filtered,
      Map<String, String> leaders,
      PackageSplit.Parts parts,
      SortedMap<String, CurationReport.Split> splits) {
    var sizes = new HashMap<String, Long>();
    leaders.values().forEach(leader -> sizes.merge(leader, 1L, Long::sum));
    List<Long> groups = sizes.values().stream().filter(size -> size > 1).toList();
    return new CurationReport(
        documents.size(),
        documents.stream().mapToLong(Curator::utf8Bytes).sum(),
        filtered.reasons,
        groups.size(),
        groups.stream().mapToLong(Long::longValue).sum(),
        parts.movedToTrain().size(),
        splits);
  }

  private static CurationReport.Split describe(List<Document> documents, double duplicatedShare) {
    return new CurationReport.Split(
        documents.size(),
        documents.stream().mapToLong(Curator::utf8Bytes).sum(),
        documents.stream().map(PackageSplit::unit).distinct().count(),
        bytesBy(documents, Document::origin),
        bytesBy(documents, document -> document.metadata().getOrDefault("docLanguage", "none")),
        duplicatedShare);
  }

  private static SortedMap<String, Long> bytesBy(List<Document> documents, Function<Document, String> key) {
    var bytes = new TreeMap<String, Long>();
    documents.forEach(document -> bytes.merge(key.apply(document), utf8Bytes(document), Long::sum));
    return bytes;
  }

  private static long utf8Bytes(Document document) {
    return document.text().getBytes(StandardCharsets.UTF_8).length;
  }
}
