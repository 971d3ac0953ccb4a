package dev.athanor.data.contamination;

import dev.athanor.data.Document;
import dev.athanor.data.dedup.Tokens;
import dev.athanor.data.flow.DocumentStep;
import dev.athanor.data.flow.Span;
import dev.athanor.data.flow.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Finds text of evaluation sets in documents by n-grams that both hold: 13 words in a row (Brown et al., "Language models are few-shot
/// learners", 2020, appendix C), or 20 characters in an item that is written mostly in Han characters or another script without
/// spaces, as 13 Chinese words have about so many. Words count without case and width, punctuation and line breaks not at
/// all. An n-gram that many items hold (instructions, templates), that has few different words or only very short ones tells of
/// none.
///
/// Of a document every n-gram is looked up once, by a 64-bit hash: a chance hit has odds of about (n-grams of the sets) / 2⁶⁴.
public final class Contamination implements DocumentStep {
  private static final Tokens TOKENS = new Tokens(Tokens.Cut.AUTO, true, false);
  /// Words of fewer letters on average say nothing: "0 1 2 3 4 5 6 7 8 9 a b c".
  private static final int LEAST_WORD = 2;
  private static final int NAMED = 10;
  private static final int MOST_SPANS = 100;

  /// @param words in a row
  /// @param characters in a row, where there are no spaces
  /// @param common an n-gram that more items hold counts for none
  /// @param hits n-grams of one item that a document must hold
  public record Rule(int words, int characters, int common, int hits) {}

  private final Rule rule;
  private final Action action;
  private final List<EvaluationItem> items = new ArrayList<>();
  private final GramIndex byWords;
  private final GramIndex byCharacters;

  public Contamination(EvaluationSets sets, Rule rule, Action action) {
    this.rule = rule;
    this.action = action;
    byWords = new GramIndex(rule.common);
    byCharacters = new GramIndex(rule.common);
    sets.read(this::add);
  }

  private void add(EvaluationItem item) {
    int number = items.size();
    // The text itself is not needed again.
    items.add(new EvaluationItem(item.task(), item.number(), ""));
    String text = item.text();
    var counts = new int[2];
    TOKENS.forEach(text, 0, text.length(), (_, _, _, single) -> counts[single ? 1 : 0]++);
    boolean characters = counts[1] > counts[0];
    GramIndex index = characters ? byCharacters : byWords;
    int size = characters ? rule.characters : rule.words;
    var grams =
        new Grams(
            size,
            (hash, _, _, units, tokens) -> {
              if (different(tokens) * 2 > size && (characters || units >= LEAST_WORD * size)) {
                index.add(hash, number);
              }
            });
    TOKENS.forEach(text, 0, text.length(), grams);
  }

  private static int different(long[] tokens) {
    int different = 0;
    for (int i = 0; i < tokens.length; i++) {
      boolean first = true;
      for (int j = 0; j < i && first; j++) {
        first = tokens[i] != tokens[j];
      }
      different += first ? 1 : 0;
    }
    return different;
  }

  /// N-grams of one item in one document.
  private static final class Found {
    private final List<Span> spans = new ArrayList<>();
    private int grams;

    void add(int from, int to) {
      grams++;
      if (!spans.isEmpty() && from <= spans.getLast().to()) {
        spans.set(spans.size() - 1, new Span(spans.getLast().from(), Math.max(to, spans.getLast().to())));
      } else {
        spans.add(new Span(from, to));
      }
    }
  }

  @Override
  public Verdict apply(Document document) {
    Map<Integer, Found> found = find(document.text());
    found.values().removeIf(item -> item.grams < rule.hits);
    if (found.isEmpty()) {
      return new Verdict.Kept(document);
    }
    Map<String, Integer> noted = found.keySet().stream().collect(Collectors.toMap(item -> items.get(item).name(), _ -> 1));
    return switch (action) {
      case DROP -> new Verdict.Dropped(reason(found), names(found), spans(found).stream().limit(MOST_SPANS).toList(), noted);
      case TAG -> new Verdict.Kept(document.with("contamination", names(found)), noted);
      case CUT -> cut(document, found, noted);
    };
  }

  private Map<Integer, Found> find(String text) {
    Map<Integer, Found> found = new TreeMap<>();
    var words = new Grams(rule.words, (hash, from, to, _, _) -> look(byWords, hash, from, to, found));
    var characters = new Grams(rule.characters, (hash, from, to, _, _) -> look(byCharacters, hash, from, to, found));
    boolean hasWords = !byWords.isEmpty();
    boolean hasCharacters = !byCharacters.isEmpty();
    TOKENS.forEach(
        text,
        0,
        text.length(),
        (hash, from, to, single) -> {
          if (hasWords) {
            words.token(hash, from, to, single);
          }
          if (hasCharacters) {
            characters.token(hash, from, to, single);
          }
        });
    return found;
  }

  private static void look(GramIndex index, long hash, int from, int to, Map<Integer, Found> found) {
    for (int entry = index.first(hash); entry >= 0; entry = index.next(entry)) {
      found.computeIfAbsent(index.item(entry), _ -> new Found()).add(from, to);
    }
  }

  /// By the set of which most was found, so that drops are counted by it: "contaminated by gsm8k".
  private String reason(Map<Integer, Found> found) {
    int most = Collections.max(found.entrySet(), Comparator.comparingInt((Map.Entry<Integer, Found> item) -> item.getValue().grams).thenComparing(Map.Entry::getKey, Comparator.reverseOrder())).getKey();
    return "contaminated by " + items.get(most).task();
  }

  /// "gsm8k/test#12 (31 n-grams), …", those with the most first.
  private String names(Map<Integer, Found> found) {
    Comparator<Map.Entry<Integer, Found>> most = Comparator.comparingInt(item -> -item.getValue().grams);
    String names =
        found.entrySet().stream()
            .sorted(most.thenComparing(Map.Entry.comparingByKey()))
            .limit(NAMED)
            .map(item -> items.get(item.getKey()).name() + " (" + item.getValue().grams + " n-gram" + (item.getValue().grams == 1 ? ")" : "s)"))
            .collect(Collectors.joining(", "));
    return found.size() > NAMED ? names + " and " + (found.size() - NAMED) + " more" : names;
  }

  /// Of all items, joined where they touch.
  private static List<Span> spans(Map<Integer, Found> found) {
    List<Span> sorted =
        found.values().stream()
            .flatMap(item -> item.spans.stream())
            .sorted(Comparator.comparingInt(Span::from).thenComparingInt(Span::to))
            .toList();
    var joined = new Found();
    sorted.forEach(span -> joined.add(span.from(), span.to()));
    return joined.spans;
  }

  private Verdict cut(Document document, Map<Integer, Found> found, Map<String, Integer> noted) {
    String text = document.text();
    var kept = new StringBuilder(text.length());
    int done = 0;
    for (Span span : spans(found)) {
      int from = text.lastIndexOf('\n', span.from() - 1) + 1;
      int newline = text.indexOf('\n', span.to());
      if (from > done) {
        kept.append(text, done, from);
      }
      done = Math.max(done, newline < 0 ? text.length() : newline + 1);
    }
    kept.append(text, done, text.length());
    return kept.toString().isBlank()
        ? new Verdict.Dropped(reason(found), names(found), spans(found).stream().limit(MOST_SPANS).toList(), noted)
        : new Verdict.Kept(document.withText(kept.toString()).with("contamination", names(found)), noted);
  }

  /// By set, what was found in a corpus.
  ///
  /// @param noted documents by the item that they hold, as the verdicts note them
  public ContaminationReport report(Map<String, Long> noted) {
    var checked = new boolean[items.size()];
    byWords.mark(checked);
    byCharacters.mark(checked);
    var tasks = new ArrayList<ContaminationReport.Task>();
    for (int from = 0; from < items.size(); ) {
      String task = items.get(from).task();
      int to = from;
      int unchecked = 0;
      int found = 0;
      for (; to < items.size() && items.get(to).task().equals(task); to++) {
        unchecked += checked[to] ? 0 : 1;
        found += noted.containsKey(items.get(to).name()) ? 1 : 0;
      }
      tasks.add(new ContaminationReport.Task(task, to - from, unchecked, found));
      from = to;
    }
    List<ContaminationReport.Hit> hits =
        noted.entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()).thenComparing(Map.Entry.comparingByKey()))
            .limit(ContaminationReport.MOST_HITS)
            .map(hit -> new ContaminationReport.Hit(hit.getKey(), hit.getValue()))
            .toList();
    return new ContaminationReport(tasks, hits);
  }
}
