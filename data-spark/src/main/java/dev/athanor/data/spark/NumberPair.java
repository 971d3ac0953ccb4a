package dev.athanor.data.spark;

import java.io.Serializable;

/// A pair in the order of `PairSort`: by key as an unsigned number, then by value.
record NumberPair(long key, long value) implements Comparable<NumberPair>, Serializable {
  @Override
  public int compareTo(NumberPair other) {
    int byKey = Long.compareUnsigned(key, other.key);
    return byKey != 0 ? byKey : Long.compare(value, other.value);
  }
}
