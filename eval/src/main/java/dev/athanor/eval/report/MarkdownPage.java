package dev.athanor.eval.report;

import dev.athanor.eval.report.Block.Column.Kind;
import dev.athanor.eval.report.RunReport.Command;
import dev.athanor.eval.report.RunReport.Sample;
import dev.athanor.eval.report.RunReport.TokenizedText;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The outline as Markdown (CommonMark with tables). Curves become their first, lowest and last values; bar charts are left
/// out, since the table beside them says the same.
final class MarkdownPage {
  private static final int MOST_ANSWER = 2000;

  private final StringBuilder out = new StringBuilder();

  private MarkdownPage() {}

  static String of(Outline outline) {
    MarkdownPage page = new MarkdownPage();
    page.out.append("# ").append(inline(outline.title())).append(": run report\n\n");
    for (Section section : outline.sections()) {
      page.out.append("## ").append(section.title()).append("\n\n");
      section.blocks().forEach(page::block);
    }
    return page.out.toString();
  }

  private void block(Block block) {
    switch (block) {
      case Block.Paragraph p -> out.append(inline(p.text())).append("\n\n");
      case Block.Verdicts v -> list(v.verdicts().stream().map(Verdict::sentence).toList());
      case Block.Tiles t -> tiles(t);
      case Block.Facts f -> list(f.facts().stream().map(x -> x.label() + ": " + x.text()).toList());
      case Block.Table t -> table(t);
      case Block.Life l -> life(l.diagram());
      case Block.Lines l -> lines(l.charts());
      case Block.Bars ignored -> {}
      case Block.Tokens t -> t.texts().forEach(this::tokens);
      case Block.Exchanges e -> e.samples().forEach(this::exchange);
      case Block.Commands c -> c.commands().forEach(this::command);
    }
  }

  private void list(List<String> lines) {
    lines.forEach(l -> out.append("- ").append(inline(l)).append('\n'));
    out.append(lines.isEmpty() ? "" : "\n");
  }

  private void tiles(Block.Tiles tiles) {
    if (!tiles.tiles().isEmpty()) {
      rows(
          List.of(new Block.Column("figure", Kind.WORDS), new Block.Column("value", Kind.FIGURES), new Block.Column("", Kind.WORDS)),
          tiles.tiles().stream().map(t -> List.of(t.label(), t.value(), t.detail())).toList());
    }
  }

  private void table(Block.Table table) {
    if (table.rows().isEmpty()) {
      return;
    }
    if (!table.caption().isEmpty()) {
      out.append("**").append(inline(table.caption())).append("**\n\n");
    }
    rows(table.columns(), table.rows());
  }

  private void rows(List<Block.Column> columns, List<List<String>> rows) {
    row(columns.stream().map(Block.Column::name).toList());
    out.append(columns.stream().map(c -> c.kind() == Kind.FIGURES ? "---:" : "---").collect(Collectors.joining(" | ", "| ", " |\n")));
    rows.forEach(this::row);
    out.append('\n');
  }

  private void row(List<String> cells) {
    out.append(cells.stream().map(MarkdownPage::inline).collect(Collectors.joining(" | ", "| ", " |\n")));
  }

  private void life(LifeDiagram diagram) {
    out.append(diagram.boxes().stream().map(b -> inline(b.name()) + " (" + Figures.seconds(b.seconds()) + ")").collect(Collectors.joining(" → ")));
    out.append("\n\n");
  }

  private void lines(List<LineChart> charts) {
    List<List<String>> rows = new ArrayList<>();
    for (LineChart chart : charts) {
      for (Curve curve : chart.curves()) {
        List<Point> points = curve.measured();
        if (!points.isEmpty()) {
          String name = chart.curves().size() == 1 ? chart.title() : chart.title() + ", " + curve.name();
          rows.add(List.of(name, at(points.getFirst()), at(curve.lowest().orElseThrow()), at(points.getLast())));
        }
      }
    }
    rows(
        List.of(
            new Block.Column("curve", Kind.WORDS), new Block.Column("first", Kind.FIGURES),
            new Block.Column("lowest", Kind.FIGURES), new Block.Column("last", Kind.FIGURES)),
        rows);
  }

  private static String at(Point p) {
    return Figures.significant(p.value(), 4) + " (step " + Figures.significant(p.step(), 7) + ")";
  }

  private void tokens(TokenizedText text) {
    out.append(inline(text.label())).append(" (").append(Figures.count(text.tokens().size())).append(" tokens):\n\n");
    fenced("text", String.join("│", text.tokens()));
  }

  private void exchange(Sample sample) {
    out.append("**Prompt** (").append(inline(sample.language())).append(")\n\n");
    fenced("text", sample.prompt());
    String problem = sample.problem() == null ? "" : ": " + sample.problem();
    out.append("**Answer**").append(
        switch (sample.parse()) {
          case ACCEPTED -> ", accepted by the parser";
          case REJECTED -> ", rejected by the parser" + inline(problem);
          case NOT_CODE -> "";
        });
    out.append("\n\n");
    fenced(sample.parse() == RunReport.Parse.NOT_CODE ? "text" : "java", sample.answer());
  }

  private void command(Command command) {
    out.append(inline(command.purpose())).append(":\n\n");
    fenced("bash", command.line());
  }

  /// A fence longer than any run of backticks inside, so that no text can end it.
  private void fenced(String language, String text) {
    String shown = Text.shortened(Text.clean(text), MOST_ANSWER);
    int longest = 2;
    int run = 0;
    for (int i = 0; i < shown.length(); i++) {
      run = shown.charAt(i) == '`' ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    String fence = "`".repeat(longest + 1);
    out.append(fence).append(language).append('\n').append(shown).append('\n').append(fence).append("\n\n");
  }

  /// On one line, with nothing that Markdown or HTML would read as its own.
  private static String inline(String text) {
    String clean = Text.clean(text).replaceAll("[\\n\\t]+", " ");
    StringBuilder escaped = new StringBuilder(clean.length() + 8);
    for (int i = 0; i < clean.length(); i++) {
      char c = clean.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '\\', '`', '*', '_', '[', ']', '|', '#', '~' -> escaped.append('\\').append(c);
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }
}
