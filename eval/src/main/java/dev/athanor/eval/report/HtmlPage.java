package dev.athanor.eval.report;

import dev.athanor.eval.report.Block.Column.Kind;
import dev.athanor.eval.report.RunReport.Command;
import dev.athanor.eval.report.RunReport.Sample;
import dev.athanor.eval.report.RunReport.TokenizedText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/// The outline as one HTML file that needs nothing beside it. Every text is escaped. What is long is cut and counted (rows,
/// tokens, answers): the whole is in the JSON.
final class HtmlPage {
  private static final int MOST_ROWS = 100;
  private static final int MOST_CELL = 300;
  private static final int MOST_SAMPLES = 16;
  private static final int MOST_ANSWER = 2000;
  private static final int MOST_TOKENS = 300;
  private static final int MOST_TOKENIZED = 6;
  private static final int TOKEN_COLOURS = 5;

  private final StringBuilder out = new StringBuilder(1 << 17);

  private HtmlPage() {}

  static String of(Outline outline) {
    return of(outline, "run report");
  }

  /// @param kind of page
  static String of(Outline outline, String kind) {
    HtmlPage page = new HtmlPage();
    page.head(outline, kind);
    outline.sections().forEach(page::section);
    page.out.append("</main>\n<script>\n").append(resource("report.js")).append("</script>\n</body>\n</html>\n");
    return page.out.toString();
  }

  private void head(Outline outline, String kind) {
    String title = Text.html(cell(outline.title()));
    out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.append("<meta name=\"color-scheme\" content=\"light dark\">\n");
    out.append("<title>").append(title).append(" · Athanor ").append(kind).append("</title>\n<style>\n");
    out.append(resource("report.css")).append("</style>\n</head>\n<body>\n");
    out.append("<header class=\"top\"><p class=\"kicker\">Athanor · ").append(kind).append("</p><h1>").append(title).append("</h1>\n<nav>");
    out.append(
        outline.sections().stream()
            .map(s -> "<a href=\"#" + s.id() + "\">" + Text.html(s.title()) + "</a>")
            .collect(Collectors.joining("\n")));
    out.append("</nav></header>\n<main>\n");
  }

  private void section(Section section) {
    out.append("<section id=\"").append(section.id()).append("\">\n<h2>").append(Text.html(section.title())).append("</h2>\n");
    section.blocks().forEach(this::block);
    out.append("</section>\n");
  }

  private void block(Block block) {
    switch (block) {
      case Block.Paragraph p -> element("p", "", cell(p.text()));
      case Block.Verdicts v -> verdicts(v.verdicts());
      case Block.Tiles t -> tiles(t.tiles());
      case Block.Facts f -> facts(f.facts());
      case Block.Table t -> table(t);
      case Block.Life l -> figure("", l.diagram().svg());
      case Block.Lines l -> lines(l.charts());
      case Block.Bars b -> figure("", b.chart().svg());
      case Block.Tokens t -> t.texts().stream().limit(MOST_TOKENIZED).forEach(this::tokens);
      case Block.Exchanges e -> exchanges(e.samples());
      case Block.Commands c -> commands(c.commands());
    }
  }

  private void verdicts(List<Verdict> verdicts) {
    if (verdicts.isEmpty()) {
      return;
    }
    out.append("<ul class=\"verdicts\">\n");
    for (Verdict verdict : verdicts) {
      element("li", verdict.tone().name().toLowerCase(Locale.ROOT), verdict.sentence());
    }
    out.append("</ul>\n");
  }

  private void tiles(List<Block.Tile> tiles) {
    if (tiles.isEmpty()) {
      return;
    }
    out.append("<div class=\"tiles\">\n");
    for (Block.Tile tile : tiles) {
      out.append("<div class=\"tile\">");
      element("span", "label", tile.label());
      element("span", "value", tile.value());
      element("span", "detail", tile.detail());
      out.append("</div>\n");
    }
    out.append("</div>\n");
  }

  private void facts(List<Fact> facts) {
    if (facts.isEmpty()) {
      return;
    }
    out.append("<dl>\n");
    for (Fact fact : facts) {
      out.append("<div>");
      element("dt", "", fact.label());
      element("dd", "", cell(fact.text()));
      out.append("</div>\n");
    }
    out.append("</dl>\n");
  }

  private void table(Block.Table table) {
    if (table.rows().isEmpty()) {
      return;
    }
    out.append("<div class=\"scroll\"><table>\n");
    if (!table.caption().isEmpty()) {
      element("caption", "", table.caption());
    }
    out.append("<thead><tr>");
    table.columns().forEach(c -> element("th", style(c.kind()), c.name()));
    out.append("</tr></thead>\n<tbody>\n");
    for (List<String> row : table.rows().subList(0, Math.min(MOST_ROWS, table.rows().size()))) {
      out.append("<tr>");
      for (int c = 0; c < row.size(); c++) {
        element("td", style(table.columns().get(c).kind()), cell(row.get(c)));
      }
      out.append("</tr>\n");
    }
    out.append("</tbody></table></div>\n");
    more(table.rows().size() - MOST_ROWS, "rows");
  }

  private static String style(Kind kind) {
    return switch (kind) {
      case WORDS -> "";
      case FIGURES -> "figure";
      case CODE -> "code";
    };
  }

  private void more(int left, String what) {
    if (left > 0) {
      element("p", "more", "and " + Figures.count(left) + " more " + what + " in " + ReportWriter.JSON);
    }
  }

  private void lines(List<LineChart> charts) {
    out.append("<div class=\"charts\">\n");
    charts.forEach(c -> figure(c.title(), c.svg()));
    out.append("</div>\n");
  }

  private void figure(String caption, String svg) {
    out.append("<figure>");
    if (!caption.isEmpty()) {
      element("figcaption", "", caption);
    }
    out.append("<div class=\"scroll\">").append(svg).append("</div></figure>\n");
  }

  private void tokens(TokenizedText text) {
    int shown = Math.min(MOST_TOKENS, text.tokens().size());
    out.append("<figure>");
    element("figcaption", "", text.label() + " · " + Figures.count(text.tokens().size()) + " tokens");
    out.append("<pre class=\"tokens\">");
    for (int i = 0; i < shown; i++) {
      String token = Text.html(cell(text.tokens().get(i))).replace("\n", "↵\n");
      out.append("<span class=\"t").append(i % TOKEN_COLOURS).append("\">").append(token).append("</span>");
    }
    out.append("</pre></figure>\n");
    more(text.tokens().size() - shown, "tokens");
  }

  private void exchanges(List<Sample> samples) {
    out.append("<div class=\"exchanges\">\n");
    for (Sample sample : samples.subList(0, Math.min(MOST_SAMPLES, samples.size()))) {
      exchange(sample);
    }
    out.append("</div>\n");
    more(samples.size() - MOST_SAMPLES, "samples");
  }

  private void exchange(Sample sample) {
    out.append("<article>");
    out.append("<p class=\"meta\"><span>").append(Text.html(sample.language())).append("</span>");
    switch (sample.parse()) {
      case ACCEPTED -> element("span", "badge good", "✓ parses");
      case REJECTED -> element("span", "badge bad", "✗ does not parse");
      case NOT_CODE -> {}
    }
    out.append("</p>");
    element("pre", "prompt", Text.shortened(sample.prompt(), MOST_ANSWER));
    element("pre", "answer", Text.shortened(sample.answer(), MOST_ANSWER));
    if (sample.problem() != null) {
      element("p", "problem", cell(sample.problem()));
    }
    out.append("</article>\n");
  }

  private void commands(List<Command> commands) {
    for (Command command : commands) {
      element("p", "purpose", cell(command.purpose()));
      element("pre", "command", Text.shortened(command.line(), MOST_ANSWER));
    }
  }

  private void element(String name, String style, String text) {
    out.append('<').append(name);
    if (!style.isEmpty()) {
      out.append(" class=\"").append(style).append('"');
    }
    // a newline right after <pre> would be swallowed: one more keeps a text that begins with one
    out.append('>').append(name.equals("pre") ? "\n" : "").append(Text.html(text)).append("</").append(name).append('>');
  }

  private static String cell(String text) {
    return Text.shortened(text, MOST_CELL);
  }

  private static String resource(String name) {
    try (InputStream in = Objects.requireNonNull(HtmlPage.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name + " of the program itself", e);
    }
  }
}
