package dev.athanor.inference.grammar;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/// Answers drawn blindly from what a constraint allows: whatever they are, they must be right.
final class RandomWalk {
  private static final int LONG = 150;

  private final PieceTokenizer tokenizer;
  private final Random random;

  RandomWalk(PieceTokenizer tokenizer, Random random) {
    this.tokenizer = tokenizer;
    this.random = random;
  }

  /// A whole answer. The longer it gets, the likelier what closes something.
  String text(Constraint constraint) {
    int end = tokenizer.endOfText();
    Constraint.State state = constraint.start(end);
    List<Integer> ids = new ArrayList<>();
    while (true) {
      long[] mask = state.mask();
      int id = ids.size() > 2 * LONG ? closing(state, mask) : pick(mask, ids.size());
      state.accept(id);
      if (id == end) {
        return tokenizer.decode(ids.stream().mapToInt(i -> i).toArray(), true);
      }
      ids.add(id);
      if (ids.size() > 20_000) {
        throw new AssertionError("no end after 20,000 tokens");
      }
    }
  }

  /// A token after which the answer may end, where there is one.
  private int closing(Constraint.State state, long[] mask) {
    if (allowed(mask, tokenizer.endOfText())) {
      return tokenizer.endOfText();
    }
    int otherwise = pick(mask, LONG);
    for (int id : ids(mask.clone())) {
      state.accept(id);
      boolean ends = state.canEnd();
      state.rollback(1);
      if (ends) {
        return id;
      }
    }
    return otherwise;
  }

  /// An allowed token.
  int pick(long[] mask, int length) {
    if (length > random.nextInt(LONG) && allowed(mask, tokenizer.endOfText())) {
      return tokenizer.endOfText();
    }
    if (random.nextInt(3) == 0 || length > random.nextInt(2 * LONG)) {
      for (char c : "\"}],:0".toCharArray()) {
        if (allowed(mask, c) && (random.nextInt(4) > 0 || length > 2 * LONG)) {
          return c;
        }
      }
    }
    int[] all = ids(mask);
    if (all.length == 0) {
      throw new AssertionError("nothing is allowed");
    }
    return all[random.nextInt(all.length)];
  }

  static boolean allowed(long[] mask, int id) {
    return (mask[id >> 6] >> id & 1) == 1;
  }

  static int[] ids(long[] mask) {
    return BitSet.valueOf(mask).stream().toArray();
  }
}
