package dev.athanor.bench;

import dev.athanor.base.UserException;
import dev.athanor.inference.CpuOptions;
import dev.athanor.inference.CpuRunner;
import dev.athanor.inference.KvCache;
import dev.athanor.inference.KvFormat;
import dev.athanor.inference.Logits;
import dev.athanor.inference.Slice;
import dev.athanor.inference.WeightFormat;
import dev.athanor.inference.WeightFormats;
import dev.athanor.model.DecoderSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// How fast the SIMD engine reads prompts and writes tokens, on a model of random weights: its speed does not depend on them.
@Command(
    name = "DecodeSpeed",
    mixinStandardHelpOptions = true,
    description = "Tokens a second of the CPU engine, reading (prefill) and writing (decode).")
final class DecodeSpeed implements Callable<Integer> {
  @Mixin ModelShape shape = new ModelShape();

  @Option(names = "--prompt", paramLabel = "<n>", defaultValue = "256", description = "tokens read (default: 256)")
  int prompt;

  @Option(names = "--decode", paramLabel = "<n>", defaultValue = "128", description = "tokens written (default: 128)")
  int decode;

  @Option(names = "--batch", paramLabel = "<n>", defaultValue = "1", description = "sequences side by side (default: 1)")
  int batch;

  @Option(names = "--threads", paramLabel = "<n>", defaultValue = "0", description = "default: all cores")
  int threads;

  @Option(names = "--repeats", paramLabel = "<n>", defaultValue = "5", description = "default: 5, after one that is not counted")
  int repeats;

  @Option(
      names = "--weights",
      paramLabel = "<format>",
      defaultValue = "F32",
      description = "how the engine keeps the weights: ${COMPLETION-CANDIDATES} (default: F32)")
  WeightFormat weights = WeightFormat.F32;

  @Option(
      names = "--kv",
      paramLabel = "<format>",
      defaultValue = "F32",
      description = "how it keeps keys and values: ${COMPLETION-CANDIDATES} (default: F32)")
  KvFormat kv = KvFormat.F32;

  public static void main(String[] args) {
    System.exit(Benchmark.run(new DecodeSpeed(), args));
  }

  @Override
  public Integer call() throws Exception {
    if (prompt < 1 || decode < 1 || batch < 1 || repeats < 1 || threads < 0) {
      throw new UserException("all counts must be positive");
    }
    DecoderSpec spec = shape.spec(prompt + decode);
    int team = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    System.out.printf(
        Locale.ROOT, "%,d parameters in %s; prompt %d, decode %d, batch %d; %d threads%n",
        spec.parameters(), weights.key(), prompt, decode, batch, team);
    Benchmark.inTemporaryFolder(
        folder -> {
          RandomCheckpoint.write(folder.resolve("model"), spec);
          CpuOptions options = CpuOptions.of(team).withWeights(WeightFormats.of(weights)).withKv(kv);
          try (CpuRunner runner = CpuRunner.open(folder.resolve("model"), options)) {
            measure(runner);
          }
        });
    return 0;
  }

  private void measure(CpuRunner runner) {
    List<Double> prefill = new ArrayList<>();
    List<Double> written = new ArrayList<>();
    for (int repeat = 0; repeat <= repeats; repeat++) {
      int[][] next = new int[batch][];
      List<KvCache> caches = new ArrayList<>();
      for (int b = 0; b < batch; b++) {
        caches.add(runner.newCache());
        next[b] = new Random(b).ints(prompt, 0, runner.spec().vocabSize()).toArray();
      }
      double start = System.nanoTime();
      greedy(runner, caches, next);
      double read = System.nanoTime();
      for (int token = 0; token < decode; token++) {
        greedy(runner, caches, next);
      }
      double end = System.nanoTime();
      caches.forEach(KvCache::close);
      if (repeat > 0) {
        prefill.add(batch * prompt / (read - start) * 1e9);
        written.add(batch * decode / (end - read) * 1e9);
      }
    }
    System.out.println("prefill tokens/s  " + new Measured(prefill).text());
    System.out.println("decode tokens/s   " + new Measured(written).text());
  }

  /// Feeds each sequence's next tokens and puts the likeliest one after them in their place.
  static void greedy(CpuRunner runner, List<KvCache> caches, int[][] next) {
    List<Slice> slices = new ArrayList<>();
    for (int b = 0; b < next.length; b++) {
      slices.add(new Slice(caches.get(b), next[b], 0, next[b].length, 1));
    }
    Logits logits = runner.forward(slices);
    for (int b = 0; b < next.length; b++) {
      int row = logits.row(b);
      int best = 0;
      for (int id = 1; id < logits.vocabSize(); id++) {
        if (logits.data()[row + id] > logits.data()[row + best]) {
          best = id;
        }
      }
      next[b] = new int[] {best};
    }
  }
}
