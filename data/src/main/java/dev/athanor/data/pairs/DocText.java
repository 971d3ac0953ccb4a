package dev.athanor.data.pairs;

import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.EndElementTree;
import com.sun.source.doctree.EntityTree;
import com.sun.source.doctree.IndexTree;
import com.sun.source.doctree.InheritDocTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.RawTextTree;
import com.sun.source.doctree.ReturnTree;
import com.sun.source.doctree.StartElementTree;
import com.sun.source.doctree.SummaryTree;
import com.sun.source.doctree.SystemPropertyTree;
import com.sun.source.doctree.TextTree;
import com.sun.source.doctree.ValueTree;
import com.sun.source.util.DocTrees;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A doc comment's description as a reader sees it: inline tags and entities replaced by what they stand for, HTML gone,
/// one line a paragraph or list item. Preformatted examples are left out.
final class DocText {
  private static final Set<String> BREAKS =
      Set.of("p", "br", "li", "ul", "ol", "dl", "dt", "dd", "tr", "table", "div", "blockquote", "hr", "pre",
          "h1", "h2", "h3", "h4", "h5", "h6");
  private static final Pattern BLANKS = Pattern.compile("[\\s\\u00a0\\u3000]+");
  private static final Pattern BLANK_AFTER_WIDE = Pattern.compile("(?<=[，。；：、！？）】》]) ");

  private final DocTrees trees;
  private final StringBuilder out = new StringBuilder();
  private int preformatted;
  private boolean inherits;

  private DocText(DocTrees trees) {
    this.trees = trees;
  }

  /// @param text lines without blank ones
  /// @param inherits the description leans on a super type's, so it does not stand alone
  record Description(String text, boolean inherits) {}

  static Description of(List<? extends DocTree> body, DocTrees trees) {
    var text = new DocText(trees);
    text.appendAll(body);
    return new Description(tidy(text.out.toString()), text.inherits);
  }

  private void appendAll(@Nullable List<? extends DocTree> nodes) {
    if (nodes != null) {
      nodes.forEach(this::append);
    }
  }

  private void append(DocTree node) {
    switch (node) {
      case TextTree text -> words(text.getBody());
      case RawTextTree markdown -> words(markdown.getContent());
      case LiteralTree literal -> words(literal.getBody().getBody());
      case EntityTree entity -> entity(entity);
      case LinkTree link -> link(link);
      case ValueTree value -> words(value.getReference() == null ? "" : name(value.getReference().getSignature()));
      case SummaryTree summary -> appendAll(summary.getSummary());
      case ReturnTree returns -> {
        words("Returns ");
        appendAll(returns.getDescription());
      }
      case IndexTree index -> append(index.getSearchTerm());
      case SystemPropertyTree property -> words(property.getPropertyName().toString());
      case InheritDocTree _ -> inherits = true;
      case StartElementTree start -> open(tag(start.getName().toString()));
      case EndElementTree end -> close(tag(end.getName().toString()));
      default -> {
        // Comments, snippets, unknown tags: nothing that a reader of plain text would miss.
      }
    }
  }

  private void words(String text) {
    if (preformatted == 0) {
      out.append(BLANKS.matcher(text).replaceAll(" "));
    }
  }

  private void entity(EntityTree entity) {
    String characters = trees.getCharacters(entity);
    words(characters == null ? "" : characters);
  }

  private void link(LinkTree link) {
    if (link.getLabel().isEmpty()) {
      words(name(link.getReference().getSignature()));
    } else {
      appendAll(link.getLabel());
    }
  }

  /// `pkg.Type#method(int)` is read as `Type.method`.
  private static String name(String signature) {
    int parameters = signature.indexOf('(');
    String plain = parameters < 0 ? signature : signature.substring(0, parameters);
    int member = plain.indexOf('#');
    String type = member < 0 ? plain : plain.substring(0, member);
    String simple = type.substring(type.lastIndexOf('.') + 1);
    if (member < 0) {
      return simple;
    }
    return simple.isEmpty() ? plain.substring(member + 1) : simple + "." + plain.substring(member + 1);
  }

  private static String tag(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private void open(String tag) {
    breakAt(tag);
    if (tag.equals("pre")) {
      preformatted++;
    } else if (tag.equals("li")) {
      words("- ");
    }
  }

  private void close(String tag) {
    if (tag.equals("pre")) {
      preformatted = Math.max(0, preformatted - 1);
    }
    breakAt(tag);
  }

  private void breakAt(String tag) {
    if (BREAKS.contains(tag)) {
      out.append('\n');
    }
  }

  private static String tidy(String text) {
    var lines = new StringBuilder();
    text.lines()
        .map(line -> BLANK_AFTER_WIDE.matcher(BLANKS.matcher(line).replaceAll(" ").strip()).replaceAll(""))
        .filter(line -> !line.isEmpty() && !line.equals("-"))
        .forEach(line -> lines.append(line).append('\n'));
    return lines.toString().strip();
  }
}
