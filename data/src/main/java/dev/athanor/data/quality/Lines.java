package dev.athanor.data.quality;

import dev.athanor.data.flow.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A text's lines that are not blank, without white space around them, and the paragraphs that blank lines part. The first 2²⁰ are
/// kept (29 MB), so that a hostile text stays within bounds; shares are of those.
final class Lines {
  static final int MOST = 1 << 20;
  private static final int MOST_SPANS = 100;

  private int[] from = new int[32];
  private int[] to = new int[32];
  private int[] size = new int[32];
  private long[] hash = new long[32];
  private boolean[] opensParagraph = new boolean[32];
  private boolean[] fence = new boolean[32];
  private int count;
  private boolean afterBlank = true;

  /// The next line, from its first character to the one after its last.
  ///
  /// @param codePoints its length
  /// @param codeFence whether it is but the fence of a listing ("```java"): such lines stand often and are no copies of each other
  void add(int first, int end, int codePoints, long lineHash, boolean codeFence) {
    if (count == MOST) {
      return;
    }
    if (count == from.length) {
      int larger = 2 * count;
      from = Arrays.copyOf(from, larger);
      to = Arrays.copyOf(to, larger);
      size = Arrays.copyOf(size, larger);
      hash = Arrays.copyOf(hash, larger);
      opensParagraph = Arrays.copyOf(opensParagraph, larger);
      fence = Arrays.copyOf(fence, larger);
    }
    from[count] = first;
    to[count] = end;
    size[count] = codePoints;
    hash[count] = lineHash;
    opensParagraph[count] = afterBlank;
    fence[count] = codeFence;
    afterBlank = false;
    count++;
  }

  void addBlank() {
    afterBlank = true;
  }

  int count() {
    return count;
  }

  int from(int line) {
    return from[line];
  }

  int to(int line) {
    return to[line];
  }

  /// In code points.
  int size(int line) {
    return size[line];
  }

  Span span(int line) {
    return new Span(from[line], to[line]);
  }

  /// Tells lines apart.
  interface Test {
    boolean holds(int line);
  }

  /// The share of the lines for which `test` holds; 0 without lines.
  double share(Test test) {
    int hits = 0;
    for (int i = 0; i < count; i++) {
      if (test.holds(i)) {
        hits++;
      }
    }
    return count == 0 ? 0 : (double) hits / count;
  }

  /// The first hundred lines for which `test` holds.
  List<Span> spans(Test test) {
    var spans = new ArrayList<Span>();
    for (int i = 0; i < count && spans.size() < MOST_SPANS; i++) {
      if (test.holds(i)) {
        spans.add(span(i));
      }
    }
    return spans;
  }

  /// Copies of what stood before.
  ///
  /// @param share of the elements that are copies; the first of each does not count
  /// @param characters code points in copies
  record Copies(double share, long characters) {}

  Copies duplicateLines() {
    var seen = new HashTable(count);
    int copies = 0;
    long characters = 0;
    for (int i = 0; i < count; i++) {
      if (!fence[i] && !seen.add(hash[i])) {
        copies++;
        characters += size[i];
      }
    }
    return new Copies(count == 0 ? 0 : (double) copies / count, characters);
  }

  List<Span> duplicateLineSpans() {
    var seen = new HashTable(count);
    return spans(line -> !fence[line] && !seen.add(hash[line]));
  }

  Copies duplicateParagraphs() {
    var seen = new HashTable(count);
    int paragraphs = 0;
    int copies = 0;
    long characters = 0;
    for (int i = 0; i < count; ) {
      long paragraph = 0;
      long length = -1;
      do {
        paragraph = HashTable.join(paragraph, hash[i]);
        length += size[i] + 1;
        i++;
      } while (i < count && !opensParagraph[i]);
      paragraphs++;
      if (!seen.add(paragraph)) {
        copies++;
        characters += length;
      }
    }
    return new Copies(paragraphs == 0 ? 0 : (double) copies / paragraphs, characters);
  }

  List<Span> duplicateParagraphSpans() {
    var seen = new HashTable(count);
    var spans = new ArrayList<Span>();
    for (int i = 0; i < count && spans.size() < MOST_SPANS; ) {
      long paragraph = 0;
      int first = i;
      do {
        paragraph = HashTable.join(paragraph, hash[i]);
        i++;
      } while (i < count && !opensParagraph[i]);
      if (!seen.add(paragraph)) {
        spans.add(new Span(from[first], to[i - 1]));
      }
    }
    return spans;
  }
}
