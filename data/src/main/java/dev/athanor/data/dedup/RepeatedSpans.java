package dev.athanor.data.dedup;

import dev.athanor.data.flow.PairSort;

/// Puts repeated windows, which come in the order of the corpus, together to spans of documents, in UTF-16 units.
final class RepeatedSpans {
  private final TextStore texts;
  private final int length;
  private final PairSort sources;
  private long document;
  private long from = -1;
  private long to;
  private long source;

  /// The last window that was found equal to an earlier one, and where both end.
  private long lastPlace = -1;
  private long lastFirst;
  private long end;
  private long firstEnd;

  /// How far the document's places are known in UTF-16 units.
  private long walked;
  private int units;
  private long count;
  private long documents;
  private long lastDocument = -1;

  /// @param sources takes for each span the place that it repeats, and its own
  RepeatedSpans(TextStore texts, int length, PairSort sources) {
    this.texts = texts;
    this.length = length;
    this.sources = sources;
  }

  long count() {
    return count;
  }

  /// How many documents have spans.
  long documents() {
    return documents;
  }

  /// @param first the first window with this hash, before this one
  void add(long place, long first, Decisions.Writer writer) {
    if (!isRepeated(place, first)) {
      return;
    }
    if (from >= 0 && place <= to && place < texts.start(document + 1)) {
      to = end;
      return;
    }
    finish(writer);
    while (place >= texts.start(document + 1)) {
      document++;
    }
    from = place;
    to = end;
    source = first;
  }

  private boolean isRepeated(long place, long first) {
    boolean follows = lastPlace >= 0 && place == after(lastPlace) && first == after(lastFirst);
    lastPlace = -1;
    if (follows) {
      if (!sameCodePoint(end, firstEnd)) {
        return false;
      }
      end = after(end);
      firstEnd = after(firstEnd);
    } else if (!compare(place, first)) {
      return false;
    }
    lastPlace = place;
    lastFirst = first;
    return firstEnd <= place;
  }

  /// Whether the windows are equal; then where they end is known. A window that overlaps with its first lies in the same document,
  /// as no window leaves its own.
  private boolean compare(long place, long first) {
    end = place;
    firstEnd = first;
    for (int i = 0; i < length; i++) {
      if (!sameCodePoint(end, firstEnd)) {
        return false;
      }
      end = after(end);
      firstEnd = after(firstEnd);
    }
    return true;
  }

  private boolean sameCodePoint(long one, long other) {
    int bytes = Utf8.length(texts.at(one));
    for (int i = 0; i < bytes; i++) {
      if (texts.at(one + i) != texts.at(other + i)) {
        return false;
      }
    }
    return true;
  }

  private long after(long place) {
    return place + Utf8.length(texts.at(place));
  }

  /// Writes the last span.
  void finish(Decisions.Writer writer) {
    if (from < 0) {
      return;
    }
    if (document != lastDocument) {
      lastDocument = document;
      documents++;
      walked = texts.start(document);
      units = 0;
    }
    long fromUnit = unitsBefore(from);
    writer.add(document, (fromUnit << 32) | unitsBefore(to));
    sources.add(source, from);
    count++;
    from = -1;
  }

  private int unitsBefore(long place) {
    while (walked < place) {
      int bytes = Utf8.length(texts.at(walked));
      units += bytes == 4 ? 2 : 1;
      walked += bytes;
    }
    return units;
  }
}
