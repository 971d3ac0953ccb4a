package dev.athanor.cli.data;

import dev.athanor.data.Document;
import dev.athanor.data.engine.DocumentPass;
import dev.athanor.data.flow.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/// A document as a person looks at it: what it is, why it was dropped, and its text with the offending parts marked.
///
/// @param colours marks by the terminal's colours; else by ⟦ and ⟧
/// @param characters of text that are shown, around the first mark; 0 for all
public record DocumentView(boolean colours, int characters) {
  private static final String RED = "\u001b[1;31m";
  private static final String BOLD = "\u001b[1m";
  private static final String DIM = "\u001b[2m";
  private static final String OFF = "\u001b[0m";
  private static final List<String> TOLD_ALREADY =
      List.of(DocumentPass.DROP_STEP, DocumentPass.DROP_REASON, DocumentPass.DROP_DETAIL, DocumentPass.DROP_SPANS);

  public List<String> lines(Document document) {
    List<String> lines = new ArrayList<>();
    lines.add(styled(BOLD, document.id()));
    String step = document.metadata().get(DocumentPass.DROP_STEP);
    if (step != null) {
      String reason = document.metadata().getOrDefault(DocumentPass.DROP_REASON, "");
      String detail = document.metadata().getOrDefault(DocumentPass.DROP_DETAIL, "");
      lines.add(styled(RED, "dropped by " + step + ": " + reason) + (detail.isEmpty() ? "" : " (" + detail + ")"));
    }
    var rest = new TreeMap<>(document.metadata());
    TOLD_ALREADY.forEach(rest::remove);
    lines.add(styled(DIM, String.format(Locale.ROOT, "%s, %,d characters; %s", document.language(), document.text().length(), rest)));
    lines.add("");
    lines.addAll(text(document));
    return lines;
  }

  private List<String> text(Document document) {
    String text = document.text();
    List<Span> marks = spans(document);
    int from = 0;
    int to = text.length();
    if (characters > 0 && to > characters) {
      int middle = marks.isEmpty() ? 0 : marks.getFirst().from();
      from = Math.max(0, Math.min(middle - characters / 4, to - characters));
      to = Math.min(to, from + characters);
      from += from > 0 && Character.isLowSurrogate(text.charAt(from)) ? 1 : 0;
      to -= to < text.length() && Character.isHighSurrogate(text.charAt(to - 1)) ? 1 : 0;
    }
    var shown = new StringBuilder(from > 0 ? String.format(Locale.ROOT, "… (%,d characters before)%n", from) : "");
    int at = from;
    for (Span mark : marks) {
      int start = Math.clamp(mark.from(), at, to);
      int end = Math.clamp(mark.to(), start, to);
      if (end > start) {
        shown.append(plain(text, at, start)).append(marked(plain(text, start, end)));
        at = end;
      }
    }
    shown.append(plain(text, at, to));
    if (to < text.length()) {
      shown.append(String.format(Locale.ROOT, "%n… (%,d characters after)", text.length() - to));
    }
    return shown.toString().lines().toList();
  }

  /// Control characters could do things to the terminal.
  private static String plain(String text, int from, int to) {
    return text.substring(from, to).replaceAll("[\\p{Cntrl}&&[^\n\t]]", "\uFFFD");
  }

  private String marked(String text) {
    return colours ? RED + text.replace("\n", OFF + "\n" + RED) + OFF : "⟦" + text + "⟧";
  }

  private String styled(String style, String text) {
    return colours ? style + text + OFF : text;
  }

  private static List<Span> spans(Document document) {
    String told = document.metadata().getOrDefault(DocumentPass.DROP_SPANS, "");
    List<Span> spans = new ArrayList<>();
    if (!told.isEmpty()) {
      for (String span : told.split(",", -1)) {
        int dash = span.indexOf('-');
        spans.add(new Span(Integer.parseInt(span, 0, dash, 10), Integer.parseInt(span, dash + 1, span.length(), 10)));
      }
    }
    spans.sort(Comparator.comparingInt(Span::from));
    return spans;
  }
}
