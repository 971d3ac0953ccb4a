package dev.athanor.data.dedup;

import dev.athanor.data.flow.PairSort;
import java.util.Arrays;

/// The hashes of all windows of a length that hold one of the grams at given places, which come in order.
final class WindowsAround {
  private final TextStore texts;
  private final int length;
  private final int gram;
  private final PairSort windows;
  private int[] grams = new int[16];
  private int count;
  private long document;

  /// @param windows takes each window's hash with its place
  WindowsAround(TextStore texts, int length, PairSort windows) {
    this.texts = texts;
    this.length = length;
    gram = Winnow.gram(length);
    this.windows = windows;
  }

  void add(long place) {
    if (place >= texts.start(document + 1)) {
      finish();
      while (place >= texts.start(document + 1)) {
        document++;
      }
    }
    if (count == grams.length) {
      grams = Arrays.copyOf(grams, 2 * count);
    }
    grams[count++] = (int) (place - texts.start(document));
  }

  /// Adds the windows of the last document.
  void finish() {
    if (count > 0) {
      windows(texts.bytes(document), texts.start(document), (int) (texts.start(document + 1) - texts.start(document)));
      count = 0;
    }
  }

  private void windows(byte[] text, long place, int bytes) {
    var rolling = new RollingHash(length);
    int start = 0;
    // Where the last gram begins that ends within the window: as many code points after its start as it is longer.
    int lastGram = 0;
    int next = 0;
    int number = 0;
    for (int end = 0; end < bytes; ) {
      rolling.enter(Utf8.at(text, end));
      end += Utf8.length(text[end]);
      number++;
      if (number > length) {
        rolling.leave(Utf8.at(text, start));
        start += Utf8.length(text[start]);
      }
      if (number > gram) {
        lastGram += Utf8.length(text[lastGram]);
      }
      while (next < count && grams[next] < start) {
        next++;
      }
      if (next == count) {
        return;
      }
      if (number >= length && grams[next] <= lastGram) {
        windows.add(rolling.mixed(), place + start);
      }
    }
  }
}
