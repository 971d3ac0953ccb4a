package dev.athanor.data.dedup;

/// Chooses places of a text such that two texts which share `length` code points in a row share a place in them: of the hashes of
/// all grams of half that length, the least in each window of as many as overlap with `length` code points; the last of equal
/// ones. What is chosen depends on the text around alone. About one place in a quarter of `length` is chosen; all of a run of one
/// letter. Schleimer, Wilkerson and Aiken, "Winnowing: local algorithms for document fingerprinting", SIGMOD 2003.
final class Winnow {
  private final int gram;
  private final int window;
  private final long[] hashes;
  private final int[] places;
  private final long[] numbers;

  Winnow(int length) {
    gram = gram(length);
    window = length - gram + 1;
    hashes = new long[window + 1];
    places = new int[window + 1];
    numbers = new long[window + 1];
  }

  /// Code points of the grams for shared text of this length.
  static int gram(int length) {
    return (length + 1) / 2;
  }

  /// Takes chosen places in their order.
  @FunctionalInterface
  interface Sink {
    /// @param place the byte where the gram begins
    void chosen(long hash, int place);
  }

  /// @param length bytes of the text
  void forEach(byte[] text, int length, Sink sink) {
    var rolling = new RollingHash(gram);
    // A queue of grams of this window, each with a smaller hash than all behind it; a ring from `first` to before `last`.
    long first = 0;
    long last = 0;
    long chosen = -1;
    long number = -gram;
    int start = 0;
    for (int end = 0; end < length; ) {
      rolling.enter(Utf8.at(text, end));
      end += Utf8.length(text[end]);
      number++;
      if (number < 0) {
        continue;
      }
      if (number > 0) {
        rolling.leave(Utf8.at(text, start));
        start += Utf8.length(text[start]);
      }
      long hash = rolling.mixed();
      while (last > first && Long.compareUnsigned(hashes[slot(last - 1)], hash) >= 0) {
        last--;
      }
      int slot = slot(last++);
      hashes[slot] = hash;
      places[slot] = start;
      numbers[slot] = number;
      if (numbers[slot(first)] <= number - window) {
        first++;
      }
      if (number >= window - 1 && numbers[slot(first)] != chosen) {
        chosen = numbers[slot(first)];
        sink.chosen(hashes[slot(first)], places[slot(first)]);
      }
    }
  }

  private int slot(long index) {
    return (int) (index % hashes.length);
  }
}
