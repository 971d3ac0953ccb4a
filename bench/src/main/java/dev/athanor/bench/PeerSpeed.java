package dev.athanor.bench;

import dev.athanor.base.UserException;
import dev.athanor.cli.bench.RandomWeights;
import dev.athanor.inference.CpuOptions;
import dev.athanor.inference.CpuRunner;
import dev.athanor.inference.KvCache;
import dev.athanor.inference.KvFormat;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.families.PublishedShapes;
import dev.athanor.model.gguf.GgmlType;
import dev.athanor.model.gguf.GgufModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Our engine and llama.cpp on the same files, turn by turn in one process: what disturbs the machine disturbs both.
@Command(
    name = "PeerSpeed",
    mixinStandardHelpOptions = true,
    description = "Tokens a second of our CPU engine and of llama.cpp, reading and writing, on the same GGUF files, turn by turn.")
final class PeerSpeed implements Callable<Integer> {
  private static final int SHORT_PROMPT = 16;
  private static final int MOST_STEPS = 64;

  @Option(names = "--shape", paramLabel = "<name>", defaultValue = "qwen2.5-0.5b", description = "default: ${DEFAULT-VALUE}")
  String shape = "qwen2.5-0.5b";

  @Option(names = "--types", split = ",", paramLabel = "<type>", defaultValue = "Q8_0,Q4_0,F16", description = "default: ${DEFAULT-VALUE}")
  List<GgmlType> types = List.of();

  @Option(names = "--batch", split = ",", paramLabel = "<n>", defaultValue = "1,4,8,16", description = "sequences that write; default: ${DEFAULT-VALUE}")
  List<Integer> batches = List.of();

  @Option(names = "--prompt", paramLabel = "<n>", defaultValue = "512", description = "tokens read; 0: none (default: 512)")
  int prompt;

  @Option(names = "--steps", paramLabel = "<n>", defaultValue = "32", description = "of one sequence; fewer of several (default: 32)")
  int steps;

  @Option(names = "--rounds", paramLabel = "<n>", defaultValue = "5", description = "that count, after one that does not (default: 5)")
  int rounds;

  @Option(names = "--kv", paramLabel = "<format>", defaultValue = "F16", description = "our keys and values; llama.cpp's are F16 (default: F16)")
  KvFormat kv = KvFormat.F16;

  @Option(names = "--files", paramLabel = "<folder>", description = "where the GGUF files are kept, and made where they are not (default: a temporary one)")
  @Nullable Path files;

  @Option(names = "--library", paramLabel = "<file>", description = "a libllama.so of another build instead of de.kherud:llama's")
  @Nullable Path library;

  @Option(names = "--only-files", description = "make the files and measure nothing")
  boolean onlyFiles;

  public static void main(String[] args) {
    System.exit(Benchmark.run(new PeerSpeed(), args));
  }

  @Override
  public Integer call() throws Exception {
    if (rounds < 1 || steps < 1 || steps > MOST_STEPS || prompt < 0 || batches.stream().anyMatch(b -> b < 1)) {
      throw new UserException("counts must be positive, and at most " + MOST_STEPS + " steps");
    }
    Benchmark.inTemporaryFolder(folder -> run(files == null ? folder : files, folder));
    return 0;
  }

  private void run(Path folder, Path temporary) throws IOException {
    Files.createDirectories(folder);
    Map<GgmlType, Path> all = new LinkedHashMap<>();
    for (GgmlType type : types) {
      all.put(type, file(folder, type));
    }
    if (onlyFiles) {
      return;
    }
    LlamaCpp llama = new LlamaCpp(library == null ? LlamaCppLibrary.load(temporary) : LlamaCppLibrary.of(library));
    System.out.println("llama.cpp: " + llama.systemInfo());
    System.out.printf(Locale.ROOT, "%s, two threads each, keys and values F16 there and %s here%n", shape, kv.name());
    System.out.printf(Locale.ROOT, "%-22s %-30s %-30s %s%n", "tokens/s in all", "ours", "llama.cpp", "ours/theirs, by round");
    for (var entry : all.entrySet()) {
      compare(entry.getKey(), entry.getValue(), llama);
    }
  }

  private Path file(Path folder, GgmlType type) {
    Path file = folder.resolve(shape + "-" + type + ".gguf");
    if (Files.notExists(file)) {
      RandomWeights weights = RandomWeights.of(shape, PublishedShapes.named(shape));
      GgufModel.write(file, weights.decoder(), SpecialTokens.NONE, Optional.empty(), weights::weight, type);
    }
    return file;
  }

  private void compare(GgmlType type, Path file, LlamaCpp llama) {
    int most = batches.stream().max(Integer::compare).orElse(1);
    // Newer ones of llama.cpp give each sequence an equal part of it.
    int context = most * Math.max(prompt + 1, SHORT_PROMPT + MOST_STEPS);
    try (CpuRunner ours = CpuRunner.open(file, CpuOptions.of(2).withKv(kv));
        LlamaCpp.Loaded theirs =
            llama.open(file, context, most, false).orElseThrow(() -> new UserException("llama.cpp: " + llama.complaint()))) {
      System.gc();
      if (prompt > 0) {
        row(type + " reading " + prompt, () -> ours(ours, 1, prompt, 0), () -> theirs(theirs, 1, prompt, 0));
      }
      for (int batch : batches) {
        int fewer = Math.max(4, (int) (steps / Math.sqrt(batch)));
        row(
            type + " writing, " + batch,
            () -> ours(ours, batch, SHORT_PROMPT, fewer),
            () -> theirs(theirs, batch, SHORT_PROMPT, fewer));
      }
    }
  }

  private interface Measurement {
    /// Tokens a second.
    double once();
  }

  private void row(String what, Measurement our, Measurement their) {
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round <= rounds; round++) {
      boolean weFirst = round % 2 == 0;
      double first = weFirst ? our.once() : their.once();
      double second = weFirst ? their.once() : our.once();
      if (round > 0) {
        ours.add(weFirst ? first : second);
        theirs.add(weFirst ? second : first);
        ratios.add(ours.getLast() / theirs.getLast());
      }
    }
    System.out.printf(
        Locale.ROOT, "%-22s %-30s %-30s %s%n", what, text(ours, "%.1f"), text(theirs, "%.1f"), text(ratios, "%.2f"));
  }

  private static String text(List<Double> values, String format) {
    Measured measured = new Measured(values);
    return String.format(
        Locale.ROOT, format + " (" + format + " to " + format + ")", measured.median(), measured.min(), measured.max());
  }

  /// Reads prompts and writes; the time of what is asked for: reading where nothing is written.
  private static double ours(CpuRunner runner, int batch, int length, int written) {
    List<KvCache> caches = new ArrayList<>();
    int[][] next = prompts(batch, length, runner.spec().vocabSize());
    for (int b = 0; b < batch; b++) {
      caches.add(runner.newCache());
    }
    double start = System.nanoTime();
    DecodeSpeed.greedy(runner, caches, next);
    double read = System.nanoTime();
    for (int step = 0; step < written; step++) {
      DecodeSpeed.greedy(runner, caches, next);
    }
    double end = System.nanoTime();
    caches.forEach(KvCache::close);
    return written == 0 ? batch * length / (read - start) * 1e9 : batch * written / (end - read) * 1e9;
  }

  private static double theirs(LlamaCpp.Loaded llama, int batch, int length, int written) {
    llama.clear();
    int[][] next = prompts(batch, length, llama.vocabSize());
    double start = System.nanoTime();
    int[] likeliest = llama.feed(next, 0);
    double read = System.nanoTime();
    for (int step = 0; step < written; step++) {
      for (int b = 0; b < batch; b++) {
        next[b] = new int[] {likeliest[b]};
      }
      likeliest = llama.feed(next, length + step);
    }
    double end = System.nanoTime();
    return written == 0 ? batch * length / (read - start) * 1e9 : batch * written / (end - read) * 1e9;
  }

  private static int[][] prompts(int batch, int length, int vocabSize) {
    int[][] prompts = new int[batch][];
    for (int b = 0; b < batch; b++) {
      prompts[b] = new Random(b).ints(length, 0, vocabSize).toArray();
    }
    return prompts;
  }
}
