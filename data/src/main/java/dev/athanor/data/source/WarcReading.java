package dev.athanor.data.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SeekableByteChannel;
import org.jspecify.annotations.Nullable;

/// The records of a WARC file (ISO 28500), plain, gzip or Zstandard, in order. Nothing that a record says of itself is believed before it is
/// seen: where a length lies or a member is damaged, that record is set aside and the next one is looked for.
final class WarcReading implements Partition.Reading {
  private static final int LONGEST_HEADER = 1 << 16;

  private final String origin;
  private final WarcInput input;
  private final int largest;
  private long number;
  private boolean inSegment;
  private boolean inRecord;
  private boolean guessed;
  private boolean ended;

  WarcReading(String origin, SeekableByteChannel file, Compression compression, int largest) {
    this.origin = origin;
    this.input = new WarcInput(file, compression);
    this.largest = largest;
  }

  @Override
  public Partition.@Nullable RawRecord next() {
    while (!ended) {
      try {
        if (inSegment) {
          Partition.RawRecord record = nextOfSegment();
          inRecord = false;
          if (record != null) {
            return record;
          }
        }
        inSegment = input.nextSegment();
        ended = !inSegment;
        if (inSegment && guessed && !input.atRecord()) {
          goOnAfterDamage();
        }
      } catch (IOException e) {
        if (!guessed) {
          return damaged(e);
        }
        goOnAfterDamage();
      }
    }
    return null;
  }

  private Partition.RawRecord damaged(IOException damage) {
    number += inRecord ? 0 : 1;
    inRecord = false;
    String place = place(number, input.position());
    goOnAfterDamage();
    return Raw.aside(place, input.reason(damage), String.valueOf(damage.getMessage()));
  }

  /// What looks like the next member need not be one, so it must begin with a record.
  private void goOnAfterDamage() {
    inSegment = false;
    guessed = true;
    try {
      ended = !input.resynchronise();
    } catch (IOException e) {
      ended = true;
    }
  }

  private String place(long record, long position) {
    return "%s, record %d at byte %d".formatted(origin, record, position);
  }

  private Partition.@Nullable RawRecord nextOfSegment() throws IOException {
    boolean record = input.atRecord();
    if (!record && input.atEnd()) {
      return null;
    }
    String place = place(++number, input.position());
    inRecord = true;
    guessed = false;
    if (!record) {
      input.seekRecord();
      return Raw.aside(place, "not a WARC record", "it does not begin with 'WARC/'");
    }
    byte[] header = header();
    if (header == null) {
      input.seekRecord();
      return Raw.aside(place, "damaged WARC header", "it has no end within %,d bytes".formatted(LONGEST_HEADER));
    }
    return record(place, Headers.parse(header, 0, header.length));
  }

  /// Up to the empty line; null where there is none.
  private byte @Nullable [] header() throws IOException {
    var header = new ByteArrayOutputStream();
    boolean lineIsEmpty = false;
    while (header.size() < LONGEST_HEADER) {
      int b = input.read();
      if (b < 0) {
        return null;
      }
      header.write(b);
      if (b == '\n') {
        if (lineIsEmpty) {
          return header.toByteArray();
        }
        lineIsEmpty = true;
      } else if (b != '\r') {
        lineIsEmpty = false;
      }
    }
    return null;
  }

  private Partition.RawRecord record(String place, Headers headers) throws IOException {
    long record = number;
    String said = headers.get("content-length");
    if (!said.matches("[0-9]{1,18}")) {
      input.seekRecord();
      return Raw.aside(place, "wrong length", "Content-Length is '" + Strings.shortened(said, 40) + "'");
    }
    long length = Long.parseLong(said);
    if (length > largest) {
      return tooLarge(place, length);
    }
    byte[] body = input.read((int) length);
    boolean whole = body.length == length;
    if (whole && (input.atRecord() || input.atEnd())) {
      return new Raw(body.length, new WarcRecord(origin, record, place, headers, body, largest)::extract);
    }
    // What follows the length is no record: one may have begun before.
    input.unreadWithLineEnds(body);
    input.seekRecord();
    String follows = whole ? "what follows it is no record" : "there are %,d".formatted(body.length);
    return Raw.aside(place, "wrong length", "Content-Length is %,d, but %s".formatted(length, follows));
  }

  /// Looks for the next record rather than believe a length that need not be true.
  private Partition.RawRecord tooLarge(String place, long length) throws IOException {
    if (!input.seekRecord() && input.isBomb()) {
      goOnAfterDamage();
      return Raw.aside(place, "zip bomb", "its member unpacks to more than 200 times its size");
    }
    return Raw.aside(place, "record too large", "%,d bytes, more than the limit of %,d".formatted(length, largest));
  }

  @Override
  public long position() {
    return input.stored();
  }

  @Override
  public void close() {
    try {
      input.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close " + origin, e);
    }
  }
}
