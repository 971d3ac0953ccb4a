package dev.athanor.data.html;

import java.util.ArrayList;
import java.util.List;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeFilter;

/// A table of data as rows of Markdown: cells between pipes, a line of dashes below the first row.
final class TableReader implements NodeFilter {
  private static final int MOST_COLUMNS = 64;

  private final PageShape shape;
  private final List<List<String>> rows = new ArrayList<>();
  private final InlineText text = new InlineText();
  private String caption = "";
  private int links;
  private int linkChars;

  TableReader(PageShape shape) {
    this.shape = shape;
  }

  @Override
  public FilterResult head(Node node, int depth) {
    if (node instanceof TextNode textNode) {
      text.append(textNode.getWholeText(), links > 0);
    } else if (node instanceof Element element) {
      if (Names.holdsNoText(element) || shape.isBeside(element)) {
        return FilterResult.SKIP_ENTIRELY;
      }
      switch (element.normalName()) {
        case "a" -> links++;
        case "tr" -> rows.add(new ArrayList<>());
        case "td", "th", "caption" -> text.take();
        case "br", "p", "div" -> text.append(" ", false);
        default -> {}
      }
    }
    return FilterResult.CONTINUE;
  }

  @Override
  public FilterResult tail(Node node, int depth) {
    if (node instanceof Element element) {
      switch (element.normalName()) {
        case "a" -> links--;
        case "td", "th" -> cell(element);
        case "caption" -> caption = text.take();
        default -> {}
      }
    }
    return FilterResult.CONTINUE;
  }

  private void cell(Element cell) {
    linkChars += text.linkChars();
    String taken = text.take().replace("|", "\\|").replace('\n', ' ');
    if (rows.isEmpty()) {
      return;
    }
    List<String> row = rows.getLast();
    String span = cell.attr("colspan");
    int columns = span.matches("[1-9][0-9]?") ? Integer.parseInt(span) : 1;
    for (int i = 0; i < columns && row.size() < MOST_COLUMNS; i++) {
      row.add(i == 0 ? taken : "");
    }
  }

  String caption() {
    return caption;
  }

  int linkChars() {
    return linkChars;
  }

  String rows() {
    rows.removeIf(row -> row.stream().allMatch(String::isEmpty));
    int columns = rows.stream().mapToInt(List::size).max().orElse(0);
    var table = new StringBuilder();
    for (List<String> row : rows) {
      line(table, row, columns);
      if (table.indexOf("\n") == table.length() - 1) {
        table.append("|").append(" --- |".repeat(columns)).append('\n');
      }
    }
    return table.toString().stripTrailing();
  }

  private static void line(StringBuilder table, List<String> row, int columns) {
    table.append('|');
    for (int i = 0; i < columns; i++) {
      String cell = i < row.size() ? row.get(i) : "";
      table.append(cell.isEmpty() ? " " : " " + cell + " ").append('|');
    }
    table.append('\n');
  }
}
