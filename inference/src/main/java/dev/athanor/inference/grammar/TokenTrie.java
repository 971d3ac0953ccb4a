package dev.athanor.inference.grammar;

import dev.athanor.tokenizer.Tokenizer;
import java.util.Arrays;

/// A vocabulary's texts as a tree of bytes, laid out in the order of a walk: a node's children follow it, and `end` is where
/// its last descendant's successor stands, so that a walk skips what cannot come by setting an index. Immutable.
///
/// Special tokens and those without a text are not in it.
final class TokenTrie {
  /// Tokens of more characters are looked at one by one.
  static final int MAX_PLAIN = 32;

  private final int vocabSize;
  private final boolean[] singleBytes = new boolean[256];
  private final byte[] label;
  private final int[] depth;
  private final int[] end;
  /// The first token that ends at a node; −1: none.
  private final int[] token;
  /// The next token with the same text; −1: none.
  private final int[] same;
  /// The most characters of a token below a node when all of them are plain; else 0.
  private final byte[] plain;
  private final long[][] plainMasks = new long[MAX_PLAIN + 1][];
  private int maxDepth;

  TokenTrie(Tokenizer tokenizer) {
    vocabSize = tokenizer.vocabSize();
    byte[][] texts = new byte[vocabSize][];
    int[] order = new int[vocabSize];
    int count = 0;
    int nodes = 1;
    for (int id = 0; id < vocabSize; id++) {
      texts[id] = tokenizer.isSpecial(id) ? new byte[0] : tokenizer.bytes(id);
      if (texts[id].length > 0) {
        order[count++] = id;
        nodes += texts[id].length;
        if (texts[id].length == 1) {
          singleBytes[texts[id][0] & 0xff] = true;
        }
      }
    }
    Integer[] sorted = Arrays.stream(order, 0, count).boxed().toArray(Integer[]::new);
    Arrays.sort(sorted, (a, b) -> Arrays.compareUnsigned(texts[a], texts[b]));
    byte[] labels = new byte[nodes];
    int[] depths = new int[nodes];
    int[] tokens = new int[nodes];
    Arrays.fill(tokens, -1);
    same = new int[vocabSize];
    Arrays.fill(same, -1);
    int n = 1;
    byte[] before = {};
    for (int id : sorted) {
      byte[] text = texts[id];
      int shared = Arrays.mismatch(before, text);
      for (int i = shared < 0 ? text.length : shared; i < text.length; i++) {
        labels[n] = text[i];
        depths[n++] = i + 1;
      }
      if (tokens[n - 1] >= 0) {
        same[id] = tokens[n - 1];
      }
      tokens[n - 1] = id;
      maxDepth = Math.max(maxDepth, text.length);
      before = text;
    }
    label = Arrays.copyOf(labels, n);
    depth = Arrays.copyOf(depths, n);
    token = Arrays.copyOf(tokens, n);
    end = ends(depth);
    plain = new byte[n];
    findPlain(texts);
  }

  private static int[] ends(int[] depth) {
    int[] end = new int[depth.length];
    for (int node = depth.length - 1; node >= 0; node--) {
      int next = node + 1;
      while (next < depth.length && depth[next] > depth[node]) {
        next = end[next];
      }
      end[node] = next;
    }
    return end;
  }

  private void findPlain(byte[][] texts) {
    for (int count = 0; count <= MAX_PLAIN; count++) {
      plainMasks[count] = new long[words()];
    }
    for (int node = label.length - 1; node > 0; node--) {
      int most = 0;
      boolean all = true;
      for (int id = token[node]; id >= 0; id = same[id]) {
        int characters = plainCharacters(texts[id]);
        all &= characters > 0;
        most = Math.max(most, characters);
        for (int count = Math.max(1, characters); characters > 0 && count <= MAX_PLAIN; count++) {
          set(plainMasks[count], id);
        }
      }
      for (int child = node + 1; child < end[node]; child = end[child]) {
        all &= plain[child] > 0;
        most = Math.max(most, plain[child]);
      }
      plain[node] = (byte) (all ? most : 0);
    }
  }

  /// How many characters a text has when it is whole characters without quotes, backslashes and control characters; else 0.
  private static int plainCharacters(byte[] text) {
    int count = 0;
    for (int i = 0; i < text.length; count++) {
      int b = text[i] & 0xff;
      int length = b < 0x80 ? 1 : b >= 0xc2 && b < 0xe0 ? 2 : b >= 0xe0 && b < 0xf0 ? 3 : b >= 0xf0 && b < 0xf5 ? 4 : 0;
      if (b < 0x20 || b == '"' || b == '\\' || length == 0 || i + length > text.length) {
        return 0;
      }
      for (int j = 1; j < length; j++) {
        int c = text[i + j] & 0xff;
        int low = j > 1 ? 0x80 : b == 0xe0 ? 0xa0 : b == 0xf0 ? 0x90 : 0x80;
        int high = j > 1 ? 0xbf : b == 0xed ? 0x9f : b == 0xf4 ? 0x8f : 0xbf;
        if (c < low || c > high) {
          return 0;
        }
      }
      i += length;
    }
    return count <= MAX_PLAIN ? count : 0;
  }

  int vocabSize() {
    return vocabSize;
  }

  /// Longs of a mask.
  int words() {
    return (vocabSize + 63) / 64;
  }

  /// The bytes that are a token by themselves; must not be changed.
  boolean[] singleBytes() {
    return singleBytes;
  }

  int nodeCount() {
    return label.length;
  }

  int maxDepth() {
    return maxDepth;
  }

  int label(int node) {
    return label[node] & 0xff;
  }

  int depth(int node) {
    return depth[node];
  }

  int end(int node) {
    return end[node];
  }

  int plain(int node) {
    return plain[node];
  }

  /// The tokens of 1 to `count` plain characters; must not be changed.
  long[] plainMask(int count) {
    return plainMasks[count];
  }

  /// Sets the bits of the tokens that end at a node.
  void addTokens(int node, long[] mask) {
    for (int id = token[node]; id >= 0; id = same[id]) {
      set(mask, id);
    }
  }

  static void set(long[] mask, int id) {
    mask[id >> 6] |= 1L << id;
  }
}
