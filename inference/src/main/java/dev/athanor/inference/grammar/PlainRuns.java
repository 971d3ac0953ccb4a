package dev.athanor.inference.grammar;

import java.util.concurrent.atomic.AtomicIntegerArray;

/// How many plain characters a state takes whichever they are: those that a JSON string holds as they are, all of Unicode but
/// quotes, backslashes and control characters. Nearly every token is made of such characters, and where a run of them is
/// taken none of those tokens needs a look. Thread-safe.
final class PlainRuns {
  private static final int UNKNOWN = 0;
  private static final int NOWHERE = -1;

  private final Network network;
  /// By state: 1 + where any one plain character leads; −1: to different places or nowhere.
  private final AtomicIntegerArray after;

  PlainRuns(Network network) {
    this.network = network;
    this.after = new AtomicIntegerArray(network.stateCount());
  }

  /// At most what a token is known to have.
  int run(int from) {
    int state = from;
    for (int run = 0; run < TokenTrie.MAX_PLAIN; run++) {
      int next = after(state);
      if (next < 0) {
        return run;
      }
      if (next == state) {
        return TokenTrie.MAX_PLAIN;
      }
      state = next;
    }
    return TokenTrie.MAX_PLAIN;
  }

  private int after(int state) {
    int known = after.get(state);
    if (known == UNKNOWN) {
      int found = find(state);
      known = found < 0 ? NOWHERE : 1 + found;
      after.set(state, known);
    }
    return known < 0 ? -1 : known - 1;
  }

  /// −1: different places or nowhere.
  private int find(int from) {
    int target = step(from, 'a');
    for (int b = 0x20; b < 0x80 && target >= 0; b++) {
      if (b != '"' && b != '\\' && step(from, b) != target) {
        return -1;
      }
    }
    for (int lead = 0xc2; lead < 0xf5 && target >= 0; lead++) {
      int length = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
      int first = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
      int last = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
      if (!leadsTo(step(from, lead), length, first, last, target)) {
        return -1;
      }
    }
    return target;
  }

  /// Whether all the ends of a character lead there.
  private boolean leadsTo(int from, int left, int first, int last, int target) {
    if (left == 0 || from < 0) {
      return left == 0 && from == target;
    }
    int before = -1;
    for (int b = first; b <= last; b++) {
      int next = step(from, b);
      if (next != before && !leadsTo(next, left - 1, 0x80, 0xbf, target)) {
        return false;
      }
      before = next;
    }
    return true;
  }

  /// −1: nowhere. What a state's calls would take besides does not matter: one way is enough.
  private int step(int from, int unsignedByte) {
    return network.next(from, network.classOf(unsignedByte));
  }
}
