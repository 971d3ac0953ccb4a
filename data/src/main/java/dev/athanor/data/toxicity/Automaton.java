package dev.athanor.data.toxicity;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/// Finds all of many phrases in one pass over a text: Aho and Corasick, "Efficient string matching: an aid to bibliographic search",
/// CACM 1975. Transitions lie in one open-addressed table; those of the root, where most of a text is read, in an array.
final class Automaton {
  /// Takes a place where a phrase ends.
  @FunctionalInterface
  interface Reader {
    void found(int phrase, int end);
  }

  private long[] keys = new long[1 << 10];
  private int[] targets = new int[1 << 10];
  private int used;
  private final int[] fromRoot = new int[1 << 16];
  private int[] fail = new int[64];
  /// The nearest node along `fail` at which phrases end, or 0.
  private int[] shorter = new int[64];
  private final List<List<Integer>> ends = new ArrayList<>();

  Automaton(List<String> phrases) {
    ends.add(List.of());
    for (int id = 0; id < phrases.size(); id++) {
      int node = 0;
      for (int i = 0; i < phrases.get(id).length(); i++) {
        node = child(node, phrases.get(id).charAt(i));
      }
      if (ends.get(node).isEmpty()) {
        ends.set(node, new ArrayList<>());
      }
      ends.get(node).add(id);
    }
    link();
  }

  private int child(int node, char c) {
    int known = next(node, c);
    if (known >= 0) {
      return known;
    }
    int added = ends.size();
    ends.add(List.of());
    if (node == 0) {
      fromRoot[c] = added;
      return added;
    }
    if (2 * (used + 1) > keys.length) {
      grow();
    }
    put(key(node, c), added);
    return added;
  }

  private static long key(int node, char c) {
    return (long) node << 16 | c;
  }

  private int slot(long key) {
    int mask = keys.length - 1;
    int slot = (int) ((key * 0x9E3779B97F4A7C15L) >>> 40) & mask;
    while (keys[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void put(long key, int target) {
    int slot = slot(key);
    keys[slot] = key;
    targets[slot] = target;
    used++;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldTargets = targets;
    keys = new long[2 * oldKeys.length];
    targets = new int[keys.length];
    used = 0;
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        put(oldKeys[i], oldTargets[i]);
      }
    }
  }

  /// The node after one more character, or −1.
  private int next(int node, char c) {
    if (node == 0) {
      return fromRoot[c] == 0 ? -1 : fromRoot[c];
    }
    int slot = slot(key(node, c));
    return keys[slot] == 0 ? -1 : targets[slot];
  }

  private int step(int node, char c) {
    int at = node;
    int to = next(at, c);
    while (to < 0 && at != 0) {
      at = fail[at];
      to = next(at, c);
    }
    return Math.max(0, to);
  }

  /// Breadth first: what a node falls back to is nearer to the root.
  private void link() {
    fail = new int[ends.size()];
    shorter = new int[ends.size()];
    long[] sorted = Arrays.stream(keys).filter(key -> key != 0).sorted().toArray();
    Deque<Integer> queue = new ArrayDeque<>();
    for (int node : fromRoot) {
      if (node != 0) {
        queue.add(node);
      }
    }
    while (!queue.isEmpty()) {
      int node = queue.remove();
      shorter[node] = ends.get(fail[node]).isEmpty() ? shorter[fail[node]] : fail[node];
      int at = Arrays.binarySearch(sorted, (long) node << 16);
      for (int i = at < 0 ? -at - 1 : at; i < sorted.length && sorted[i] >>> 16 == node; i++) {
        char c = (char) sorted[i];
        int to = targets[slot(sorted[i])];
        fail[to] = step(fail[node], c);
        queue.add(to);
      }
    }
  }

  void find(String text, Reader reader) {
    int node = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      node = node == 0 ? fromRoot[c] : step(node, c);
      for (int at = node; at != 0; at = shorter[at]) {
        List<Integer> here = ends.get(at);
        for (int e = 0; e < here.size(); e++) {
          reader.found(here.get(e), i + 1);
        }
      }
    }
  }
}
