package dev.athanor.cli.tokenizer;

import java.util.Iterator;
import java.util.NoSuchElementException;

/// The lines of texts, each without its end; empty ones are left out.
public final class Lines implements Iterator<String> {
  private final Iterator<String> texts;
  private String text = "";
  private int next;

  public Lines(Iterator<String> texts) {
    this.texts = texts;
  }

  @Override
  public boolean hasNext() {
    while (true) {
      while (next < text.length() && (text.charAt(next) == '\n' || text.charAt(next) == '\r')) {
        next++;
      }
      if (next < text.length()) {
        return true;
      }
      if (!texts.hasNext()) {
        return false;
      }
      text = texts.next();
      next = 0;
    }
  }

  @Override
  public String next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    int end = text.indexOf('\n', next);
    int to = end < 0 ? text.length() : end;
    String line = text.substring(next, text.charAt(to - 1) == '\r' ? to - 1 : to);
    next = to;
    return line;
  }
}
