package dev.athanor.data.html;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeTraversor;
import org.jsoup.select.NodeVisitor;

/// What must be known of a page before its blocks are read: which tables hold data rather than a layout, and which elements that look
/// like something beside the text hold too much of it to be that. One pass, without recursion.
final class PageShape {
  /// An element with more of a page's text is no sidebar, whatever it is called.
  private static final double MOST_BESIDE = 0.4;

  private static final int LONGEST_CELL = 400;

  private final Set<Element> dataTables = new HashSet<>();
  private final Set<Element> beside = new HashSet<>();

  private PageShape() {}

  static PageShape of(Document page) {
    var shape = new PageShape();
    long all = shape.measure(page, Long.MAX_VALUE);
    shape.beside.clear();
    shape.measure(page, (long) (all * MOST_BESIDE));
    return shape;
  }

  boolean isDataTable(Element table) {
    return dataTables.contains(table);
  }

  boolean isBeside(Element element) {
    return beside.contains(element);
  }

  /// @return characters of text outside of what holds none
  private long measure(Document page, long mostBeside) {
    var visitor = new Visitor(mostBeside);
    NodeTraversor.traverse(visitor, page);
    return visitor.chars;
  }

  private final class Visitor implements NodeVisitor {
    private final long mostBeside;
    private long chars;
    private int withoutText;

    /// Of candidates for being beside: the characters before each.
    private final Deque<Long> before = new ArrayDeque<>();

    private final Deque<Table> tables = new ArrayDeque<>();

    Visitor(long mostBeside) {
      this.mostBeside = mostBeside;
    }

    @Override
    public void head(Node node, int depth) {
      if (node instanceof TextNode text) {
        chars += withoutText == 0 ? letters(text.getWholeText()) : 0;
      } else if (node instanceof Element element) {
        if (Names.holdsNoText(element)) {
          withoutText++;
        }
        before.push(chars);
        table(element);
      }
    }

    private void table(Element element) {
      switch (element.normalName()) {
        case "table" -> {
          markLayout();
          tables.push(new Table());
        }
        case "pre", "ul", "ol", "h1", "h2", "h3", "form", "article", "section" -> markLayout();
        case "tr" -> {
          if (tables.peek() instanceof Table table) {
            table.rows++;
            table.columns = 0;
          }
        }
        case "td", "th" -> {
          if (tables.peek() instanceof Table table) {
            table.mostColumns = Math.max(table.mostColumns, ++table.columns);
          }
        }
        default -> {}
      }
    }

    /// Of the innermost; those around it hold a table and were marked for that.
    private void markLayout() {
      if (tables.peek() instanceof Table table) {
        table.layout = true;
      }
    }

    @Override
    public void tail(Node node, int depth) {
      if (!(node instanceof Element element)) {
        return;
      }
      long inside = chars - before.pop();
      if (Names.holdsNoText(element)) {
        withoutText--;
      } else if ((Names.isHidden(element) || Names.isBeside(element)) && inside <= mostBeside) {
        beside.add(element);
      }
      switch (element.normalName()) {
        case "td", "th" -> {
          if (inside > LONGEST_CELL && tables.peek() instanceof Table table) {
            table.layout = true;
          }
        }
        case "table" -> {
          Table table = tables.pop();
          if (!table.layout && table.rows >= 2 && table.mostColumns >= 2) {
            dataTables.add(element);
          }
        }
        default -> {}
      }
    }

    private static long letters(String text) {
      return text.chars().filter(Character::isLetterOrDigit).count();
    }
  }

  private static final class Table {
    private int rows;
    private int columns;
    private int mostColumns;
    private boolean layout;
  }
}
