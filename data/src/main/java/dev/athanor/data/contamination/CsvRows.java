package dev.athanor.data.contamination;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rows of comma-separated values (RFC 4180): a value in quotes may hold commas, line breaks and doubled quotes. What follows a closing
/// quote up to the next comma belongs to the value as it stands.
final class CsvRows {
  private static final int END = -1;

  private final BufferedReader in;
  private int next;

  CsvRows(Reader in) throws IOException {
    this.in = in instanceof BufferedReader buffered ? buffered : new BufferedReader(in);
    next = this.in.read();
  }

  /// The next row; null after the last.
  @Nullable List<String> next() throws IOException {
    if (next == END) {
      return null;
    }
    var row = new ArrayList<String>();
    row.add(value());
    while (next == ',') {
      next = in.read();
      row.add(value());
    }
    if (next == '\r') {
      next = in.read();
    }
    if (next == '\n') {
      next = in.read();
    }
    return row;
  }

  private String value() throws IOException {
    var value = new StringBuilder();
    if (next == '"') {
      next = in.read();
      quoted(value);
    }
    while (next != END && next != ',' && next != '\n' && next != '\r') {
      value.append((char) next);
      next = in.read();
    }
    return value.toString();
  }

  private void quoted(StringBuilder value) throws IOException {
    while (next != END) {
      if (next == '"') {
        next = in.read();
        if (next != '"') {
          return;
        }
      }
      value.append((char) next);
      next = in.read();
    }
  }
}
