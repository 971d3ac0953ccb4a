package dev.athanor.data.dedup;

import dev.athanor.data.Document;
import java.util.function.IntPredicate;

/// What is compared with the rest of the corpus.
public enum Unit {
  DOCUMENT,
  /// Lines between blank ones.
  PARAGRAPH,
  LINE;

  /// Takes the pieces of a text in their order.
  @FunctionalInterface
  interface Sink {
    /// @param to after the piece's last character
    /// @param next where the next piece begins: what lies between belongs to this one
    void piece(int from, int to, int next);
  }

  void forEach(String text, Sink sink) {
    switch (this) {
      case DOCUMENT -> sink.piece(0, text.length(), text.length());
      case LINE -> lines(text, sink);
      case PARAGRAPH -> paragraphs(text, sink);
    }
  }

  private static void lines(String text, Sink sink) {
    for (int from = 0; from < text.length(); ) {
      int newline = text.indexOf('\n', from);
      int to = newline < 0 ? text.length() : newline;
      int next = newline < 0 ? to : newline + 1;
      sink.piece(from, to > from && text.charAt(to - 1) == '\r' ? to - 1 : to, next);
      from = next;
    }
  }

  private static void paragraphs(String text, Sink sink) {
    var open =
        new Object() {
          int from = -1;
          int to;
        };
    lines(
        text,
        (from, to, _) -> {
          if (isBlank(text, from, to)) {
            return;
          }
          if (open.from >= 0 && hasBlankLine(text, open.to, from)) {
            sink.piece(open.from, open.to, from);
            open.from = -1;
          }
          open.from = open.from < 0 ? from : open.from;
          open.to = to;
        });
    if (open.from >= 0) {
      sink.piece(open.from, open.to, text.length());
    }
  }

  private static boolean hasBlankLine(String text, int from, int to) {
    int newline = text.indexOf('\n', from);
    return newline >= 0 && newline + 1 < to;
  }

  private static boolean isBlank(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!isSpace(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /// White space, or a mark that shows nothing.
  static boolean isSpace(char c) {
    return c <= ' ' || (c >= 0x7f && (Character.isWhitespace(c) || c <= 0xa0 || Character.getType(c) == Character.FORMAT || c == 0x202f));
  }

  /// Code points of a part of a text that are no white space.
  static int visible(String text, int from, int to) {
    int count = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!isSpace(c) && !(Character.isLowSurrogate(c) && i > from && Character.isHighSurrogate(text.charAt(i - 1)))) {
        count++;
      }
    }
    return count;
  }

  /// Hands over the pieces that are long enough to be compared; a whole document always is.
  void forEachCompared(String text, int minLength, Sink sink) {
    forEach(
        text,
        (from, to, next) -> {
          if (this == DOCUMENT || visible(text, from, to) >= minLength) {
            sink.piece(from, to, next);
          }
        });
  }

  /// A document without some of its compared pieces.
  ///
  /// @param cut tells of each compared piece, by its place among them, whether it goes
  Document without(Document document, int minLength, IntPredicate cut) {
    String text = document.text();
    var kept = new StringBuilder(text.length());
    var at =
        new Object() {
          int done;
          int piece;
          boolean cutLast;
        };
    forEachCompared(
        text,
        minLength,
        (from, _, next) -> {
          if (cut.test(at.piece++)) {
            kept.append(text, at.done, from);
            at.done = next;
            at.cutLast = next == text.length();
          }
        });
    kept.append(text, at.done, text.length());
    if (at.cutLast) {
      trimEnd(kept, text.endsWith("\n"));
    }
    return document.withText(kept.toString());
  }

  /// The space that parted what was cut from what stands before it is of no use.
  private static void trimEnd(StringBuilder text, boolean newline) {
    int end = text.length();
    while (end > 0 && isSpace(text.charAt(end - 1))) {
      end--;
    }
    text.setLength(end);
    if (newline && end > 0) {
      text.append('\n');
    }
  }
}
