package dev.athanor.data.html;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
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
  private final Set<Element> mains = new HashSet<>();
  private final Set<Element> heads = new HashSet<>();

  /// What looks like something beside the text, with the letters in it.
  private final Map<Element, Long> beside = new HashMap<>();

  /// Pages have few classes and many elements of each.
  private final Map<String, Names.Said> said = new HashMap<>();

  private PageShape() {}

  static PageShape of(Document page) {
    var shape = new PageShape();
    Visitor visitor = shape.new Visitor();
    NodeTraversor.traverse(visitor, page);
    long most = (long) (visitor.letters * MOST_BESIDE);
    shape.beside.values().removeIf(letters -> letters > most);
    return shape;
  }

  boolean isDataTable(Element table) {
    return dataTables.contains(table);
  }

  boolean isBeside(Element element) {
    return beside.containsKey(element);
  }

  /// What the page itself calls its main part.
  boolean isMain(Element element) {
    return mains.contains(element);
  }

  boolean isHead(Element element) {
    return heads.contains(element);
  }

  private Names.Said said(Element element) {
    String named = Names.named(element);
    return named.isEmpty() ? Names.Said.NOTHING : said.computeIfAbsent(named, Names.Said::of);
  }

  private final class Visitor implements NodeVisitor {
    private long letters;
    private int withoutText;

    /// The letters before each element that is open.
    private final Deque<Long> before = new ArrayDeque<>();

    private final Deque<Table> tables = new ArrayDeque<>();

    @Override
    public void head(Node node, int depth) {
      if (node instanceof TextNode text) {
        letters += withoutText == 0 ? letters(text.getWholeText()) : 0;
      } else if (node instanceof Element element) {
        if (Names.holdsNoText(element)) {
          withoutText++;
        }
        Names.Said said = said(element);
        if (Names.isMain(element, said)) {
          mains.add(element);
        } else if (Names.isHead(element, said)) {
          heads.add(element);
        }
        before.push(letters);
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
          Table table = tables.peek();
          if (table != null) {
            table.rows++;
            table.columns = 0;
          }
        }
        case "td", "th" -> {
          Table table = tables.peek();
          if (table != null) {
            table.mostColumns = Math.max(table.mostColumns, ++table.columns);
          }
        }
        default -> {}
      }
    }

    /// Of the innermost; those around it hold a table and were marked for that.
    private void markLayout() {
      Table table = tables.peek();
      if (table != null) {
        table.layout = true;
      }
    }

    @Override
    public void tail(Node node, int depth) {
      if (!(node instanceof Element element)) {
        return;
      }
      long inside = letters - before.pop();
      if (Names.holdsNoText(element)) {
        withoutText--;
      } else if (Names.isHidden(element) || Names.isBeside(element, said(element))) {
        beside.put(element, inside);
      }
      switch (element.normalName()) {
        case "td", "th" -> {
          if (inside > LONGEST_CELL) {
            markLayout();
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
      long count = 0;
      for (int i = 0; i < text.length(); i++) {
        count += Character.isLetterOrDigit(text.charAt(i)) ? 1 : 0;
      }
      return count;
    }
  }

  private static final class Table {
    private int rows;
    private int columns;
    private int mostColumns;
    private boolean layout;
  }
}
