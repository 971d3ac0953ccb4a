package dev.athanor.tokenizer;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Finds the longest token that text begins with at a place. A trie over bytes whose nodes are numbered breadth first, so that a node's
/// children lie side by side, by label; the first two bytes are looked up in a table.
final class TokenTrie {
  static final int NONE = -1;

  private final int[] firstByte = new int[256];
  private final int[] firstTwo = new int[1 << 16];

  /// The children of node n are `firstChild[n]` to `firstChild[n + 1]`, exclusive.
  private final int[] firstChild;

  private final byte[] labels;
  private final int[] tokenOf;
  private final int[] shorter;

  /// @param tokens the bytes of each id; empty ones are left out
  TokenTrie(byte[][] tokens) {
    int[] ids =
        IntStream.range(0, tokens.length)
            .filter(id -> tokens[id].length > 0)
            .boxed()
            .sorted(Comparator.comparing(id -> tokens[id], Arrays::compareUnsigned))
            .mapToInt(Integer::intValue)
            .toArray();
    Builder builder = new Builder(tokens, ids);
    builder.build();
    firstChild = builder.firstChild.toArray();
    labels = builder.labels();
    tokenOf = builder.tokenOf.toArray();
    shorter = builder.shorter;
    Arrays.fill(firstByte, NONE);
    Arrays.fill(firstTwo, NONE);
    for (int child = firstChild[0]; child < firstChild[1]; child++) {
      firstByte[labels[child] & 0xFF] = child;
      for (int second = firstChild[child]; second < firstChild[child + 1]; second++) {
        firstTwo[((labels[child] & 0xFF) << 8) | (labels[second] & 0xFF)] = second;
      }
    }
  }

  /// The longest token that `text[from, to)` begins with, or [#NONE].
  int longest(byte[] text, int from, int to) {
    int node = firstByte[text[from] & 0xFF];
    if (node == NONE) {
      return NONE;
    }
    int best = tokenOf[node];
    if (from + 1 == to) {
      return best;
    }
    node = firstTwo[((text[from] & 0xFF) << 8) | (text[from + 1] & 0xFF)];
    for (int at = from + 2; node != NONE; at++) {
      int token = tokenOf[node];
      best = token == NONE ? best : token;
      node = at < to ? child(node, text[at]) : NONE;
    }
    return best;
  }

  /// The longest token that this token begins with, itself apart, or [#NONE].
  int shorter(int token) {
    return shorter[token];
  }

  private int child(int node, byte label) {
    int low = firstChild[node];
    int high = firstChild[node + 1];
    int wanted = label & 0xFF;
    while (high - low > 4) {
      int middle = (low + high) >>> 1;
      if ((labels[middle] & 0xFF) <= wanted) {
        low = middle;
      } else {
        high = middle;
      }
    }
    for (; low < high; low++) {
      if (labels[low] == label) {
        return low;
      }
    }
    return NONE;
  }

  private static final class Builder {
    private final byte[][] tokens;
    private final int[] ids;
    private final int[] shorter;
    private final IntList firstChild = new IntList(1 << 10);
    private final IntList tokenOf = new IntList(1 << 10);
    private final IntList labels = new IntList(1 << 10);

    // The queue: which of the sorted ids go through a node, and the longest token on the way to it.
    private final IntList from = new IntList(1 << 10);
    private final IntList to = new IntList(1 << 10);
    private final IntList passed = new IntList(1 << 10);

    Builder(byte[][] tokens, int[] ids) {
      this.tokens = tokens;
      this.ids = ids;
      shorter = new int[tokens.length];
      Arrays.fill(shorter, NONE);
    }

    void build() {
      add(0, ids.length, (byte) 0, NONE);
      int depth = 0;
      for (int node = 0, ofDepth = 1; node < from.size(); depth++) {
        for (int end = ofDepth; node < end; node++) {
          expand(node, depth);
        }
        ofDepth = from.size();
      }
      firstChild.add(from.size());
    }

    private void expand(int node, int depth) {
      int begin = from.get(node);
      int end = to.get(node);
      int longest = passed.get(node);
      int token = NONE;
      // Of the ids that go through the node, one that ends there comes first; equal ones cannot be told apart, the first counts.
      for (; begin < end && tokens[ids[begin]].length == depth; begin++) {
        if (token == NONE) {
          token = ids[begin];
          shorter[token] = longest;
          longest = token;
        }
      }
      tokenOf.add(token);
      firstChild.add(from.size());
      while (begin < end) {
        byte label = tokens[ids[begin]][depth];
        int next = begin + 1;
        while (next < end && tokens[ids[next]][depth] == label) {
          next++;
        }
        add(begin, next, label, longest);
        begin = next;
      }
    }

    private void add(int begin, int end, byte label, int longest) {
      from.add(begin);
      to.add(end);
      labels.add(label);
      passed.add(longest);
    }

    byte[] labels() {
      byte[] bytes = new byte[labels.size()];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) labels.get(i);
      }
      return bytes;
    }
  }
}
