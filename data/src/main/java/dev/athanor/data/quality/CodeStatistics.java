package dev.athanor.data.quality;

import dev.athanor.data.CommentSyntax;
import dev.athanor.data.CommentSyntax.Comment;
import dev.athanor.data.Document;
import dev.athanor.data.flow.Span;
import java.util.ArrayList;
import java.util.List;

/// What the rules for code count. Lengths are code points.
public final class CodeStatistics {
  /// A run of letters and digits that long, with both and no word of any language: base64 or hexadecimal.
  static final int LEAST_ENCODED = 64;

  private static final int MOST_SPANS = 100;

  private final String text;
  private final String language;
  private final List<Span> encodedRuns = new ArrayList<>();
  private final List<Span> dataLines = new ArrayList<>();
  private Span longestLine = new Span(0, 0);
  private long lines;
  private long characters;
  private long alphanumeric;
  private long maxLine;
  private long data;
  private long encoded;
  private long longestEncoded;

  private CodeStatistics(String text, String language) {
    this.text = text;
    this.language = language;
  }

  /// @param language as `Document.language` names it
  public static CodeStatistics of(Document document, String language) {
    var statistics = new CodeStatistics(document.text(), language);
    String text = document.text();
    int at = 0;
    while (at < text.length()) {
      at = statistics.readLine(at);
      if (at < text.length()) {
        at = Chars.afterLineEnd(text, at);
      }
    }
    return statistics;
  }

  private int readLine(int start) {
    long length = 0;
    boolean digit = false;
    boolean word = false;
    int runStart = start;
    int at = start;
    for (; at < text.length(); at++) {
      char c = text.charAt(at);
      if (Chars.isLineEnd(c)) {
        break;
      }
      if (Character.isLowSurrogate(c) && at > start && Character.isHighSurrogate(text.charAt(at - 1))) {
        continue;
      }
      length++;
      boolean isDigit = c >= '0' && c <= '9';
      boolean isLetter = c < 128 ? (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') : Character.isLetter(c) || Character.isHighSurrogate(c);
      digit |= isDigit;
      word |= isLetter && !isOfNumber(c);
      alphanumeric += isDigit || isLetter ? 1 : 0;
      if (c >= 128 || !(isDigit || isLetter || c == '+' || c == '/' || c == '=')) {
        endRun(runStart, at);
        runStart = at + 1;
      }
    }
    endRun(runStart, at);
    lines++;
    characters += length;
    if (length > maxLine) {
      maxLine = length;
      longestLine = new Span(start, at);
    }
    if (digit && !word) {
      data += length;
      if (dataLines.size() < MOST_SPANS) {
        dataLines.add(new Span(start, at));
      }
    }
    return at;
  }

  /// A letter that may stand in a number: hexadecimal, `0x`, `1L`, `2u`.
  private static boolean isOfNumber(char c) {
    return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == 'x' || c == 'X' || c == 'L' || c == 'l' || c == 'u' || c == 'U';
  }

  private void endRun(int from, int to) {
    if (to - from < LEAST_ENCODED || !looksEncoded(from, to)) {
      return;
    }
    encoded += to - from;
    longestEncoded = Math.max(longestEncoded, to - from);
    if (encodedRuns.size() < MOST_SPANS) {
      encodedRuns.add(new Span(from, to));
    }
  }

  /// Digits among letters: a path or a rule of `====` has none, a long number no letters.
  private boolean looksEncoded(int from, int to) {
    int digits = 0;
    int letters = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        digits++;
      } else if (c != '+' && c != '/' && c != '=') {
        letters++;
      }
    }
    return digits * 32 >= to - from && letters * 8 >= to - from;
  }

  String text() {
    return text;
  }

  String language() {
    return language;
  }

  long lines() {
    return lines;
  }

  /// Without line ends.
  long characters() {
    return characters;
  }

  /// Letters and digits.
  long alphanumeric() {
    return alphanumeric;
  }

  long maxLine() {
    return maxLine;
  }

  Span longestLine() {
    return longestLine;
  }

  /// In lines with digits and without words.
  long data() {
    return data;
  }

  List<Span> dataLines() {
    return dataLines;
  }

  /// In runs that look like base64 or hexadecimal.
  long encoded() {
    return encoded;
  }

  long longestEncoded() {
    return longestEncoded;
  }

  List<Span> encodedRuns() {
    return encodedRuns;
  }

  /// Code points in comments, line ends not counted.
  long comments() {
    return CommentSyntax.of(language).comments(text).stream().mapToLong(this::length).sum();
  }

  private long length(Comment comment) {
    long length = 0;
    for (int i = comment.start(); i < comment.end(); i++) {
      char c = text.charAt(i);
      length += Chars.isLineEnd(c) || Character.isLowSurrogate(c) ? 0 : 1;
    }
    return length;
  }

  /// Characters of an HTML page outside tags, scripts, styles and comments, white space not counted.
  long visible() {
    long visible = 0;
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '<') {
        at = afterTag(at);
      } else {
        visible += Chars.isSpace(c) || Character.isLowSurrogate(c) ? 0 : 1;
        at++;
      }
    }
    return visible;
  }

  private int afterTag(int at) {
    String closing =
        text.startsWith("<!--", at) ? "-->" : opens("script", at) ? "</script" : opens("style", at) ? "</style" : ">";
    for (int i = at + 1; i + closing.length() <= text.length(); i++) {
      if (text.charAt(i) == closing.charAt(0) && text.regionMatches(true, i, closing, 0, closing.length())) {
        return i + closing.length();
      }
    }
    return text.length();
  }

  private boolean opens(String tag, int at) {
    return text.regionMatches(true, at + 1, tag, 0, tag.length());
  }
}
