package dev.athanor.cli.quantize;

import dev.athanor.inference.KvCache;
import dev.athanor.inference.Runner;
import dev.athanor.inference.Slice;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// How fast a model runs here: the median of a few runs, after a second or one that warms up: what is interpreted yet is a hundred times
/// slower.
///
/// @param prefill tokens of a prompt a second
/// @param decode tokens a second of one sequence
record Speed(double prefill, double decode) {
  private static final int PROMPT = 256;
  private static final int STEPS = 64;
  private static final int RUNS = 5;
  private static final Duration WARM_UP = Duration.ofSeconds(1);

  static Speed of(Runner runner) {
    int context = runner.spec().contextLength();
    int prompt = Math.min(PROMPT, Math.max(1, context / 2));
    int steps = Math.min(STEPS, context - prompt);
    int[] ids = new int[prompt + steps];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (int) (i * 7919L % runner.spec().vocabSize());
    }
    double[] prefills = new double[RUNS];
    double[] decodes = new double[RUNS];
    long began = System.nanoTime();
    int run = -1;
    while (run < RUNS) {
      try (KvCache cache = runner.newCache()) {
        cache.expect(ids.length);
        long start = System.nanoTime();
        runner.forward(List.of(new Slice(cache, ids, 0, prompt, 1)));
        long filled = System.nanoTime();
        for (int at = prompt; at < ids.length; at++) {
          runner.forward(List.of(new Slice(cache, ids, at, at + 1, 1)));
        }
        long end = System.nanoTime();
        if (run >= 0) {
          prefills[run] = prompt * 1e9 / (filled - start);
          decodes[run] = steps * 1e9 / (end - filled);
          run++;
        } else if (end - began >= WARM_UP.toNanos()) {
          run++;
        }
      }
    }
    return new Speed(median(prefills), median(decodes));
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
