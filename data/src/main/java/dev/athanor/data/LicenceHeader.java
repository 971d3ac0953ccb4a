package dev.athanor.data;

import dev.athanor.data.CommentSyntax.Comment;
import java.util.List;
import java.util.Locale;

/// The comments above a file's code that speak of licence and copyright.
public final class LicenceHeader {
  /// Words of licence notices, lower case.
  private static final List<String> WORDS =
      List.of(
          "copyright", "(c) ", "©", "spdx-license-identifier", "licensed under", "licensed to the", "license, version",
          "all rights reserved", "permission is hereby granted", "public license", "public domain", "license agreement",
          "版权所有", "许可证", "著作权");

  private LicenceHeader() {}

  /// The licence comments that stand before any code, a `package` declaration not counted as code.
  public static List<Comment> find(String source, String language) {
    CommentSyntax syntax = CommentSyntax.of(language);
    int codeStart = codeStart(source, syntax);
    return syntax.comments(source).stream()
        .takeWhile(comment -> comment.start() < codeStart)
        .filter(comment -> !source.startsWith("#!", comment.start()))
        .filter(comment -> speaksOfLicence(comment.text(source)))
        .toList();
  }

  /// The text without its licence comments, so that a model does not spend its capacity on learning them by heart. Where there were any,
  /// what is left begins with its first line that is not blank and ends with one line end.
  public static String without(String source, String language) {
    List<Comment> headers = find(source, language);
    if (headers.isEmpty()) {
      return source;
    }
    var text = new StringBuilder(source);
    for (Comment header : headers.reversed()) {
      text.delete(header.start(), header.end());
    }
    return tidy(text.toString());
  }

  /// No blanks before line ends, which are all `\n`, and no blank lines at either end.
  private static String tidy(String text) {
    var lines = new StringBuilder(text.length() + 1);
    text.lines().forEach(line -> lines.append(line.stripTrailing()).append('\n'));
    int from = 0;
    while (from < lines.length() && lines.charAt(from) == '\n') {
      from++;
    }
    int to = lines.length();
    while (to > from && lines.charAt(to - 1) == '\n') {
      to--;
    }
    return to == from ? "" : lines.substring(from, to) + "\n";
  }

  public static boolean speaksOfLicence(String comment) {
    String lower = comment.toLowerCase(Locale.ROOT);
    return WORDS.stream().anyMatch(lower::contains);
  }

  /// Where the code begins: the first character that is neither space, comment, XML declaration nor `package` declaration.
  public static int codeStart(String source, CommentSyntax syntax) {
    String code = syntax.withoutComments(source);
    int at = skipSpace(code, 0);
    if (code.startsWith("<?xml", at)) {
      int close = code.indexOf("?>", at);
      at = skipSpace(code, close < 0 ? code.length() : close + 2);
    }
    if (code.startsWith("package ", at)) {
      int end = lineEnd(code, at);
      at = skipSpace(code, end);
    }
    return at;
  }

  private static int lineEnd(String text, int from) {
    int newline = text.indexOf('\n', from);
    return newline < 0 ? text.length() : newline;
  }

  private static int skipSpace(String text, int from) {
    int at = from;
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at;
  }
}
