package dev.athanor.inference.grammar;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// All the places in the automata where a text so far may stand: states, each with what follows its rule, and whether the
/// text may end here. What was computed about it is kept in it. Thread-safe; a lost update is only computed again.
final class Configuration {
  private final boolean canEnd;
  private final int[] states;
  private final Returns[] returns;
  /// By class of bytes.
  private final AtomicReferenceArray<@Nullable Configuration> next;
  private volatile long @Nullable [] mask;

  Configuration(boolean canEnd, int[] states, Returns[] returns, int classes) {
    this.canEnd = canEnd;
    this.states = states;
    this.returns = returns;
    this.next = new AtomicReferenceArray<>(classes);
  }

  boolean canEnd() {
    return canEnd;
  }

  int size() {
    return states.length;
  }

  int state(int i) {
    return states[i];
  }

  Returns returns(int i) {
    return returns[i];
  }

  /// Nothing may follow and it is no end.
  boolean dead() {
    return !canEnd && states.length == 0;
  }

  @Nullable Configuration next(int byteClass) {
    return next.getAcquire(byteClass);
  }

  void next(int byteClass, Configuration configuration) {
    next.setRelease(byteClass, configuration);
  }

  long @Nullable [] mask() {
    return mask;
  }

  void mask(long @Nullable [] computed) {
    mask = computed;
  }

  boolean hasContent(boolean otherCanEnd, int[] otherStates, Returns[] otherReturns) {
    // Both are the same objects where they are equal.
    return canEnd == otherCanEnd && Arrays.equals(states, otherStates) && Arrays.equals(returns, otherReturns);
  }
}
