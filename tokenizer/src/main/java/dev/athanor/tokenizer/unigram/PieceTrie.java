package dev.athanor.tokenizer.unigram;

import java.util.Arrays;
import java.util.BitSet;

/// A double-array trie over 16-bit symbols (Aoe 1989, "An Efficient Digital Search Algorithm by Using a Double-Array Structure"):
/// the child of node s by symbol c is cell t = base(s) + c where that cell's parent is s. A step reads one cell or two.
final class PieceTrie {
  static final int ROOT = 0;

  /// Cell t holds its parent at 2t, or -1, and its own base at 2t + 1.
  private int[] cells = new int[1 << 12];

  private int[] values = new int[1 << 11];
  private final BitSet taken = new BitSet();
  /// Before it nearly every cell is taken; where a node's children are looked for a place from.
  private int from = 1;

  private final char[] symbols;
  private final int[] at;
  private final int[] lengths;
  private final int[] ids;

  private PieceTrie(char[] symbols, int[] at, int[] lengths, int[] ids) {
    this.symbols = symbols;
    this.at = at;
    this.lengths = lengths;
    this.ids = ids;
    Arrays.fill(cells, -1);
    Arrays.fill(values, -1);
  }

  /// @param at where each piece begins in `symbols`; the pieces are distinct and sorted, shorter ones before those they begin
  /// @param ids what a piece's node holds, ≥ 0
  static PieceTrie of(char[] symbols, int[] at, int[] lengths, int[] ids) {
    PieceTrie trie = new PieceTrie(symbols, at, lengths, ids);
    trie.taken.set(ROOT);
    trie.cells[2 * ROOT + 1] = 0;
    if (at.length > 0) {
      trie.place(ROOT, 0, at.length, 0);
    }
    return trie;
  }

  /// The child, or -1.
  int child(int node, char symbol) {
    int cell = cells[2 * node + 1] + symbol;
    return 2 * cell < cells.length && cells[2 * cell] == node ? cell : -1;
  }

  /// The piece that ends at the node, or -1.
  int value(int node) {
    return values[node];
  }

  /// Places the children of a node, whose pieces are those from lo to hi, and what is below them.
  private void place(int node, int lo, int hi, int depth) {
    int first = lo;
    if (lengths[lo] == depth) {
      values[node] = ids[lo];
      first++;
    }
    if (first == hi) {
      cells[2 * node + 1] = 0;
      return;
    }
    int[] ends = new int[4];
    int children = 0;
    for (int i = first; i < hi; ) {
      char symbol = symbols[at[i] + depth];
      i = end(i, hi, depth, symbol);
      ends = children == ends.length ? Arrays.copyOf(ends, children * 2) : ends;
      ends[children++] = i;
    }
    int base = base(ends, children, first, depth);
    cells[2 * node + 1] = base;
    for (int k = 0, i = first; k < children; i = ends[k++]) {
      int cell = base + symbols[at[i] + depth];
      taken.set(cell);
      cells[2 * cell] = node;
    }
    for (int k = 0, i = first; k < children; i = ends[k++]) {
      place(base + symbols[at[i] + depth], i, ends[k], depth + 1);
    }
  }

  /// The first piece behind those from `i` on that have the symbol: by doubling steps, then halving.
  private int end(int i, int hi, int depth, char symbol) {
    int step = 1;
    while (i + step < hi && symbols[at[i + step] + depth] == symbol) {
      step *= 2;
    }
    int low = i + step / 2;
    int high = Math.min(hi, i + step);
    while (low + 1 < high) {
      int mid = (low + high) >>> 1;
      if (symbols[at[mid] + depth] == symbol) {
        low = mid;
      } else {
        high = mid;
      }
    }
    return high;
  }

  private int base(int[] ends, int children, int first, int depth) {
    int smallest = symbols[at[first] + depth];
    int cell = taken.nextClearBit(from);
    int begun = cell;
    int tried = 0;
    while (cell < smallest || !fits(cell - smallest, ends, children, first, depth)) {
      tried++;
      cell = taken.nextClearBit(Math.max(cell + 1, smallest));
    }
    if (tried > 64 && tried < (cell - begun) / 20) {
      from = cell;
    }
    int base = cell - smallest;
    reserve(base + symbols[at[ends[children - 1] - 1] + depth]);
    return base;
  }

  private boolean fits(int base, int[] ends, int children, int first, int depth) {
    for (int k = 0, i = first; k < children; i = ends[k++]) {
      if (taken.get(base + symbols[at[i] + depth])) {
        return false;
      }
    }
    return true;
  }

  private void reserve(int cell) {
    if (cell >= values.length) {
      int old = values.length;
      int size = Math.max(cell + 1, old + (old >> 1));
      cells = Arrays.copyOf(cells, 2 * size);
      values = Arrays.copyOf(values, size);
      Arrays.fill(cells, 2 * old, 2 * size, -1);
      Arrays.fill(values, old, size, -1);
    }
  }
}
