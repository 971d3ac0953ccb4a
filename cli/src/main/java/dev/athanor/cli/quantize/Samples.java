package dev.athanor.cli.quantize;

import dev.athanor.base.Progress;
import dev.athanor.inference.CpuOptions;
import dev.athanor.inference.CpuRunner;
import dev.athanor.inference.KvCache;
import dev.athanor.inference.Logits;
import dev.athanor.inference.Slice;
import dev.athanor.model.DecoderWeights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Texts that a model writes by itself, drawn from what it believes (temperature 1): what it was trained on, as far as it knows it.
public final class Samples {
  private static final int TOGETHER = 16;
  private static final int LONGEST = 256;

  private final CpuRunner runner;
  private final SplittableRandom random;
  private final int endOfText;

  private Samples(CpuRunner runner, int endOfText, long seed) {
    this.runner = runner;
    this.endOfText = endOfText;
    random = new SplittableRandom(seed);
  }

  /// @param endOfText what each begins behind
  /// @param tokens at least so many in all, and fewer than one text more
  public static Texts write(
      DecoderWeights model, int endOfText, long tokens, long seed, int threads, Progress progress) {
    try (CpuRunner runner = CpuRunner.of(model, CpuOptions.of(threads))) {
      return new Samples(runner, endOfText, seed).write(tokens, progress);
    }
  }

  private Texts write(long tokens, Progress progress) {
    int length = Math.min(LONGEST, runner.spec().contextLength());
    List<int[]> texts = new ArrayList<>();
    try (Progress.Task task = progress.start("write samples to calibrate on", tokens, "tok")) {
      long count = Math.ceilDiv(tokens, (long) (length - 1));
      while (texts.size() < count) {
        texts.addAll(batch((int) Math.min(TOGETHER, count - texts.size()), length, task));
      }
    }
    long written = texts.stream().mapToLong(text -> text.length - 1).sum();
    return new Texts("%,d tokens that the model wrote itself (temperature 1)".formatted(written), texts);
  }

  private List<int[]> batch(int together, int length, Progress.Task task) {
    List<int[]> texts = new ArrayList<>();
    List<KvCache> caches = new ArrayList<>();
    try {
      for (int i = 0; i < together; i++) {
        int[] ids = new int[length];
        ids[0] = endOfText;
        texts.add(ids);
        KvCache cache = runner.newCache();
        cache.expect(length);
        caches.add(cache);
      }
      for (int at = 0; at < length - 1; at++) {
        List<Slice> slices = new ArrayList<>();
        for (int i = 0; i < together; i++) {
          slices.add(new Slice(caches.get(i), texts.get(i), at, at + 1, 1));
        }
        Logits logits = runner.forward(slices);
        for (int i = 0; i < together; i++) {
          texts.get(i)[at + 1] = draw(logits.data(), logits.row(i));
        }
        task.advance(together);
      }
    } finally {
      caches.forEach(KvCache::close);
    }
    return texts;
  }

  private int draw(float[] logits, int row) {
    int columns = runner.spec().vocabSize();
    float most = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < columns; i++) {
      most = Math.max(most, logits[row + i]);
    }
    double[] sums = new double[columns];
    double sum = 0;
    for (int i = 0; i < columns; i++) {
      sum += Math.exp(logits[row + i] - most);
      sums[i] = sum;
    }
    int place = Arrays.binarySearch(sums, random.nextDouble() * sum);
    return Math.min(columns - 1, place < 0 ? -place - 1 : place);
  }
}
