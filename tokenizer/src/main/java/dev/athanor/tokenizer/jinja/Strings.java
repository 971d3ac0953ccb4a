package dev.athanor.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/// Python's methods of `str`, each character keeping its source.
final class Strings {
  private Strings() {}

  static Text strip(Text text, Value characters, boolean left, boolean right) {
    String value = text.value();
    int from = 0;
    int to = value.length();
    if (characters instanceof Value.None) {
      int start = left ? Python.strippedStart(value, 0, to) : 0;
      return text.substring(start, right ? Python.strippedEnd(value, start, to) : to);
    }
    String set = Python.text(characters).value();
    while (left && from < to && set.indexOf(value.codePointAt(from)) >= 0) {
      from += Character.charCount(value.codePointAt(from));
    }
    while (right && to > from && set.indexOf(value.codePointBefore(to)) >= 0) {
      to -= Character.charCount(value.codePointBefore(to));
    }
    return text.substring(from, to);
  }

  /// @param limit how often at most; -1 for always
  static Text replace(Text text, Text old, Text with, int limit) {
    Text.Builder out = new Text.Builder();
    String value = text.value();
    int done = 0;
    int times = 0;
    if (old.length() == 0) {
      for (int i = 0; i <= value.length() && (limit < 0 || times < limit); times++) {
        out.append(text, done, i).append(with);
        done = i;
        i += i < value.length() ? Character.charCount(value.codePointAt(i)) : 1;
      }
      return out.append(text, done, value.length()).done();
    }
    for (int at = value.indexOf(old.value()); at >= 0 && (limit < 0 || times < limit); at = value.indexOf(old.value(), done)) {
      out.append(text, done, at).append(with);
      done = at + old.length();
      times++;
    }
    return out.append(text, done, value.length()).done();
  }

  static Value split(Text text, Value separator, int limit) {
    return Value.Items.list(
        separator instanceof Value.None ? words(text, limit) : split(text, Python.text(separator).value(), limit));
  }

  private static List<Text> words(Text text, int limit) {
    List<Text> words = new ArrayList<>();
    String value = text.value();
    int at = Python.strippedStart(value, 0, value.length());
    while (at < value.length()) {
      if (limit >= 0 && words.size() == limit) {
        words.add(text.substring(at, Python.strippedEnd(value, at, value.length())));
        break;
      }
      int end = at;
      while (end < value.length() && !Python.isSpace(value.charAt(end))) {
        end++;
      }
      words.add(text.substring(at, end));
      at = Python.strippedStart(value, end, value.length());
    }
    return words;
  }

  private static List<Text> split(Text text, String separator, int limit) {
    needSeparator(separator);
    List<Text> parts = new ArrayList<>();
    int done = 0;
    for (int at = text.value().indexOf(separator); at >= 0 && (limit < 0 || parts.size() < limit); ) {
      parts.add(text.substring(done, at));
      done = at + separator.length();
      at = text.value().indexOf(separator, done);
    }
    parts.add(text.substring(done, text.length()));
    return parts;
  }

  static Value splitFromRight(Text text, Value separator, int limit) {
    if (limit < 0) {
      return split(text, separator, limit);
    }
    String wanted = Python.text(separator).value();
    needSeparator(wanted);
    List<Text> parts = new ArrayList<>();
    int end = text.length();
    for (int at = text.value().lastIndexOf(wanted); at >= 0 && parts.size() < limit; ) {
      parts.add(text.substring(at + wanted.length(), end));
      end = at;
      at = end < wanted.length() ? -1 : text.value().lastIndexOf(wanted, end - wanted.length());
    }
    parts.add(text.substring(0, end));
    return Value.Items.list(parts.reversed());
  }

  private static void needSeparator(String separator) {
    if (separator.isEmpty()) {
      throw new JinjaError("empty separator");
    }
  }

  static List<Text> lines(Text text, boolean keepEnds) {
    List<Text> lines = new ArrayList<>();
    String value = text.value();
    int done = 0;
    for (int i = 0; i < value.length(); i++) {
      if (!isLineEnd(value.charAt(i))) {
        continue;
      }
      int after = value.startsWith("\r\n", i) ? i + 2 : i + 1;
      lines.add(text.substring(done, keepEnds ? after : i));
      done = after;
      i = after - 1;
    }
    if (done < value.length()) {
      lines.add(text.substring(done, value.length()));
    }
    return lines;
  }

  private static boolean isLineEnd(char c) {
    return (c >= '\n' && c <= '\r') || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
  }

  static Text lower(Text text) {
    return mapped(text, s -> s.toLowerCase(Locale.ROOT));
  }

  static Text upper(Text text) {
    return mapped(text, s -> s.toUpperCase(Locale.ROOT));
  }

  /// The first letter upper, the others lower.
  static Text capitalize(Text text) {
    if (text.length() == 0) {
      return text;
    }
    int first = Character.charCount(text.value().codePointAt(0));
    return upper(text.substring(0, first)).plus(lower(text.substring(first, text.length())));
  }

  /// A letter after none is upper, one after another lower.
  static Text title(Text text) {
    Text.Builder out = new Text.Builder();
    boolean inWord = false;
    for (int i = 0; i < text.length(); ) {
      int c = text.value().codePointAt(i);
      int end = i + Character.charCount(c);
      Text one = text.substring(i, end);
      out.append(inWord ? lower(one) : upper(one));
      inWord = Character.isLetter(c);
      i = end;
    }
    return out.done();
  }

  private static Text mapped(Text text, UnaryOperator<String> map) {
    Text.Builder out = new Text.Builder();
    int done = 0;
    for (int i = 1; i <= text.length(); i++) {
      if (i == text.length() || text.source(i) != text.source(done)) {
        out.append(map.apply(text.value().substring(done, i)), text.source(done));
        done = i;
      }
    }
    return out.done();
  }

  static Text join(Text separator, List<Value> values) {
    Text.Builder out = new Text.Builder();
    for (int i = 0; i < values.size(); i++) {
      out.append(i == 0 ? Text.EMPTY : separator).append(Python.str(values.get(i)));
    }
    return out.done();
  }

  static Text indent(Text text, Text by, boolean first, boolean blank) {
    List<Text> lines = new ArrayList<>(lines(text.plus(Text.of("\n")), false));
    Text.Builder out = new Text.Builder().append(first ? by : Text.EMPTY).append(lines.getFirst());
    for (Text line : lines.subList(1, lines.size())) {
      out.append("\n").append(blank || line.length() > 0 ? by : Text.EMPTY).append(line);
    }
    return out.done();
  }
}
