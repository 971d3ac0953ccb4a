package dev.athanor.tokenizer.jinja;

import dev.athanor.tokenizer.jinja.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A template's tokens, with the white space around tags gone as `trim_blocks` and `lstrip_blocks` have it: the line break
/// after a block goes, and so do the blanks before one that begins its line. `-` takes all white space on its side, `+` none.
final class Lexer {
  private static final List<String> OPERATORS =
      List.of(
          "**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", ".", ":", "|", ",", ";", "(", ")", "[",
          "]", "{", "}");
  private static final Pattern NUMBER = Pattern.compile("[0-9](?:_?[0-9])*(\\.[0-9](?:_?[0-9])*)?([eE][+-]?[0-9](?:_?[0-9])*)?");
  private static final Pattern RAW_BEGIN = Pattern.compile("\\{%([-+]?)\\s*raw\\s*(?:-%\\}\\s*|%\\})");
  private static final Pattern RAW_END = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*(?:\\+%\\}|-%\\}\\s*|%\\}\\n?)");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;
  private int counted;
  private boolean atLineStart = true;

  private Lexer(String source) {
    this.source = source;
  }

  static List<Token> tokens(String template) {
    String source = template.replace("\r\n", "\n").replace('\r', '\n');
    Lexer lexer = new Lexer(source.endsWith("\n") ? source.substring(0, source.length() - 1) : source);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    while (at < source.length()) {
      int tag = nextTag();
      if (tag < 0) {
        data(source.substring(at));
        at = source.length();
        break;
      }
      Matcher raw = RAW_BEGIN.matcher(source).region(tag, source.length());
      if (raw.lookingAt()) {
        text(at, tag, raw.group(1), true);
        raw(raw.end());
        continue;
      }
      char kind = source.charAt(tag + 1);
      String sign = sign(tag + 2);
      text(at, tag, sign, kind != '{');
      at = tag + 2 + sign.length();
      switch (kind) {
        case '#' -> comment();
        case '%' -> tag(Kind.BLOCK_BEGIN, Kind.BLOCK_END, "%}");
        default -> tag(Kind.VARIABLE_BEGIN, Kind.VARIABLE_END, "}}");
      }
    }
    add(Kind.END, "the end of the template", at);
  }

  private int nextTag() {
    for (int i = source.indexOf('{', at); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
      char next = source.charAt(i + 1);
      if (next == '{' || next == '%' || next == '#') {
        return i;
      }
    }
    return -1;
  }

  private String sign(int index) {
    boolean signed = index < source.length() && (source.charAt(index) == '-' || source.charAt(index) == '+');
    return signed ? source.substring(index, index + 1) : "";
  }

  /// Text before a tag.
  private void text(int from, int to, String sign, boolean block) {
    String text = source.substring(from, to);
    if (sign.equals("-")) {
      text = text.substring(0, Python.strippedEnd(text, 0, text.length()));
    } else if (block && sign.isEmpty()) {
      int lineStart = text.lastIndexOf('\n') + 1;
      if ((lineStart > 0 || atLineStart) && Python.strippedEnd(text, lineStart, text.length()) == lineStart) {
        text = text.substring(0, lineStart);
      }
    }
    data(text);
  }

  private void raw(int from) {
    Matcher end = RAW_END.matcher(source);
    if (!end.find(from)) {
      throw new JinjaError("'raw' is not closed by 'endraw'", lineOf(from));
    }
    at = from;
    atLineStart = false;
    text(from, end.start(), String.valueOf(end.group(1)), true);
    ended(end.end());
  }

  private void comment() {
    int end = source.indexOf("#}", at);
    if (end < 0) {
      throw new JinjaError("a comment is not closed by '#}'", lineOf(at));
    }
    char before = end > at ? source.charAt(end - 1) : ' ';
    int after = end + 2;
    if (before == '-') {
      after = Python.strippedStart(source, after, source.length());
    } else if (before != '+' && source.startsWith("\n", after)) {
      after++;
    }
    ended(after);
  }

  private void ended(int after) {
    at = after;
    atLineStart = after > 0 && source.charAt(after - 1) == '\n';
  }

  private void tag(Kind begin, Kind end, String closing) {
    int opened = at;
    add(begin, closing.equals("%}") ? "{%" : "{{", at);
    Deque<Character> brackets = new ArrayDeque<>();
    while (true) {
      at = Python.strippedStart(source, at, source.length());
      if (at >= source.length()) {
        throw new JinjaError("a tag is not closed by '" + closing + "'", lineOf(opened));
      }
      if (brackets.isEmpty() && closes(closing, end)) {
        return;
      }
      token(brackets);
    }
  }

  private boolean closes(String closing, Kind end) {
    int start = at;
    boolean strips = source.startsWith("-" + closing, at);
    boolean keeps = end == Kind.BLOCK_END && source.startsWith("+" + closing, at);
    if (!strips && !keeps && !source.startsWith(closing, at)) {
      return false;
    }
    int after = at + closing.length() + (strips || keeps ? 1 : 0);
    if (strips) {
      after = Python.strippedStart(source, after, source.length());
    } else if (!keeps && end == Kind.BLOCK_END && source.startsWith("\n", after)) {
      after++;
    }
    add(end, closing, start);
    ended(after);
    return true;
  }

  private void token(Deque<Character> brackets) {
    char c = source.charAt(at);
    if (Character.isUnicodeIdentifierStart(c) || c == '_') {
      int end = at + 1;
      while (end < source.length() && (Character.isUnicodeIdentifierPart(source.charAt(end)) || source.charAt(end) == '_')) {
        end++;
      }
      take(Kind.NAME, source.substring(at, end), end);
    } else if (c >= '0' && c <= '9') {
      Matcher number = NUMBER.matcher(source).region(at, source.length());
      boolean found = number.lookingAt();
      boolean real = found && (number.group(1) != null || number.group(2) != null);
      take(real ? Kind.FLOAT : Kind.INTEGER, number.group().replace("_", ""), number.end());
    } else if (c == '\'' || c == '"') {
      string(c);
    } else {
      String operator =
          OPERATORS.stream()
              .filter(o -> source.startsWith(o, at))
              .findFirst()
              .orElseThrow(() -> new JinjaError("unexpected character '" + c + "'", lineOf(at)));
      bracket(operator.charAt(0), brackets);
      take(Kind.OPERATOR, operator, at + operator.length());
    }
  }

  private void bracket(char c, Deque<Character> brackets) {
    switch (c) {
      case '(' -> brackets.push(')');
      case '[' -> brackets.push(']');
      case '{' -> brackets.push('}');
      case ')', ']', '}' -> {
        if (brackets.isEmpty() || brackets.pop() != c) {
          throw new JinjaError("unexpected '" + c + "'", lineOf(at));
        }
      }
      default -> {}
    }
  }

  private void string(char quote) {
    int end = at + 1;
    while (end < source.length() && source.charAt(end) != quote) {
      end += source.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= source.length()) {
      throw new JinjaError("a string is not closed by " + quote, lineOf(at));
    }
    take(Kind.STRING, Escapes.read(source.substring(at + 1, end)), end + 1);
  }

  private void take(Kind kind, String text, int end) {
    add(kind, text, at);
    at = end;
  }

  private void data(String text) {
    if (!text.isEmpty()) {
      add(Kind.DATA, text, at);
    }
  }

  private void add(Kind kind, String text, int where) {
    tokens.add(new Token(kind, text, lineOf(where)));
  }

  private int lineOf(int index) {
    for (; counted < index && counted < source.length(); counted++) {
      if (source.charAt(counted) == '\n') {
        line++;
      }
    }
    return line;
  }
}
