package dev.athanor.tokenizer.jinja;

import java.util.Arrays;

/// Text that remembers who wrote each of its characters: the template ([#TEMPLATE]), or a person (another number, the caller's).
/// Whatever a template does with text, cut, strip, replace, join, the characters keep their source. Equal texts have equal
/// characters, whoever wrote them.
public final class Text implements Value {
  public static final int TEMPLATE = 0;
  static final Text EMPTY = new Text("", new int[0], new int[0]);

  private final String value;
  /// Stretches of one source: where each ends, and its source.
  private final int[] ends;
  private final int[] sources;

  private Text(String value, int[] ends, int[] sources) {
    this.value = value;
    this.ends = ends;
    this.sources = sources;
  }

  public static Text of(String value, int source) {
    return value.isEmpty() ? EMPTY : new Text(value, new int[] {value.length()}, new int[] {source});
  }

  static Text of(String value) {
    return of(value, TEMPLATE);
  }

  public String value() {
    return value;
  }

  public int length() {
    return value.length();
  }

  /// Who wrote the character at an index.
  public int source(int index) {
    int found = Arrays.binarySearch(ends, index + 1);
    return sources[found >= 0 ? found : -found - 1];
  }

  /// Someone who wrote of it, people before the template.
  int anySource() {
    return Arrays.stream(sources).filter(s -> s != TEMPLATE).findFirst().orElse(TEMPLATE);
  }

  Text substring(int from, int to) {
    return from == 0 && to == value.length() ? this : new Builder().append(this, from, to).done();
  }

  Text plus(Text other) {
    return new Builder().append(this).append(other).done();
  }

  int codePoints() {
    return value.codePointCount(0, value.length());
  }

  /// The character at an index of Python's, which counts code points.
  Text codePoint(int index) {
    int at = value.offsetByCodePoints(0, index);
    return substring(at, at + Character.charCount(value.codePointAt(at)));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Text text && text.value.equals(value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return value;
  }

  /// Texts one after the other.
  static final class Builder {
    private final StringBuilder value = new StringBuilder();
    private int[] ends = new int[8];
    private int[] sources = new int[8];
    private int runs;

    int length() {
      return value.length();
    }

    Builder append(String text) {
      return append(text, TEMPLATE);
    }

    Builder append(String text, int source) {
      value.append(text);
      if (!text.isEmpty()) {
        run(source);
      }
      return this;
    }

    Builder append(Text text) {
      return append(text, 0, text.value.length());
    }

    Builder append(Text text, int from, int to) {
      int done = from;
      for (int i = 0; i < text.ends.length && done < to; i++) {
        int end = Math.min(text.ends[i], to);
        if (end > done) {
          value.append(text.value, done, end);
          run(text.sources[i]);
          done = end;
        }
      }
      return this;
    }

    private void run(int source) {
      if (runs > 0 && sources[runs - 1] == source) {
        ends[runs - 1] = value.length();
        return;
      }
      if (runs == ends.length) {
        ends = Arrays.copyOf(ends, runs * 2);
        sources = Arrays.copyOf(sources, runs * 2);
      }
      ends[runs] = value.length();
      sources[runs++] = source;
    }

    Text done() {
      return value.isEmpty() ? EMPTY : new Text(value.toString(), Arrays.copyOf(ends, runs), Arrays.copyOf(sources, runs));
    }
  }
}
