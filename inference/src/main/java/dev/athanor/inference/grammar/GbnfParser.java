package dev.athanor.inference.grammar;

import dev.athanor.base.UserException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads a grammar in the manner of llama.cpp's GBNF:
///
/// ```
/// root  ::= "answer: " value          # a comment
/// value ::= [0-9]+ ("." [0-9]{1,2})? | "none"
/// ```
///
/// Literals in double quotes and classes in brackets take the escapes `\n \r \t \\ \" \[ \] \^ \-`, and hexadecimal ones after x (two
/// digits), u (four) and U (eight); `.` is
/// any character. A rule ends with its line, unless the line ends in `|` or inside parentheses or the next begins with `|`.
final class GbnfParser {
  private static final int MAX_DEPTH = 100;
  private static final int MAX_RULES = 2_000;
  private static final int MAX_REPEAT = 100_000;

  private record Mention(String name, int at) {}

  private final int[] text;
  private int at;
  private int depth;
  private final List<Mention> mentions = new ArrayList<>();

  private GbnfParser(String grammar) {
    text = grammar.codePoints().toArray();
  }

  /// @throws UserException with line and column
  static Map<String, Expression> parse(String grammar) {
    GbnfParser parser = new GbnfParser(grammar);
    Map<String, Expression> rules = parser.rules();
    for (Mention mention : parser.mentions) {
      if (!rules.containsKey(mention.name)) {
        parser.at = mention.at;
        throw parser.wrong("there is no rule '" + mention.name + "'; there is " + String.join(", ", rules.keySet()));
      }
    }
    if (!rules.containsKey("root")) {
      throw new UserException("the grammar has no rule 'root', which is where an answer begins");
    }
    return rules;
  }

  private Map<String, Expression> rules() {
    Map<String, Expression> rules = new LinkedHashMap<>();
    for (space(true); at < text.length; space(true)) {
      int where = at;
      String name = name();
      space(true);
      for (int c : new int[] {':', ':', '='}) {
        if (at >= text.length || text[at] != c) {
          throw wrong("expected ::= after the rule's name '" + name + "'");
        }
        at++;
      }
      space(true);
      Expression body = choice(false);
      if (rules.put(name, body) != null) {
        at = where;
        throw wrong("the rule '" + name + "' stands here a second time");
      }
      if (rules.size() > MAX_RULES) {
        throw wrong("more than " + MAX_RULES + " rules");
      }
      if (at < text.length && text[at] != '\n' && text[at] != '\r') {
        throw wrong("unexpected " + Character.toString(text[at]));
      }
    }
    return rules;
  }

  private Expression choice(boolean nested) {
    if (++depth > MAX_DEPTH) {
      throw wrong("parentheses nest deeper than " + MAX_DEPTH);
    }
    List<Expression> options = new ArrayList<>();
    options.add(sequence(nested));
    while (barFollows(nested)) {
      at++;
      space(true);
      options.add(sequence(nested));
    }
    depth--;
    return options.size() == 1 ? options.getFirst() : new Expression.Choice(options);
  }

  /// Looks over line ends for a bar; without one it stays where it is.
  private boolean barFollows(boolean nested) {
    int before = at;
    space(true);
    if (at < text.length && text[at] == '|') {
      return true;
    }
    at = nested ? at : before;
    return false;
  }

  private Expression sequence(boolean nested) {
    List<Expression> parts = new ArrayList<>();
    for (space(nested); at < text.length && !endsSequence(text[at]); space(nested)) {
      parts.add(quantified());
    }
    return parts.size() == 1 ? parts.getFirst() : new Expression.Sequence(parts);
  }

  private static boolean endsSequence(int c) {
    return c == '|' || c == ')' || c == '\n' || c == '\r';
  }

  private Expression quantified() {
    Expression atom = atom();
    while (at < text.length) {
      switch (text[at]) {
        case '*' -> atom = Expression.Repeat.of(atom, 0, -1);
        case '+' -> atom = Expression.Repeat.of(atom, 1, -1);
        case '?' -> atom = Expression.Repeat.of(atom, 0, 1);
        case '{' -> {
          at++;
          int min = number();
          boolean range = at < text.length && text[at] == ',';
          at += range ? 1 : 0;
          boolean open = range && at < text.length && text[at] == '}';
          int max = open ? -1 : range ? number() : min;
          if (at >= text.length || text[at] != '}' || (max >= 0 && max < min)) {
            throw wrong("repetitions are written {n}, {n,} or {n,m} with n ≤ m");
          }
          atom = Expression.Repeat.of(atom, min, max);
        }
        default -> {
          return atom;
        }
      }
      at++;
    }
    return atom;
  }

  private int number() {
    int from = at;
    int value = 0;
    while (at < text.length && text[at] >= '0' && text[at] <= '9') {
      value = Math.min(MAX_REPEAT + 1, 10 * value + text[at++] - '0');
    }
    if (at == from || value > MAX_REPEAT) {
      throw wrong("expected a number of at most " + MAX_REPEAT);
    }
    return value;
  }

  private Expression atom() {
    return switch (text[at]) {
      case '"' -> {
        at++;
        StringBuilder literal = new StringBuilder();
        while (at < text.length && text[at] != '"') {
          literal.appendCodePoint(character());
        }
        close('"', "a literal without its closing quote");
        yield Expression.literal(literal.toString());
      }
      case '[' -> {
        at++;
        yield new Expression.Chars(characterClass());
      }
      case '(' -> {
        at++;
        Expression inside = choice(true);
        close(')', "a ( without its )");
        yield inside;
      }
      case '.' -> {
        at++;
        yield new Expression.Chars(CodePoints.ALL);
      }
      default -> {
        int where = at;
        String name = name();
        mentions.add(new Mention(name, where));
        yield new Expression.Name(name);
      }
    };
  }

  private CodePoints characterClass() {
    boolean negated = at < text.length && text[at] == '^';
    at += negated ? 1 : 0;
    List<int[]> ranges = new ArrayList<>();
    while (at < text.length && text[at] != ']') {
      int first = character();
      int last = first;
      if (at + 1 < text.length && text[at] == '-' && text[at + 1] != ']') {
        at++;
        last = character();
      }
      if (last < first) {
        throw wrong("a range must go up");
      }
      ranges.add(new int[] {first, last});
    }
    close(']', "a [ without its ]");
    CodePoints set = CodePoints.joined(ranges).intersect(CodePoints.ALL);
    return negated ? set.complement() : set;
  }

  private int character() {
    int c = text[at++];
    if (c == '\n') {
      throw wrong("a line ends inside quotes or brackets; write \\n");
    }
    if (c != '\\') {
      return c;
    }
    int escaped = at < text.length ? text[at++] : -1;
    return switch (escaped) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case '"', '\\', '[', ']', '^', '-' -> escaped;
      case 'x' -> hex(2);
      case 'u' -> hex(4);
      case 'U' -> hex(8);
      default -> throw wrong("an unknown escape");
    };
  }

  private int hex(int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = at < text.length && text[at] < 0x80 ? Character.digit(text[at], 16) : -1;
      if (digit < 0 || value > Character.MAX_CODE_POINT) {
        throw wrong("expected " + digits + " hexadecimal digits of a character");
      }
      value = 16 * value + digit;
      at++;
    }
    if (value > Character.MAX_CODE_POINT || (value >= 0xD800 && value < 0xE000)) {
      throw wrong("no such character");
    }
    return value;
  }

  private void close(int c, String otherwise) {
    if (at >= text.length || text[at] != c) {
      throw wrong(otherwise);
    }
    at++;
  }

  private String name() {
    StringBuilder name = new StringBuilder();
    while (at < text.length && isName(text[at])) {
      name.appendCodePoint(text[at++]);
    }
    if (name.isEmpty()) {
      throw wrong(
          at < text.length ? "unexpected " + Character.toString(text[at]) : "the grammar ends where a rule's name should be");
    }
    return name.toString();
  }

  private static boolean isName(int c) {
    return c == '-' || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private void space(boolean lines) {
    while (at < text.length) {
      int c = text[at];
      if (c == '#') {
        while (at < text.length && text[at] != '\n') {
          at++;
        }
      } else if (c == ' ' || c == '\t' || (lines && (c == '\n' || c == '\r'))) {
        at++;
      } else {
        return;
      }
    }
  }

  private UserException wrong(String why) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < Math.min(at, text.length); i++) {
      column = text[i] == '\n' ? 1 : column + 1;
      line += text[i] == '\n' ? 1 : 0;
    }
    return new UserException("grammar:%d:%d: %s".formatted(line, column, why));
  }
}
