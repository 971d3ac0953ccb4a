package dev.athanor.data.ngram;

import dev.athanor.base.AtomicPath;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Trains a [WordModel] on texts, each line a sentence, and writes it. Three passes: texts become sorted runs of n-grams on the
/// disk; the runs become counts by order; the counts become probabilities. The same texts in the same order give the same bytes on
/// any number of threads and with any memory.
///
/// In memory are the runs being sorted, within the options' limit; about 20 bytes a distinct word; and, of the walk through the
/// counts, what follows one context of each length. On the disk are about 6 bytes an n-gram in each of two copies.
public final class NgramTrainer {
  private static final int BATCH_CHARS = 1 << 18;
  private static final int SMALLEST_CHUNK = 4 * UnitBatch.LONGEST_SENTENCE;
  private static final int LARGEST_CHUNK = 1 << 26;
  /// The words and the sorted positions.
  private static final int BYTES_A_WORD = 8;

  private final Options options;
  private final UnitCutter cutter;

  /// @param order of the longest n-grams, 1 to 12
  /// @param prune `prune[k − 1]`: n-grams of order k that occur at most so often are left out; not falling; empty for none
  /// @param memory bytes for sorting
  /// @param folder for what does not fit, removed afterwards
  public record Options(int order, List<Integer> prune, long memory, int threads, Path folder) {
    public Options {
      prune = List.copyOf(prune);
      if (order < 1 || order > WordModel.HIGHEST_ORDER) {
        throw new IllegalArgumentException("order must be between 1 and " + WordModel.HIGHEST_ORDER + ", not " + order);
      }
      if (prune.size() > order) {
        throw new IllegalArgumentException("prune has " + prune.size() + " thresholds for an order of " + order);
      }
      for (int i = 0; i < prune.size(); i++) {
        if (prune.get(i) < 0 || (i == 0 && prune.get(0) != 0) || (i > 0 && prune.get(i) < prune.get(i - 1))) {
          throw new IllegalArgumentException("prune must begin with 0, as words stay, and must not fall: " + prune);
        }
      }
      if (threads < 1) {
        throw new IllegalArgumentException("threads must be at least 1, not " + threads);
      }
    }

    /// The last threshold holds for all higher orders.
    long[] thresholds() {
      long[] all = new long[order];
      for (int k = 0; k < order; k++) {
        all[k] = prune.isEmpty() ? 0 : prune.get(Math.min(k, prune.size() - 1));
      }
      return all;
    }

    int chunkWords() {
      return Math.clamp(memory / ((threads + 1L) * BYTES_A_WORD), SMALLEST_CHUNK, LARGEST_CHUNK);
    }
  }

  /// What was trained.
  ///
  /// @param counts n-grams by order, from unigrams
  public record Report(long sentences, long units, List<Long> counts) {
    public Report {
      counts = List.copyOf(counts);
    }
  }

  public NgramTrainer(Options options, UnitCutter cutter) {
    this.options = options;
    this.cutter = cutter;
  }

  /// @param arpa where to write the model as text too; null for nowhere
  /// @throws UserException when there are no words in the texts
  public Report train(Iterator<String> texts, Path model, @Nullable Path arpa, Progress progress) {
    try {
      Files.createDirectories(options.folder);
      Path work = Files.createTempDirectory(options.folder, ".ngrams-");
      try {
        return train(texts, model, arpa, progress, work);
      } finally {
        AtomicPath.delete(work);
      }
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("No space left")) {
        throw new UserException("no room left on the disk for the n-grams in " + options.folder + "; free some space or name another folder", e);
      }
      throw new UncheckedIOException("cannot train " + model + ": " + e.getMessage(), e);
    }
  }

  private Report train(Iterator<String> texts, Path model, @Nullable Path arpa, Progress progress, Path work) throws IOException {
    var reading = new Reading(work, progress);
    reading.readAll(texts);
    if (reading.units == 0) {
      throw new UserException("there are no words in the texts");
    }
    int order = options.order;
    long[] prune = options.thresholds();
    int vocabSize = reading.ids.size();
    List<Discounts> discounts;
    long[] counts = new long[order + 1];
    try (var adjusted = new AdjustedCounts(order, prune, work);
        Progress.Task task = progress.start("count n-grams", reading.units, "unit")) {
      GramRuns.merge(
          reading.runs,
          order,
          (context, length, word, count) -> {
            adjusted.read(context, length, word, count);
            task.advance(count);
          });
      adjusted.finish();
      discounts = adjusted.discounts();
      counts[1] = vocabSize;
      for (int k = 2; k <= order; k++) {
        counts[k] = adjusted.kept(k);
      }
    }
    for (Path run : reading.runs) {
      Files.delete(run);
    }
    try (Progress.Task task = progress.start("smooth", sum(counts), "n-gram")) {
      AtomicPath.write(
          model,
          beside -> {
            try (var builder = new WordModelBuilder(beside, order, counts, reading.ids.byId())) {
              var sink = new Filling(builder, task);
              try (var smoothing = new Smoothing(work, order, prune, discounts, vocabSize, sink)) {
                smoothing.run();
              }
              builder.finish(cutter);
            }
          });
    }
    if (arpa != null) {
      try (Progress.Task task = progress.start("write " + arpa.getFileName(), sum(counts), "n-gram")) {
        var writer = new ArpaWriter(WordModel.open(model), Files.readAllLines(reading.wordFile(), StandardCharsets.UTF_8), work, task);
        try (var smoothing = new Smoothing(work, order, prune, discounts, vocabSize, writer)) {
          smoothing.run();
        }
        writer.finish(arpa, counts);
      }
    }
    List<Long> byOrder = new ArrayList<>();
    for (int k = 1; k <= order; k++) {
      byOrder.add(counts[k]);
    }
    return new Report(reading.sentences, reading.units, byOrder);
  }

  private static long sum(long[] counts) {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }

  /// Probabilities into the model's tables.
  private record Filling(WordModelBuilder builder, Progress.Task task) implements Smoothing.Sink {
    @Override
    public void gram(int word, int[] context, int length, double probability) {
      builder.probability(word, context, length, (float) Math.log10(probability));
      task.advance(1);
    }

    @Override
    public void backoff(int[] gram, int length, double gamma) {
      builder.backoff(gram, length, (float) Math.log10(gamma));
    }
  }

  /// The first pass: batches are cut into units by all threads; words get their numbers in the texts' order by one; full chunks are
  /// sorted and written by all.
  private final class Reading {
    private final Path work;
    private final Progress progress;
    private final WordIds ids = new WordIds();
    private final List<Path> runs = new ArrayList<>();
    private final Deque<Future<?>> sorting = new ArrayDeque<>();
    private GramChunk chunk = new GramChunk(options.order, options.chunkWords());
    private long sentences;
    private long units;

    Reading(Path work, Progress progress) {
      this.work = work;
      this.progress = progress;
      for (String mark : WordHash.MARKS) {
        ids.add(WordHash.of(mark));
      }
    }

    Path wordFile() {
      return work.resolve("words");
    }

    /// Half a surrogate pair becomes `?` instead of an error.
    private static Writer writer(Path file) throws IOException {
      return new BufferedWriter(new OutputStreamWriter(Files.newOutputStream(file), StandardCharsets.UTF_8));
    }

    void readAll(Iterator<String> texts) throws IOException {
      try (ExecutorService pool = Executors.newFixedThreadPool(options.threads);
          Writer words = writer(wordFile());
          Progress.Task task = progress.start("read text", -1, "unit")) {
        for (String mark : WordHash.MARKS) {
          words.write(mark + "\n");
        }
        Deque<Future<UnitBatch>> cutting = new ArrayDeque<>();
        try {
          while (texts.hasNext() || !cutting.isEmpty()) {
            while (texts.hasNext() && cutting.size() < 2 * options.threads) {
              List<String> some = some(texts);
              cutting.add(pool.submit(() -> new UnitBatch(some, cutter)));
            }
            UnitBatch batch = await(cutting.remove());
            number(batch, pool, words);
            task.advance(batch.length());
          }
          spill(pool);
          while (!sorting.isEmpty()) {
            await(sorting.remove());
          }
        } catch (RuntimeException | IOException e) {
          pool.shutdownNow();
          throw e;
        }
      }
    }

    private static List<String> some(Iterator<String> texts) {
      List<String> some = new ArrayList<>();
      int chars = 0;
      while (chars < BATCH_CHARS && texts.hasNext()) {
        String text = texts.next();
        some.add(text);
        chars += text.length() + 1;
      }
      return some;
    }

    private void number(UnitBatch batch, ExecutorService pool, Writer words) throws IOException {
      for (String word : batch.words()) {
        int known = ids.size();
        if (ids.add(WordHash.of(word)) == known) {
          words.write(word);
          words.write('\n');
        }
      }
      if (ids.size() > Integer.MAX_VALUE / 4) {
        throw new UserException("the texts have more than " + ids.size() + " different words; cut them into smaller units, by a tokenizer");
      }
      int i = 0;
      while (i < batch.length()) {
        int end = i;
        while (batch.hash(end) != UnitBatch.LINE_END) {
          end++;
        }
        if (!chunk.hasRoom(end - i + 2)) {
          spill(pool);
        }
        sentence(batch, i, end);
        i = end + 1;
      }
    }

    /// The three marks, where a text has them, are passed over.
    private void sentence(UnitBatch batch, int from, int to) {
      chunk.add(WordHash.BEGIN);
      for (int i = from; i < to; i++) {
        int id = ids.find(batch.hash(i));
        if (id > WordHash.END) {
          chunk.add(id);
          units++;
        }
      }
      chunk.add(WordHash.END);
      sentences++;
      units++;
    }

    private void spill(ExecutorService pool) throws IOException {
      if (chunk.isEmpty()) {
        return;
      }
      while (sorting.size() >= options.threads) {
        await(sorting.remove());
      }
      GramChunk full = chunk;
      Path run = work.resolve("run-" + runs.size());
      runs.add(run);
      sorting.add(
          pool.submit(
              () -> {
                full.writeRun(run);
                return run;
              }));
      chunk = new GramChunk(options.order, options.chunkWords());
    }

    private static <T> T await(Future<T> future) throws IOException {
      try {
        return future.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CompletionException("interrupted", e);
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case IOException io -> throw io;
          case RuntimeException bug -> throw bug;
          case Error error -> throw error;
          case null, default -> throw new CompletionException(e);
        }
      }
    }
  }
}
