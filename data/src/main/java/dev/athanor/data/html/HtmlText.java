package dev.athanor.data.html;

import java.util.List;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;

/// The main text of a page of HTML, as Markdown: headings with `#`, items with `-` or their numbers, tables with pipes, listings fenced
/// and as they are. Menus, heads and feet, what stands beside, notices about cookies, advertisements, comments and runs of links are left
/// out. Time is linear in the page; elements that lie deeper than 512 are read as if they lay there.
public final class HtmlText {
  private HtmlText() {}

  /// @param title empty where the page has none
  /// @param text empty where nothing on the page reads like a text
  /// @param language what the page says of itself ("zh-CN"), empty where it says nothing
  public record Page(String title, String text, String language) {}

  public static Page of(String html) {
    Document page = Jsoup.parse(html, "", Parser.htmlParser().setMaxDepth(512));
    var title = new InlineText();
    title.append(page.title(), false);
    String name = title.take();
    Element root = page.selectFirst("html");
    return new Page(name, write(MainText.of(BlockReader.read(page), name)), root == null ? "" : root.attr("lang"));
  }

  private static String write(List<Block> blocks) {
    var text = new StringBuilder();
    boolean item = false;
    for (Block block : blocks) {
      boolean nextItem = block.kind() == Block.Kind.ITEM;
      if (!text.isEmpty()) {
        text.append(item && nextItem ? "\n" : "\n\n");
      }
      write(block, text);
      item = nextItem;
    }
    return text.isEmpty() ? "" : text.append('\n').toString();
  }

  private static void write(Block block, StringBuilder text) {
    switch (block.kind()) {
      case HEADING -> text.append(block.marks()).append("#".repeat(block.level())).append(' ').append(block.text());
      case CODE -> {
        String fence = block.text().contains("```") ? "~~~~" : "```";
        text.append(fence).append(block.language()).append('\n').append(block.text()).append('\n').append(fence);
      }
      case TABLE -> text.append(block.text());
      case PARAGRAPH, ITEM -> lines(block, text);
    }
  }

  /// Further lines of an item are indented below it; those of a quotation are marked like the first.
  private static void lines(Block block, StringBuilder text) {
    int quote = block.marks().lastIndexOf('>') + 1;
    String further = quote > 0 ? block.marks().substring(0, quote) + " " : " ".repeat(block.marks().length());
    boolean first = true;
    for (String line : (Iterable<String>) block.text().lines()::iterator) {
      text.append(first ? block.marks() : "\n" + further).append(line.strip());
      first = false;
    }
  }
}
