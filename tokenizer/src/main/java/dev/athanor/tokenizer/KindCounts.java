package dev.athanor.tokenizer;

import dev.athanor.base.Progress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// How often each piece comes in texts of several kinds ("zh", "en", "code"…): all that training and measuring need of a corpus.
public final class KindCounts {
  /// What may wait of one kind until it is counted.
  private static final long WAITING_CHARS = 1 << 24;

  /// A text and its kind.
  public record Text(String kind, String text) {}

  private record Waiting(List<String> texts, PieceCounts counts, long[] chars) {}

  private final Map<String, PieceCounts> byKind;

  private KindCounts(Map<String, PieceCounts> byKind) {
    this.byKind = byKind;
  }

  /// Reads the stream once, on the caller's thread. Kinds are in the order in which they first come.
  public static KindCounts count(Iterator<Text> texts, PreTokenizer preTokenizer, int threads, Progress progress) {
    PieceCounter counter = new PieceCounter(preTokenizer, threads);
    Map<String, Waiting> kinds = new LinkedHashMap<>();
    try (Progress.Task task = progress.start("count pieces", -1, "char")) {
      while (texts.hasNext()) {
        Text next = texts.next();
        Waiting kind = kinds.computeIfAbsent(next.kind, _ -> new Waiting(new ArrayList<>(), new PieceCounts(), new long[1]));
        kind.texts.add(next.text);
        kind.chars[0] += next.text.length();
        if (kind.chars[0] > WAITING_CHARS) {
          flush(kind, counter, task);
        }
      }
      kinds.values().forEach(kind -> flush(kind, counter, task));
    }
    Map<String, PieceCounts> counts = new LinkedHashMap<>();
    kinds.forEach((name, kind) -> counts.put(name, kind.counts));
    return new KindCounts(counts);
  }

  /// As the tokenizer cuts texts: normalized and with the space before them, where it puts one.
  public static KindCounts count(Iterator<Text> texts, BpeTokenizer tokenizer, int threads, Progress progress) {
    Iterator<Text> prepared =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return texts.hasNext();
          }

          @Override
          public Text next() {
            Text text = texts.next();
            return new Text(text.kind, tokenizer.prepared(text.text));
          }
        };
    return count(prepared, tokenizer.preTokenizer(), threads, progress);
  }

  private static void flush(Waiting kind, PieceCounter counter, Progress.Task task) {
    kind.counts.addAll(counter.count(kind.texts.iterator(), task));
    kind.texts.clear();
    kind.chars[0] = 0;
  }

  public Set<String> kinds() {
    return byKind.keySet();
  }

  PieceCounts of(String kind) {
    return Objects.requireNonNull(byKind.get(kind), kind);
  }

  /// All kinds together.
  PieceCounts all() {
    if (byKind.size() == 1) {
      return byKind.values().iterator().next();
    }
    PieceCounts all = new PieceCounts();
    byKind.values().forEach(all::addAll);
    return all;
  }
}
