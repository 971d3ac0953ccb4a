package dev.athanor.inference.grammar;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What may follow once the running rule has ended: states to return to, each with what follows in turn, and whether the
/// whole text may end. All the stacks that one state may stand on are one such object, shared wherever they agree, so that
/// an ambiguous grammar's many stacks stay few objects (a graph-structured stack). Immutable, compared by identity.
final class Returns {
  private static final AtomicLong IDS = new AtomicLong();

  /// The text ends.
  static final Returns END = new Returns(true, new int[0], new Returns[0]);

  private final long id = IDS.incrementAndGet();
  private final boolean end;
  /// Rising; for the same state the older of those below first.
  private final int[] states;
  private final Returns[] below;
  /// Where one stands after returning; filled when first asked for.
  private volatile @Nullable Configuration resumed;

  Returns(boolean end, int[] states, Returns[] below) {
    this.end = end;
    this.states = states;
    this.below = below;
  }

  boolean end() {
    return end;
  }

  int size() {
    return states.length;
  }

  int state(int i) {
    return states[i];
  }

  Returns below(int i) {
    return below[i];
  }

  /// The order of pairs of a state and what is below it.
  static int compare(int state, Returns below, int otherState, Returns otherBelow) {
    return state == otherState ? Long.compare(below.id, otherBelow.id) : Integer.compare(state, otherState);
  }

  @Nullable Configuration resumed() {
    return resumed;
  }

  void resumed(Configuration configuration) {
    resumed = configuration;
  }

  boolean hasContent(boolean otherEnd, int[] otherStates, Returns[] otherBelow) {
    return end == otherEnd && Arrays.equals(states, otherStates) && Arrays.equals(below, otherBelow);
  }

  static int hash(int[] states, Returns[] all) {
    long hash = Arrays.hashCode(states);
    for (Returns one : all) {
      hash = 31 * hash + one.id * 0x9E3779B97F4A7C15L;
    }
    return Long.hashCode(hash);
  }
}
