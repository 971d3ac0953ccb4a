package dev.athanor.bench;

import dev.athanor.inference.CpuOptions;
import dev.athanor.inference.CpuRunner;
import dev.athanor.inference.KvCache;
import dev.athanor.inference.KvFormat;
import dev.athanor.inference.WeightFormat;
import dev.athanor.inference.WeightFormats;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Footprint;
import dev.athanor.model.memory.CacheNumbers;
import dev.athanor.model.memory.InferenceMemory;
import dev.athanor.model.memory.InferenceRun;
import dev.athanor.model.memory.MemorySum;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// How much memory the CPU engine holds with full caches, beside what was predicted: what of Java's heap survives a collection, where the
/// engine has everything.
@Command(
    name = "ServingMemory",
    mixinStandardHelpOptions = true,
    description = "The memory of serving, predicted and measured.")
final class ServingMemory implements Callable<Integer> {
  @Mixin ModelShape shape = new ModelShape();

  @Option(names = "--sequences", paramLabel = "<n>", defaultValue = "4", description = "side by side (default: 4)")
  int sequences;

  @Option(names = "--tokens", paramLabel = "<n>", defaultValue = "1024", description = "of each (default: 1024)")
  int tokens;

  @Option(names = "--weights", paramLabel = "<format>", defaultValue = "F32", description = "F32, F16, BF16, INT8 or INT4 (default: F32)")
  WeightFormat weights = WeightFormat.F32;

  @Option(names = "--kv", paramLabel = "<format>", defaultValue = "F32", description = "F32, F16 or INT8 (default: F32)")
  KvFormat kv = KvFormat.F32;

  public static void main(String[] args) {
    System.exit(Benchmark.run(new ServingMemory(), args));
  }

  @Override
  public Integer call() throws Exception {
    DecoderSpec spec = shape.spec(tokens);
    int step = Math.max(1, InferenceRun.STEP_TOKENS / sequences);
    InferenceRun run = new InferenceRun(
            Footprint.Precision.valueOf(weights.name()), CacheNumbers.valueOf(kv.name()), sequences, tokens, step * sequences);
    MemorySum predicted = InferenceMemory.of(spec, run);
    Benchmark.inTemporaryFolder(
        folder -> {
          RandomCheckpoint.write(folder.resolve("model"), spec);
          // What the library and the program need at all, is there before.
          warm(folder.resolve("model"), step);
          long before = held();
          try (CpuRunner runner = CpuRunner.open(folder.resolve("model"), options())) {
            List<KvCache> caches = fill(runner, tokens, step);
            long measured = heldWith(runner) - before;
            predicted.parts().forEach(part -> System.out.printf(Locale.ROOT, "  %-16s %8.1f MB%n", part.label(), part.bytes() / 1e6));
            System.out.printf(
                Locale.ROOT, "predicted %.1f MB, measured %.1f MB with %d full caches, %+.1f %%%n",
                predicted.bytes() / 1e6, measured / 1e6, caches.size(), 100.0 * predicted.bytes() / measured - 100);
          }
        });
    return 0;
  }

  private CpuOptions options() {
    return CpuOptions.of(2).withWeights(WeightFormats.of(weights)).withKv(kv);
  }

  /// In a method of its own, after which nothing refers to the model.
  private void warm(Path model, int step) {
    try (CpuRunner runner = CpuRunner.open(model, options())) {
      fill(runner, Math.min(tokens, 2 * step), step);
    }
  }

  private List<KvCache> fill(CpuRunner runner, int length, int step) {
    List<KvCache> caches = new ArrayList<>();
    for (int i = 0; i < sequences; i++) {
      caches.add(runner.newCache());
    }
    for (int from = 0; from < length; from += step) {
      int[][] next = new int[sequences][];
      for (int i = 0; i < sequences; i++) {
        next[i] = new Random(from + i).ints(Math.min(step, length - from), 0, runner.spec().vocabSize()).toArray();
      }
      DecodeSpeed.greedy(runner, caches, next);
    }
    return caches;
  }

  private static long heldWith(CpuRunner runner) throws InterruptedException {
    try {
      return held();
    } finally {
      Reference.reachabilityFence(runner);
    }
  }

  /// Live objects, in bytes.
  private static long held() throws InterruptedException {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(100);
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
