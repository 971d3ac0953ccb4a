package dev.athanor.data.quality;

import dev.athanor.data.SplitMix64;
import dev.athanor.data.flow.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Repeated n-grams of a sequence of elements (words, characters) that are known by their hashes. An n-gram's hash is told from two
/// prefixes of a polynomial, H(i+n) − H(i)·Bⁿ modulo 2⁶⁴, so every n costs one look at a table for each element. The first 2²⁰
/// elements count (40 MB at most), so that a hostile text stays within bounds.
final class Grams {
  static final int MOST = 1 << 20;
  private static final long BASE = 0x9e3779b97f4a7c15L;
  private static final int MOST_SPANS = 100;

  private long[] prefixes = new long[65];
  private int[] sizes = new int[65];
  private int[] from = new int[64];
  private int[] to = new int[64];
  private int count;

  /// The next element.
  ///
  /// @param hash of what it is, well mixed
  /// @param size in code points
  void add(long hash, int first, int end, int size) {
    if (count == MOST) {
      return;
    }
    if (count == from.length) {
      from = Arrays.copyOf(from, 2 * count);
      to = Arrays.copyOf(to, 2 * count);
      prefixes = Arrays.copyOf(prefixes, 2 * count + 1);
      sizes = Arrays.copyOf(sizes, 2 * count + 1);
    }
    from[count] = first;
    to[count] = end;
    prefixes[count + 1] = prefixes[count] * BASE + hash;
    sizes[count + 1] = sizes[count] + size;
    count++;
  }

  int count() {
    return count;
  }

  /// A table that serves all measures of this sequence.
  HashTable table() {
    return new HashTable(count);
  }

  private static long power(int n) {
    long power = 1;
    for (int i = 0; i < n; i++) {
      power *= BASE;
    }
    return power;
  }

  private long gram(int at, int n, long power) {
    long hash = SplitMix64.mix(prefixes[at + n] - prefixes[at] * power);
    return hash == 0 ? 1 : hash;
  }

  private int size(int at, int n) {
    return sizes[at + n] - sizes[at];
  }

  /// The most frequent n-gram.
  ///
  /// @param at where it stands first; among equally frequent ones the first
  /// @param times how often it stands, overlaps counted; at most 1 where none is repeated
  /// @param characters code points of one, without what stands between its elements
  record Top(int at, int times, int characters) {}

  Top top(int n, HashTable table) {
    table.clear();
    long power = power(n);
    int best = -1;
    int times = 0;
    for (int i = 0; i + n <= count; i++) {
      int slot = table.count(gram(i, n, power), i);
      int seen = table.countOf(slot);
      if (seen > times || (seen == times && table.firstOf(slot) < best)) {
        times = seen;
        best = table.firstOf(slot);
      }
    }
    return best < 0 ? new Top(0, 0, 0) : new Top(best, times, size(best, n));
  }

  /// Code points in n-grams that stood before. Those that are counted do not overlap: reading goes on behind each.
  long duplicated(int n, HashTable table) {
    table.clear();
    long power = power(n);
    long characters = 0;
    for (int i = 0; i + n <= count; ) {
      if (table.add(gram(i, n, power))) {
        i++;
      } else {
        characters += size(i, n);
        i += n;
      }
    }
    return characters;
  }

  /// Where `duplicated` found them, neighbours as one; the first hundred.
  List<Span> duplicatedSpans(int n) {
    HashTable table = table();
    long power = power(n);
    var spans = new ArrayList<Span>();
    for (int i = 0; i + n <= count && spans.size() < MOST_SPANS; ) {
      if (table.add(gram(i, n, power))) {
        i++;
        continue;
      }
      int first = i;
      int last = i + n;
      i += n;
      while (i + n <= count && !table.add(gram(i, n, power))) {
        i += n;
        last = i;
      }
      spans.add(new Span(from[first], to[last - 1]));
    }
    return spans;
  }

  /// Where the most frequent n-gram stands; the first hundred.
  List<Span> topSpans(int n) {
    Top top = top(n, table());
    if (top.times() < 2) {
      return List.of();
    }
    long power = power(n);
    long wanted = gram(top.at(), n, power);
    var spans = new ArrayList<Span>();
    for (int i = top.at(); i + n <= count && spans.size() < MOST_SPANS; i++) {
      if (gram(i, n, power) == wanted) {
        spans.add(new Span(from[i], to[i + n - 1]));
      }
    }
    return spans;
  }
}
