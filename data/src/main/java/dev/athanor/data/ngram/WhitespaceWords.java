package dev.athanor.data.ngram;

/// Units are what stands between white space, unchanged, as KenLM's tools read text: for text that was cut before. White space is
/// blank, tab, and the other controls that KenLM takes for it: `\0`, vertical tab, form feed, carriage return.
public record WhitespaceWords() implements UnitCutter {
  @Override
  public void cut(CharSequence text, int from, int to, Sink sink) {
    char[] buffer = new char[64];
    int length = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c == ' ' || c == '\t' || c == 0 || c == 0x0B || c == '\f' || c == '\r' || c == '\n') {
        if (length > 0) {
          sink.unit(buffer, 0, length);
          length = 0;
        }
      } else {
        if (length == buffer.length) {
          buffer = java.util.Arrays.copyOf(buffer, 2 * length);
        }
        buffer[length++] = c;
      }
    }
    if (length > 0) {
      sink.unit(buffer, 0, length);
    }
  }
}
