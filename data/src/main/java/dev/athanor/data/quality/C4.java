package dev.athanor.data.quality;

import dev.athanor.data.Document;
import dev.athanor.data.flow.Bound;
import dev.athanor.data.flow.Filter;
import dev.athanor.data.flow.Span;
import dev.athanor.data.flow.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The rules of C4 (Raffel et al. 2020, JMLR 21/20-074, 2.2), for English: lines that are not prose go, then a text without enough
/// sentences.
///
/// | rule | default | published |
/// |---|---|---|
/// | lines with a word of more than `maxWordLength` characters go | 1,000 | in the code |
/// | citation marks `[1]`, `[edit]`, `[citation needed]` go | | in the code |
/// | lines go that do not end in `.` `?` `!` `"` `'` `”`, or do in `...` | | the same; `”` is ours |
/// | lines of fewer than `minWordsPerLine` words go | 3 | the same (5 in the paper's first print) |
/// | lines with "javascript", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies", "terms of use" go | | in the code |
/// | `c4.lorem_ipsum`: a line that is left says "lorem ipsum" | none | the same |
/// | `c4.curly_brackets`: a line that is left has a `{` | none | the same |
/// | `c4.sentences` in the lines that are left | ≥ 5 | the same |
///
/// The word list of C4 is not applied: see the step for toxicity. Implementations tell sentences by different models (Punkt, spaCy),
/// ours by a rule, see `Sentences`; on prose they differ by a few of a hundred.
///
/// @param terminalPunctuation whether lines that do not end in it go (FineWeb leaves them)
/// @param clean whether a text that is kept loses the lines that go; else it stays as it is
public record C4(
    boolean clean, boolean terminalPunctuation, int minSentences, int minWordsPerLine, int maxWordLength)
    implements Rules<TextStatistics>, Filter {
  private static final Phrases POLICY =
      new Phrases(
          List.of("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies"));
  private static final Phrases JAVASCRIPT = new Phrases(List.of("javascript"));
  private static final Phrases LOREM_IPSUM = new Phrases(List.of("lorem ipsum"));
  private static final Phrases NAMED =
      new Phrases(
          List.of("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies", "javascript",
              "lorem ipsum"));
  private static final List<String> CITATIONS = List.of("[edit]", "[citation needed]");

  @Override
  public String version() {
    return "c4-1";
  }

  @Override
  public List<Bound> bounds() {
    return List.of(
        Bound.atMost("c4.lorem_ipsum", 0, "lorem ipsum"),
        Bound.atMost("c4.curly_brackets", 0, "curly bracket"),
        Bound.atLeast("c4.sentences", minSentences, "few sentences"));
  }

  @Override
  public Map<String, Double> measure(Document document) {
    Map<String, Double> measures = new LinkedHashMap<>();
    new Reading(document.text()).measure(measures);
    return measures;
  }

  @Override
  public void measure(TextStatistics statistics, Map<String, Double> measures) {
    new Reading(statistics.text()).measure(measures);
  }

  @Override
  public Verdict apply(Document document) {
    if (!clean) {
      return Filter.super.apply(document);
    }
    var reading = new Reading(document.text());
    Map<String, Double> measures = new LinkedHashMap<>();
    reading.measure(measures);
    return judge(document, measures) instanceof Verdict.Dropped dropped
        ? dropped
        : new Verdict.Kept(document.withText(reading.left.toString()));
  }

  @Override
  public List<Span> where(Document document, Bound broken) {
    return where(document.text(), broken);
  }

  @Override
  public List<Span> where(TextStatistics statistics, Bound broken) {
    return where(statistics.text(), broken);
  }

  private static List<Span> where(String text, Bound broken) {
    return switch (broken.measure()) {
      case "c4.lorem_ipsum" -> LOREM_IPSUM.spans(text, 10);
      case "c4.curly_brackets" -> text.indexOf('{') < 0 ? List.of() : List.of(new Span(text.indexOf('{'), text.indexOf('{') + 1));
      default -> List.of();
    };
  }

  /// One reading of a text, line by line.
  private final class Reading {
    private final StringBuilder left = new StringBuilder();
    private long lines;
    private long linesLeft;
    private long loremIpsum;
    private long curlyBrackets;
    private long sentences;

    Reading(String text) {
      for (int at = 0; at < text.length(); ) {
        int end = at;
        while (end < text.length() && !Chars.isLineEnd(text.charAt(end))) {
          end++;
        }
        int from = at;
        int to = end;
        while (from < to && Chars.isSpace(text.charAt(from))) {
          from++;
        }
        while (to > from && Chars.isSpace(text.charAt(to - 1))) {
          to--;
        }
        if (from < to) {
          lines++;
          line(text, from, to);
        }
        at = end < text.length() ? Chars.afterLineEnd(text, end) : end;
      }
    }

    void measure(Map<String, Double> measures) {
      measures.put("c4.lorem_ipsum", (double) loremIpsum);
      measures.put("c4.curly_brackets", (double) curlyBrackets);
      measures.put("c4.sentences", (double) sentences);
      measures.put("c4.lines_left", lines == 0 ? 0 : (double) linesLeft / lines);
    }

    private void line(String source, int from, int to) {
      if (!wordsAreLine(source, from, to)) {
        return;
      }
      int bracket = source.indexOf('[', from, to);
      if (bracket >= 0) {
        String cited = withoutCitations(source.substring(from, to));
        judge(cited, 0, cited.length());
      } else {
        judge(source, from, to);
      }
    }

    /// Enough words, and none too long.
    private boolean wordsAreLine(String source, int from, int to) {
      int words = 0;
      for (int i = from; i < to; ) {
        int start = i;
        while (i < to && !Chars.isSpace(source.charAt(i))) {
          i++;
        }
        if (i - start > maxWordLength && Chars.codePoints(source, start, i) > maxWordLength) {
          return false;
        }
        words++;
        while (i < to && Chars.isSpace(source.charAt(i))) {
          i++;
        }
      }
      return words >= minWordsPerLine;
    }

    private void judge(String source, int from, int to) {
      if (terminalPunctuation && !endsSentence(source, from, to)) {
        return;
      }
      if (NAMED.occurs(source, from, to)) {
        if (LOREM_IPSUM.occurs(source, from, to)) {
          loremIpsum++;
          return;
        }
        if (JAVASCRIPT.occurs(source, from, to)) {
          return;
        }
        curlyBrackets += source.indexOf('{', from, to) >= 0 ? 1 : 0;
        if (POLICY.occurs(source, from, to)) {
          return;
        }
      } else {
        curlyBrackets += source.indexOf('{', from, to) >= 0 ? 1 : 0;
      }
      linesLeft++;
      sentences += Sentences.count(source, from, to);
      if (clean) {
        left.append(left.isEmpty() ? "" : "\n").append(source, from, to);
      }
    }

    private static boolean endsSentence(String source, int from, int to) {
      return to > from && ".?!\"'”".indexOf(source.charAt(to - 1)) >= 0 && !source.startsWith("...", Math.max(from, to - 3));
    }
  }

  /// Without `[12]`, `[]`, `[edit]`, `[citation needed]`.
  static String withoutCitations(String line) {
    var rest = new StringBuilder(line.length());
    for (int i = 0; i < line.length(); ) {
      int length = line.charAt(i) == '[' ? citation(line, i) : 0;
      if (length == 0) {
        rest.append(line.charAt(i));
        i++;
      } else {
        i += length;
      }
    }
    return rest.toString();
  }

  private static int citation(String line, int at) {
    for (String citation : CITATIONS) {
      if (line.startsWith(citation, at)) {
        return citation.length();
      }
    }
    int i = at + 1;
    while (i < line.length() && Character.isDigit(line.charAt(i))) {
      i++;
    }
    return i < line.length() && line.charAt(i) == ']' ? i + 1 - at : 0;
  }
}
