package dev.athanor.data.html;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeFilter;
import org.jsoup.select.NodeTraversor;

/// A page as blocks in their order; what holds no text, is hidden or stands beside the text is left out. One pass, without recursion.
final class BlockReader implements NodeFilter {
  private static final Set<String> CONTAINERS =
      Set.of("body", "div", "section", "article", "main", "td", "th", "center", "fieldset", "header", "details", "form");

  /// Elements that begin and end a block.
  private static final Set<String> BLOCKS =
      Set.of(
          "p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "dl", "dt", "dd", "blockquote", "figure", "figcaption", "hr",
          "table", "caption", "thead", "tbody", "tfoot", "tr", "address", "summary", "legend", "pre");

  private static final Pattern LANGUAGE =
      Pattern.compile("(?:language-|lang-|brush:\\s?|highlight-source-|sourceCode )([A-Za-z0-9+#_-]{1,20})");

  private final PageShape shape;
  private final List<Block> blocks = new ArrayList<>();
  private final InlineText text = new InlineText();
  private final Deque<Integer> containers = new ArrayDeque<>(List.of(0));
  private final Deque<Integer> blocksBefore = new ArrayDeque<>();
  private final Deque<ListLevel> lists = new ArrayDeque<>();
  private int containersSoFar;
  private int links;
  private int mains;
  private int heads;
  private int quotes;
  private int heading;
  private boolean itemBegins;

  private BlockReader(PageShape shape) {
    this.shape = shape;
  }

  static List<Block> read(Document page) {
    var reader = new BlockReader(PageShape.of(page));
    NodeTraversor.filter(reader, page.body());
    reader.flush();
    return reader.blocks;
  }

  private static final class ListLevel {
    private final boolean ordered;
    private int items;

    ListLevel(boolean ordered, int items) {
      this.ordered = ordered;
      this.items = items;
    }
  }

  @Override
  public FilterResult head(Node node, int depth) {
    if (node instanceof TextNode textNode) {
      text.append(textNode.getWholeText(), links > 0);
      return FilterResult.CONTINUE;
    }
    return node instanceof Element element ? head(element) : FilterResult.CONTINUE;
  }

  private FilterResult head(Element element) {
    String name = element.normalName();
    if (Names.holdsNoText(element) || shape.isBeside(element)) {
      return FilterResult.SKIP_ENTIRELY;
    }
    if (isBlock(name)) {
      flush();
    }
    switch (name) {
      case "a" -> links++;
      case "br" -> {
        if (text.endsInBreak()) {
          flush(); // two make a paragraph
        } else {
          text.breakLine();
        }
      }
      case "code", "kbd", "samp" -> text.append("`", links > 0);
      case "h1", "h2", "h3", "h4", "h5", "h6" -> heading = name.charAt(1) - '0';
      case "ul", "ol" -> lists.push(new ListLevel(name.equals("ol"), start(element) - 1));
      case "li" -> {
        ListLevel list = lists.peek();
        if (list != null) {
          list.items++;
        }
        itemBegins = true;
      }
      case "blockquote" -> quotes++;
      case "pre" -> {
        code(element);
        return FilterResult.SKIP_ENTIRELY;
      }
      case "math" -> {
        text.append(element.hasAttr("alttext") ? "$" + element.attr("alttext") + "$" : "", links > 0);
        return element.hasAttr("alttext") ? FilterResult.SKIP_ENTIRELY : FilterResult.CONTINUE;
      }
      case "table" -> {
        if (shape.isDataTable(element)) {
          table(element);
          return FilterResult.SKIP_ENTIRELY;
        }
      }
      default -> {}
    }
    enter(element, name);
    return FilterResult.CONTINUE;
  }

  private static boolean isBlock(String name) {
    return BLOCKS.contains(name) || CONTAINERS.contains(name);
  }

  private static int start(Element list) {
    String start = list.attr("start");
    return start.matches("[0-9]{1,6}") ? Integer.parseInt(start) : 1;
  }

  private void enter(Element element, String name) {
    if (CONTAINERS.contains(name)) {
      containers.push(++containersSoFar);
      blocksBefore.push(blocks.size());
    }
    boolean main = shape.isMain(element);
    heads += !main && isPageHead(element) ? 1 : 0;
    mains += main ? 1 : 0;
  }

  /// The head of an article is a part of it.
  private boolean isPageHead(Element element) {
    return mains == 0 && CONTAINERS.contains(element.normalName()) && !element.normalName().equals("body") && shape.isHead(element);
  }

  @Override
  public FilterResult tail(Node node, int depth) {
    if (!(node instanceof Element element)) {
      return FilterResult.CONTINUE;
    }
    String name = element.normalName();
    if (isBlock(name)) {
      flush();
    }
    switch (name) {
      case "a" -> links--;
      case "code", "kbd", "samp" -> text.append("`", links > 0);
      case "h1", "h2", "h3", "h4", "h5", "h6" -> heading = 0;
      case "ul", "ol" -> lists.pop();
      case "li" -> itemBegins = false;
      case "blockquote" -> quotes--;
      default -> {}
    }
    boolean main = shape.isMain(element);
    heads -= !main && isPageHead(element) ? 1 : 0;
    mains -= main ? 1 : 0;
    if (CONTAINERS.contains(name)) {
      leave();
    }
    return FilterResult.CONTINUE;
  }

  /// What holds a single block is that block's frame, and stands where that stands.
  private void leave() {
    containers.pop();
    if (blocks.size() - blocksBefore.pop() == 1) {
      blocks.addLast(blocks.removeLast().in(containers.getFirst()));
    }
  }

  private void flush() {
    int linkChars = text.linkChars();
    String taken = text.take();
    if (taken.isEmpty()) {
      return;
    }
    String quote = "> ".repeat(Math.min(quotes, 8));
    ListLevel list = lists.peek();
    if (heading > 0) {
      add(Block.Kind.HEADING, taken.replace('\n', ' '), quote, "", linkChars);
    } else if (list != null) {
      String indent = "  ".repeat(Math.min(lists.size() - 1, 16));
      String mark = itemBegins ? list.ordered ? list.items + ". " : "- " : "  ";
      itemBegins = false;
      add(Block.Kind.ITEM, taken, quote + indent + mark, "", linkChars);
    } else {
      add(Block.Kind.PARAGRAPH, taken, quote, "", linkChars);
    }
  }

  private void add(Block.Kind kind, String blockText, String marks, String language, int linkChars) {
    int container = containers.getFirst();
    blocks.add(new Block(kind, blockText, marks, heading, language, linkChars, container, mains > 0, heads > 0));
  }

  private void code(Element pre) {
    String code = pre.wholeText().replace("\r\n", "\n").replace('\u00A0', ' ');
    int from = 0;
    while (from < code.length() && code.charAt(from) == '\n') {
      from++;
    }
    String listing = code.substring(from).stripTrailing();
    if (!listing.isEmpty()) {
      add(Block.Kind.CODE, listing, "", language(pre), 0);
    }
  }

  /// `class="language-java"`, `lang-java`, `brush: java`, of the element or the `code` in it.
  private static String language(Element pre) {
    Element inner = pre.firstElementChild();
    String classes = pre.className() + " " + (inner == null ? "" : inner.className()) + " " + pre.attr("lang");
    Matcher matcher = LANGUAGE.matcher(classes.length() > 300 ? classes.substring(0, 300) : classes);
    return matcher.find() ? matcher.group(1).toLowerCase(Locale.ROOT) : "";
  }

  private void table(Element table) {
    var reader = new TableReader(shape);
    NodeTraversor.filter(reader, table);
    String caption = reader.caption();
    if (!caption.isEmpty()) {
      add(Block.Kind.PARAGRAPH, caption, "", "", 0);
    }
    String rows = reader.rows();
    if (!rows.isEmpty()) {
      add(Block.Kind.TABLE, rows, "", "", reader.linkChars());
    }
  }
}
