package dev.athanor.cli.bench;

import dev.athanor.inference.KvCache;
import dev.athanor.inference.Logits;
import dev.athanor.inference.Runner;
import dev.athanor.inference.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Sequences that a runner reads and writes greedily, without an engine.
final class Pass implements AutoCloseable {
  private final Runner runner;
  private final List<KvCache> caches = new ArrayList<>();
  private final int[][] next;

  /// @param length of each sequence's made-up prompt
  Pass(Runner runner, int batch, int length) {
    this.runner = runner;
    next = new int[batch][];
    for (int b = 0; b < batch; b++) {
      caches.add(runner.newCache());
      next[b] = new Random(b).ints(length, 0, runner.spec().vocabSize()).toArray();
    }
  }

  /// Feeds each sequence's next tokens at most `most` at a time, and puts the likeliest one after them in their place.
  void advance(int most) {
    int length = next[0].length;
    int each = Math.max(1, most / next.length);
    for (int from = 0; from < length; from += each) {
      int to = Math.min(length, from + each);
      List<Slice> slices = new ArrayList<>();
      for (int b = 0; b < next.length; b++) {
        slices.add(new Slice(caches.get(b), next[b], from, to, to == length ? 1 : 0));
      }
      Logits logits = runner.forward(slices);
      if (to == length) {
        for (int b = 0; b < next.length; b++) {
          next[b] = new int[] {likeliest(logits, b)};
        }
      }
    }
  }

  private static int likeliest(Logits logits, int index) {
    int row = logits.row(index);
    int best = 0;
    for (int id = 1; id < logits.vocabSize(); id++) {
      best = logits.data()[row + id] > logits.data()[row + best] ? id : best;
    }
    return best;
  }

  @Override
  public void close() {
    caches.forEach(KvCache::close);
  }
}
