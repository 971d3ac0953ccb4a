package dev.athanor.tokenizer.pipeline;

import java.util.Arrays;

/// A string cut into stretches that cover it, in order, each a match or what lies between matches.
final class Parts {
  private int[] ends = new int[16];
  private boolean[] matches = new boolean[16];
  private int size;

  void add(int end, boolean match) {
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, size * 2);
      matches = Arrays.copyOf(matches, size * 2);
    }
    ends[size] = end;
    matches[size++] = match;
  }

  int size() {
    return size;
  }

  int start(int part) {
    return part == 0 ? 0 : ends[part - 1];
  }

  int end(int part) {
    return ends[part];
  }

  boolean isMatch(int part) {
    return matches[part];
  }
}
