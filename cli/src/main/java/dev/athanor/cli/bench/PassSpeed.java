package dev.athanor.cli.bench;

import dev.athanor.base.Progress;
import dev.athanor.inference.Runner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// How fast a runner reads prompts and writes tokens.
///
/// @param stepTokens fed in one pass at most
/// @param repeats of each row, after a second or one that is not counted, whichever is longer
public record PassSpeed(Runner runner, int stepTokens, int repeats, Progress progress, Stopped stopped) {
  private static final Duration WARM_UP = Duration.ofSeconds(1);

  /// @param promptTokens of one sequence, read in passes of `stepTokens`
  public record Prefill(int promptTokens, Spread tokensPerSecond, Spread millis) {}

  /// @param batch sequences that are written together
  /// @param promptTokens that stand before what each writes
  /// @param tokens written by each
  /// @param tokensPerSecond of all together
  /// @param millisPerToken of each sequence: the time of a pass
  /// @param weightBytesPerSecond read, all weights once a pass; NaN where that is not known
  /// @param shareOfBandwidth of the memory's as measured in the same run
  public record Decode(
      int batch,
      int promptTokens,
      int tokens,
      Spread tokensPerSecond,
      Spread millisPerToken,
      double weightBytesPerSecond,
      double shareOfBandwidth) {}

  /// A row for each length; fewer when the user stops.
  public List<Prefill> prefill(List<Integer> lengths) {
    List<Prefill> rows = new ArrayList<>();
    try (Progress.Task task = progress.start("read", (long) lengths.size() * (repeats + 1), "prompts")) {
      for (int length : lengths) {
        List<Double> millis = repeated(task, () -> readOnce(length));
        if (!millis.isEmpty()) {
          rows.add(new Prefill(length, Spread.of(millis.stream().map(ms -> length / ms * 1e3).toList()), Spread.of(millis)));
        }
      }
    }
    return rows;
  }

  /// A row for each batch; fewer when the user stops.
  ///
  /// @param weightBytes that a pass of a batch reads
  /// @param bandwidth of the memory, bytes a second
  public List<Decode> decode(List<Integer> batches, int prompt, int tokens, IntToDoubleFunction weightBytes, double bandwidth) {
    List<Decode> rows = new ArrayList<>();
    try (Progress.Task task = progress.start("write", (long) batches.size() * (repeats + 1), "texts")) {
      for (int batch : batches) {
        List<Double> millis = repeated(task, () -> writeOnce(batch, prompt, tokens));
        if (!millis.isEmpty()) {
          Spread perToken = Spread.of(millis);
          double bytes = weightBytes.applyAsDouble(batch) / perToken.median() * 1e3;
          Spread all = Spread.of(millis.stream().map(ms -> batch / ms * 1e3).toList());
          rows.add(new Decode(batch, prompt, tokens, all, perToken, bytes, bytes / bandwidth));
        }
      }
    }
    return rows;
  }

  private interface Once {
    /// Milliseconds; null when it was stopped.
    @Nullable Double run();
  }

  private List<Double> repeated(Progress.Task task, Once once) {
    List<Double> all = new ArrayList<>();
    // Interpreted, kernels are a hundred times slower, and the JVM compiles them while they run.
    long began = System.nanoTime();
    do {
      once.run();
    } while (System.nanoTime() - began < WARM_UP.toNanos() && !stopped.yet());
    task.advance(1);
    for (int repeat = 0; repeat < repeats && !stopped.yet(); repeat++) {
      Double millis = once.run();
      if (millis != null) {
        all.add(millis);
      }
      task.advance(1);
    }
    return all;
  }

  private Double readOnce(int length) {
    try (Pass pass = new Pass(runner, 1, length)) {
      double start = System.nanoTime();
      pass.advance(stepTokens);
      return (System.nanoTime() - start) / 1e6;
    }
  }

  private @Nullable Double writeOnce(int batch, int prompt, int tokens) {
    try (Pass pass = new Pass(runner, batch, prompt)) {
      pass.advance(stepTokens);
      double start = System.nanoTime();
      for (int i = 0; i < tokens; i++) {
        if (stopped.yet()) {
          return null;
        }
        pass.advance(stepTokens);
      }
      return (System.nanoTime() - start) / 1e6 / tokens;
    }
  }
}
