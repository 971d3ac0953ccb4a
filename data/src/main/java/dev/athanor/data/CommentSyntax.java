package dev.athanor.data;

import java.util.ArrayList;
import java.util.List;

/// How a language writes comments and strings, enough to tell comments from code: a scanner that knows strings, characters and
/// text blocks, so that `"http://x"` holds no comment.
public enum CommentSyntax {
  /// `//`, `/* */`; strings in `"`, `'`, and text blocks in `"""`.
  SLASH,
  /// As `SLASH`, with strings in back-quotes that may span lines.
  SLASH_TEMPLATE,
  /// `#`; strings in `"` and `'`, long ones in `"""` and `'''`.
  HASH,
  /// `--`, `/* */`; strings in `'` and `"`.
  SQL,
  /// `<!-- -->`.
  MARKUP,
  /// `;`; strings in `"`.
  SEMICOLON,
  /// Prose: the whole text is documentation.
  PROSE;

  /// A comment, or a run of line comments on consecutive lines.
  ///
  /// @param start of its opening mark
  /// @param end after its closing mark; a line comment ends before the line break
  public record Comment(int start, int end) {
    public String text(String source) {
      return source.substring(start, end);
    }
  }

  /// The syntax of a `Document.language`.
  public static CommentSyntax of(String language) {
    return switch (language) {
      case "java", "kotlin", "scala", "groovy", "c", "cpp", "csharp", "rust", "swift", "php", "protobuf" -> SLASH;
      case "javascript", "typescript", "go" -> SLASH_TEMPLATE;
      case "python", "shell", "ruby", "yaml", "toml", "properties", "r", "perl", "dockerfile" -> HASH;
      case "sql", "lua", "haskell" -> SQL;
      case "xml", "html" -> MARKUP;
      case "clojure" -> SEMICOLON;
      default -> PROSE;
    };
  }

  /// The comments in their order; none for prose.
  public List<Comment> comments(String source) {
    if (this == PROSE) {
      return List.of();
    }
    return new Scanner(source, this).run();
  }

  /// The text with every comment blanked out: the same length and the same lines.
  public String withoutComments(String source) {
    var code = new StringBuilder(source);
    for (Comment comment : comments(source)) {
      for (int i = comment.start(); i < comment.end(); i++) {
        if (code.charAt(i) != '\n') {
          code.setCharAt(i, ' ');
        }
      }
    }
    return code.toString();
  }

  private static final class Scanner {
    private final String source;
    private final CommentSyntax syntax;
    private final List<Comment> comments = new ArrayList<>();
    private boolean lastWasLine;

    Scanner(String source, CommentSyntax syntax) {
      this.source = source;
      this.syntax = syntax;
    }

    List<Comment> run() {
      int at = 0;
      while (at < source.length()) {
        at = step(at);
      }
      return comments;
    }

    private int step(int at) {
      if (syntax == MARKUP) {
        return source.startsWith("<!--", at) ? block(at, 4, "-->") : at + 1;
      }
      char c = source.charAt(at);
      if (opensLineComment(at, c)) {
        return line(at);
      }
      if (c == '/' && syntax != HASH && syntax != SEMICOLON && source.startsWith("/*", at)) {
        return block(at, 2, "*/");
      }
      if (c == '"' || (c == '\'' && syntax != SEMICOLON)) {
        return string(at, c);
      }
      if (c == '`' && syntax == SLASH_TEMPLATE) {
        return longString(at, 1, "`");
      }
      return at + 1;
    }

    private boolean opensLineComment(int at, char c) {
      return switch (syntax) {
        case SLASH, SLASH_TEMPLATE -> c == '/' && source.startsWith("//", at);
        case HASH -> c == '#';
        case SQL -> c == '-' && source.startsWith("--", at);
        case SEMICOLON -> c == ';';
        case MARKUP, PROSE -> false;
      };
    }

    private int line(int at) {
      int newline = source.indexOf('\n', at);
      int end = newline < 0 ? source.length() : newline;
      if (lastWasLine && continuesLine(at)) {
        comments.set(comments.size() - 1, new Comment(comments.getLast().start(), end));
      } else {
        comments.add(new Comment(at, end));
      }
      lastWasLine = true;
      return end;
    }

    /// Only one line break and indentation stand between the last line comment and this one.
    private boolean continuesLine(int at) {
      String between = source.substring(comments.getLast().end(), at);
      return between.isBlank() && between.indexOf('\n') == between.lastIndexOf('\n');
    }

    private int block(int at, int opening, String closing) {
      int close = source.indexOf(closing, at + opening);
      int end = close < 0 ? source.length() : close + closing.length();
      comments.add(new Comment(at, end));
      lastWasLine = false;
      return end;
    }

    private int string(int at, char quote) {
      String triple = String.valueOf(quote).repeat(3);
      if ((quote == '"' || syntax == HASH) && syntax != SQL && source.startsWith(triple, at)) {
        return longString(at, 3, triple);
      }
      for (int i = at + 1; i < source.length(); i++) {
        char c = source.charAt(i);
        if (c == '\\' && syntax != SQL) {
          i++;
        } else if (c == quote) {
          return i + 1;
        } else if (c == '\n') {
          break;
        }
      }
      // No end on this line: a lifetime, an apostrophe, broken code. The quote alone is passed over.
      return at + 1;
    }

    private int longString(int at, int opening, String closing) {
      for (int i = at + opening; i < source.length(); i++) {
        if (source.charAt(i) == '\\') {
          i++;
        } else if (source.startsWith(closing, i)) {
          return i + closing.length();
        }
      }
      return source.length();
    }
  }
}
