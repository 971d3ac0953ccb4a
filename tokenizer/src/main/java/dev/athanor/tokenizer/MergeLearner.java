package dev.athanor.tokenizer;

import dev.athanor.base.Progress;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Learns merges over counted words, one after another: of the pairs of neighbours that come often enough that with the highest
/// count, of equal ones that with the smaller left id, then the smaller right id. A pair whose bytes are a token already is passed
/// over. Counts are kept up to date merge by merge; the heap holds counts that may have fallen since, and a stale one is put back
/// with what it is now.
final class MergeLearner {
  /// Says which pairs may merge.
  @FunctionalInterface
  interface Filter {
    boolean takes(byte[] left, byte[] right);
  }

  private final PairCounts pairs;
  private final List<byte[]> tokens;
  private final long minFrequency;
  private final IntList lefts;
  private final IntList rights;
  private final Set<String> known = new HashSet<>();

  /// @param tokens by id; grows by a token with every merge
  /// @param lefts grows by the left id of every merge
  /// @param rights grows by its right id
  MergeLearner(PairCounts pairs, List<byte[]> tokens, long minFrequency, IntList lefts, IntList rights) {
    this.pairs = pairs;
    this.tokens = tokens;
    this.minFrequency = minFrequency;
    this.lefts = lefts;
    this.rights = rights;
    tokens.forEach(this::avoid);
  }

  /// No merge makes these bytes.
  void avoid(byte[] bytes) {
    known.add(PieceEncoder.latin1(bytes));
  }

  /// Merges this pair whatever its count; its bytes are no token yet.
  void merge(int left, int right) {
    add(left, right, concat(tokens.get(left), tokens.get(right)));
    pairs.find(left, right).ifPresent(pair -> pairs.merge(pair, tokens.size() - 1));
  }

  /// Merges until there are so many tokens, or no pair is left.
  void learn(int target, Progress.Task task) {
    learn(target, (_, _) -> true, task);
  }

  void learn(int target, Filter filter, Progress.Task task) {
    pairs.leaveOutBelow(minFrequency);
    PairHeap heap = new PairHeap(pairs);
    offer(0, filter, heap);
    while (tokens.size() < target && !heap.isEmpty()) {
      int best = heap.first();
      long now = pairs.count(best);
      if (now >= minFrequency && now != heap.count()) {
        heap.lowerFirst(now);
        continue;
      }
      heap.removeFirst();
      byte[] bytes = concat(tokens.get(pairs.left(best)), tokens.get(pairs.right(best)));
      if (now < minFrequency || known.contains(PieceEncoder.latin1(bytes))) {
        continue;
      }
      add(pairs.left(best), pairs.right(best), bytes);
      int before = pairs.size();
      pairs.merge(best, tokens.size() - 1);
      // Only pairs with the new id can have gained, and those are all new.
      offer(before, filter, heap);
      task.advance(1);
    }
  }

  private void add(int left, int right, byte[] bytes) {
    avoid(bytes);
    lefts.add(left);
    rights.add(right);
    tokens.add(bytes);
  }

  private void offer(int from, Filter filter, PairHeap heap) {
    for (int pair = from; pair < pairs.size(); pair++) {
      if (pairs.count(pair) >= minFrequency && filter.takes(tokens.get(pairs.left(pair)), tokens.get(pairs.right(pair)))) {
        heap.add(pair, pairs.count(pair));
      }
    }
  }

  static byte[] concat(byte[] left, byte[] right) {
    byte[] both = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, both, left.length, right.length);
    return both;
  }
}
