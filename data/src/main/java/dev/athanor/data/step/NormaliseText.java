package dev.athanor.data.step;

import dev.athanor.data.Document;
import dev.athanor.data.flow.DocumentStep;
import dev.athanor.data.flow.Verdict;

/// One way to write lines: no byte order mark, `\n` at the end of each line and of the text, no spaces before it, no blank lines
/// at either end.
public record NormaliseText() implements DocumentStep {
  @Override
  public Verdict apply(Document document) {
    return new Verdict.Kept(document.withText(normalise(document.text())));
  }

  static String normalise(String text) {
    var lines = new StringBuilder(text.length() + 1);
    String unmarked = text.startsWith("\uFEFF") ? text.substring(1) : text;
    unmarked.lines().forEach(line -> lines.append(line.stripTrailing()).append('\n'));
    int from = 0;
    while (from < lines.length() && lines.charAt(from) == '\n') {
      from++;
    }
    int to = lines.length();
    while (to > from && lines.charAt(to - 1) == '\n') {
      to--;
    }
    return to == from ? "" : lines.substring(from, to) + "\n";
  }
}
