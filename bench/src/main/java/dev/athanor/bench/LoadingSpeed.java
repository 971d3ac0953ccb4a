package dev.athanor.bench;

import dev.athanor.inference.CpuOptions;
import dev.athanor.inference.CpuRunner;
import dev.athanor.inference.KvCache;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DecoderSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// From a mapped safetensors file of a gigabyte to the first logits, with the file in the page cache: opening, packing for the
/// kernels, and the forward pass by itself, which is also timed once everything is warm.
@Command(
    name = "LoadingSpeed",
    mixinStandardHelpOptions = true,
    description = "Seconds from a safetensors file (by default of 1 GB) to the first logits.")
final class LoadingSpeed implements Callable<Integer> {
  @Mixin ModelShape shape = new ModelShape();

  @Option(names = "--repeats", paramLabel = "<n>", defaultValue = "5", description = "default: 5")
  int repeats;

  @Option(names = "--without-checksums", description = "as a folder of others, which has no checksums.json to compare")
  boolean withoutChecksums;

  public static void main(String[] args) {
    List<String> all = new ArrayList<>(List.of("--d", "1024", "--layers", "21", "--heads", "16", "--kv-heads", "4", "--vocab", "16384"));
    all.addAll(List.of(args));
    LoadingSpeed command = new LoadingSpeed();
    picocli.CommandLine line = new picocli.CommandLine(command).setOverwrittenOptionsAllowed(true);
    System.exit(line.execute(all.toArray(String[]::new)));
  }

  @Override
  public Integer call() throws Exception {
    DecoderSpec spec = shape.spec(64);
    Benchmark.inTemporaryFolder(folder -> measure(folder.resolve("model"), spec));
    return 0;
  }

  private void measure(Path model, DecoderSpec spec) throws Exception {
    RandomCheckpoint.write(model, spec);
    if (withoutChecksums) {
      Files.deleteIfExists(model.resolve(CheckpointDir.CHECKSUMS));
    }
    long bytes = Files.size(model.resolve("model.safetensors"));
    System.out.printf(Locale.ROOT, "%,d parameters, %.2f GB%s%n", spec.parameters(), bytes / 1e9, withoutChecksums ? "" : " with checksums");
    List<Double> opening = new ArrayList<>();
    List<Double> packing = new ArrayList<>();
    List<Double> first = new ArrayList<>();
    List<Double> later = new ArrayList<>();
    List<Double> load = new ArrayList<>();
    for (int repeat = 0; repeat < repeats; repeat++) {
      System.gc(); // what the repeat before it left
      long start = System.nanoTime();
      try (CheckpointDir dir = CheckpointDir.open(model)) {
        long opened = System.nanoTime();
        try (CpuRunner runner = CpuRunner.of(dir, CpuOptions.of(Runtime.getRuntime().availableProcessors()))) {
          long packed = System.nanoTime();
          List<KvCache> cache = List.of(runner.newCache());
          int[][] next = {{1}};
          DecodeSpeed.greedy(runner, cache, next);
          long answered = System.nanoTime();
          DecodeSpeed.greedy(runner, cache, next);
          long again = System.nanoTime();
          opening.add((opened - start) / 1e9);
          packing.add((packed - opened) / 1e9);
          first.add((answered - packed) / 1e9);
          later.add((again - answered) / 1e9);
          load.add((answered - start) / 1e9);
        }
      }
    }
    print("open", opening);
    print("pack", packing);
    print("first forward", first);
    print("second forward", later);
    print("file to logits", load);
  }

  private static void print(String what, List<Double> seconds) {
    Measured measured = new Measured(seconds);
    System.out.printf(
        Locale.ROOT, "%-16s %6.3f s (%.3f to %.3f, n = %d)%n", what, measured.median(), measured.min(), measured.max(), seconds.size());
  }
}
