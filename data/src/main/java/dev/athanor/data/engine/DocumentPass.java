package dev.athanor.data.engine;

import dev.athanor.base.UserException;
import dev.athanor.data.Document;
import dev.athanor.data.DocumentJson;
import dev.athanor.data.engine.Segment.NamedStep;
import dev.athanor.data.flow.CorpusStep;
import dev.athanor.data.flow.DocumentStep;
import dev.athanor.data.flow.OpenStep;
import dev.athanor.data.flow.Span;
import dev.athanor.data.flow.Verdict;
import dev.athanor.data.source.Extracted;
import dev.athanor.data.step.StepContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A segment at work: its steps are open. One serves all threads; each shard is worked on by one.
public final class DocumentPass {
  /// The metadata key of a document's source, as the recipe names it.
  public static final String SOURCE = "source";

  public static final String DROP_STEP = "dropStep";
  public static final String DROP_REASON = "dropReason";
  public static final String DROP_DETAIL = "dropDetail";
  /// "10-20,31-44": the offending parts, in UTF-16 units of the text.
  public static final String DROP_SPANS = "dropSpans";

  private final @Nullable String judgeName;
  private final CorpusStep.@Nullable Judge judge;
  private final List<Named> steps;
  private final @Nullable CorpusStep sign;
  private final boolean last;

  private record Named(String name, DocumentStep step) {}

  /// The documents or records of a shard, handed over one after the other.
  @FunctionalInterface
  interface Input {
    void forEach(Consumer<Extracted> taker);
  }

  /// @param decisions of the segment's judge
  DocumentPass(Segment segment, StepContext context, @Nullable Path decisions) {
    NamedStep judged = segment.judge();
    judgeName = judged == null ? null : judged.name();
    judge = judged == null || decisions == null ? null : corpusStep(judged, context).judge(decisions);
    if ((judgeName == null) != (judge == null)) {
      throw new IllegalArgumentException("a pass that judges needs what was decided");
    }
    steps = segment.steps().stream().map(step -> new Named(step.name(), documentStep(step, context))).toList();
    NamedStep signed = segment.sign();
    sign = signed == null ? null : corpusStep(signed, context);
    last = signed == null;
  }

  static CorpusStep corpusStep(NamedStep step, StepContext context) {
    OpenStep open = step.step().open(context);
    if (open instanceof CorpusStep whole) {
      return whole;
    }
    throw new IllegalStateException(step.name() + " says that it needs the corpus and does not");
  }

  private static DocumentStep documentStep(NamedStep step, StepContext context) {
    OpenStep open = step.step().open(context);
    if (open instanceof DocumentStep alone) {
      return alone;
    }
    throw new IllegalStateException(step.name() + " needs the corpus and does not say so");
  }

  /// Works through a shard and writes it.
  ///
  /// @param firstNumber of the shard's first document in the corpus, for the judge
  ShardReport run(String shard, Input input, long firstNumber, Shards output) {
    try (var writer = new ShardWriter(output, shard)) {
      var work = new Work(writer, firstNumber);
      input.forEach(work::take);
      ShardReport report = work.report(shard);
      writer.report(report);
      return report;
    }
  }

  /// One shard on its way.
  private final class Work {
    private final ShardWriter writer;
    private final SortedMap<String, Long> setAside = new TreeMap<>();
    private final List<Count> counts = new ArrayList<>();
    private final Census before = Census.empty();
    private final Census after = Census.empty();
    private long number;
    private long records;
    private long kept;

    Work(ShardWriter writer, long firstNumber) {
      this.writer = writer;
      number = firstNumber;
      if (judgeName != null) {
        counts.add(new Count(judgeName));
      }
      steps.forEach(step -> counts.add(new Count(step.name)));
    }

    void take(Extracted extracted) {
      records++;
      switch (extracted) {
        case Extracted.Text(Document document) -> pass(document);
        case Extracted.SetAside aside -> {
          setAside.merge(aside.reason(), 1L, Long::sum);
          writer.setAside(aside);
        }
      }
    }

    private void pass(Document document) {
      Document current = document;
      long bytes = current.utf8Bytes();
      before.add(current, bytes, false);
      int at = 0;
      CorpusStep.Judge decided = judge;
      if (decided != null) {
        Document judged = after(counts.get(at++), decided.apply(number++, current), current, bytes);
        if (judged == null) {
          return;
        }
        bytes = bytesOf(judged, current, bytes);
        current = judged;
      }
      for (Named step : steps) {
        Document next = after(counts.get(at++), apply(step, current), current, bytes);
        if (next == null) {
          return;
        }
        bytes = bytesOf(next, current, bytes);
        current = next;
      }
      keep(current, bytes);
    }

    /// The document that goes on; null where it was dropped, and written as such.
    private @Nullable Document after(Count count, Verdict verdict, Document given, long bytes) {
      count.documents++;
      count.bytes += bytes;
      verdict.noted().forEach((what, times) -> count.noted.merge(what, (long) times, Long::sum));
      return switch (verdict) {
        case Verdict.Kept(Document kept, _) -> {
          count.keep(given, kept, bytes);
          yield kept;
        }
        case Verdict.Dropped dropped -> {
          count.dropped.merge(dropped.reason(), 1L, Long::sum);
          count.droppedBytes += bytes;
          writer.drop(given.with(told(count.name, dropped)));
          yield null;
        }
      };
    }

    private void keep(Document document, long bytes) {
      kept++;
      after.add(document, bytes, last);
      writer.keep(document);
      if (sign != null) {
        writer.sign(document.id(), sign.sign(document));
      }
    }

    ShardReport report(String shard) {
      List<StepCount> told = counts.stream().map(Count::told).toList();
      return new ShardReport(shard, records, setAside, told, before, after, kept, writer.finish());
    }
  }

  private static Verdict apply(Named step, Document document) {
    try {
      return step.step.apply(document);
    } catch (UserException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new IllegalStateException("step " + step.name + " failed on document " + document.id(), e);
    }
  }

  private static Map<String, String> told(String step, Verdict.Dropped dropped) {
    String spans = dropped.spans().stream().map(DocumentPass::told).collect(Collectors.joining(","));
    return Map.of(DROP_STEP, step, DROP_REASON, dropped.reason(), DROP_DETAIL, dropped.detail(), DROP_SPANS, spans);
  }

  private static String told(Span span) {
    return span.from() + "-" + span.to();
  }

  private static long bytesOf(Document next, Document current, long bytes) {
    return next.text().equals(current.text()) ? bytes : next.utf8Bytes();
  }

  /// A document as the first pass takes it: marked with its source, and such that UTF-8 can say it.
  static Document received(Document document, String source) {
    return document.withText(DocumentJson.wellFormed(document.text())).with(SOURCE, source);
  }

  /// `StepCount` while it is being counted.
  private static final class Count {
    private final String name;
    private final SortedMap<String, Long> dropped = new TreeMap<>();
    private final SortedMap<String, Long> noted = new TreeMap<>();
    private long documents;
    private long bytes;
    private long droppedBytes;
    private long changed;
    private long changedBytes;

    Count(String name) {
      this.name = name;
    }

    void keep(Document given, Document kept, long bytesBefore) {
      if (!kept.text().equals(given.text())) {
        changed++;
        changedBytes += bytesBefore - kept.utf8Bytes();
      }
    }

    StepCount told() {
      return new StepCount(name, documents, bytes, dropped, droppedBytes, changed, changedBytes, noted);
    }
  }
}
