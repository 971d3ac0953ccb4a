package dev.athanor.inference;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.inference.EncoderRunner.Tokens;
import dev.athanor.model.EncoderSpec;
import dev.athanor.model.EncoderSpec.Top;
import dev.athanor.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// Embeds and scores texts for many at once on one thread: what came in while it computed goes into the next pass together. The result
/// for a text does not depend on the others.
public final class EncoderEngine implements AutoCloseable {
  private static final int MOST_WAITING = 256;
  /// Texts that are taken together; a pass holds fewer where they are long.
  private static final int MOST_TEXTS = 64;

  private static final Job LAST = new Job(List.of(), hidden -> hidden, new CompletableFuture<>());

  /// @param finish from a text's hidden states to its result
  private record Job(List<Tokens> texts, Function<float[], float[]> finish, CompletableFuture<List<float[]>> result) {}

  private final EncoderRunner runner;
  private final Tokenizer tokenizer;
  private final TextFrame frame;
  private final Pooling pooling;
  private final LinkedBlockingQueue<Job> jobs = new LinkedBlockingQueue<>();
  private final Thread thread;
  private boolean closed;

  /// @param runner closed together with the engine
  /// @throws UserException when the tokenizer is not an encoder's
  public EncoderEngine(EncoderRunner runner, Tokenizer tokenizer, Pooling pooling) {
    this.runner = runner;
    this.tokenizer = tokenizer;
    this.pooling = pooling;
    frame = TextFrame.of(tokenizer, runner.spec().embedding().tokenTypes());
    thread = Thread.ofPlatform().daemon().name("athanor-encoder").unstarted(this::live);
    thread.start();
  }

  /// Over a model's folder, pooled as its `1_Pooling/config.json` says, else by the mean.
  ///
  /// @throws UserException when the model is missing, damaged or no encoder
  public static EncoderEngine open(Path modelDir, Tokenizer tokenizer, CpuOptions options) {
    Pooling pooling = pooling(modelDir.resolve("1_Pooling").resolve("config.json"));
    EncoderRunner runner = EncoderRunner.open(modelDir, options);
    try {
      return new EncoderEngine(runner, tokenizer, pooling);
    } catch (UserException e) {
      runner.close();
      throw new UserException(modelDir + ": " + e.getMessage(), e);
    }
  }

  private static Pooling pooling(Path file) {
    if (!Files.exists(file)) {
      return Pooling.MEAN;
    }
    JsonNode config = Json.readFile(file);
    if (config.path("pooling_mode_cls_token").asBoolean(false)) {
      return Pooling.FIRST;
    }
    if (config.path("pooling_mode_lasttoken").asBoolean(false)) {
      return Pooling.LAST;
    }
    if (config.path("pooling_mode_mean_tokens").asBoolean(false)) {
      return Pooling.MEAN;
    }
    throw new UserException(file + " asks for a pooling that is not built; there are cls_token, mean_tokens and lasttoken");
  }

  public EncoderSpec spec() {
    return runner.spec();
  }

  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /// A text between its control tokens.
  public Tokens tokens(String text) {
    return frame.around(tokenizer.encode(text));
  }

  /// Two texts that are judged together.
  public Tokens tokens(String query, String document) {
    return frame.around(tokenizer.encode(query), tokenizer.encode(document));
  }

  /// Vectors of length 1.
  ///
  /// @throws UserException for a text that does not fit the context
  /// @throws BusyException when too many wait already
  public CompletableFuture<List<float[]>> embed(List<Tokens> texts) {
    return submit(texts, hidden -> Pooling.normalised(pooling.pool(hidden, spec().hiddenSize())));
  }

  /// Whether it says of a pair by one number how well it fits.
  public boolean ranks() {
    return spec().top() instanceof Top.Classifier classifier && classifier.labels() == 1;
  }

  /// The classifier's scores, a number a label.
  ///
  /// @throws UserException when the model is no classifier, or for a text that does not fit the context
  /// @throws BusyException when too many wait already
  public CompletableFuture<List<float[]>> scores(List<Tokens> texts) {
    if (!(spec().top() instanceof Top.Classifier)) {
      throw new UserException("the encoder is no classifier: it has no scores to give");
    }
    return submit(texts, runner::score);
  }

  private CompletableFuture<List<float[]>> submit(List<Tokens> texts, Function<float[], float[]> finish) {
    for (int i = 0; i < texts.size(); i++) {
      int tokens = texts.get(i).ids().length;
      if (tokens > spec().contextLength()) {
        throw new UserException(
            "text %d has %d tokens, control tokens among them; the model's context holds %d".formatted(i, tokens, spec().contextLength()));
      }
    }
    texts.forEach(runner::check);
    Job job = new Job(List.copyOf(texts), finish, new CompletableFuture<>());
    synchronized (jobs) {
      if (closed) {
        throw new IllegalStateException("the engine is closed");
      }
      if (jobs.size() >= MOST_WAITING) {
        throw new BusyException("%d requests wait already, of %d at most; try again later".formatted(jobs.size(), MOST_WAITING));
      }
      jobs.add(job);
    }
    return job.result();
  }

  private void live() {
    List<Job> taken = new ArrayList<>();
    boolean last = false;
    while (!last) {
      taken.clear();
      try {
        taken.add(jobs.take());
      } catch (InterruptedException e) {
        throw new IllegalStateException("nobody interrupts this thread", e);
      }
      for (int texts = taken.getFirst().texts().size(); texts < MOST_TEXTS; ) {
        Job next = jobs.poll();
        if (next == null) {
          break;
        }
        taken.add(next);
        texts += next.texts().size();
      }
      last = taken.remove(LAST);
      compute(taken);
    }
    runner.close();
  }

  private void compute(List<Job> taken) {
    try {
      List<float[]> hidden = runner.hidden(taken.stream().flatMap(job -> job.texts().stream()).toList());
      int at = 0;
      for (Job job : taken) {
        List<float[]> own = hidden.subList(at, at + job.texts().size());
        at += own.size();
        job.result().complete(own.stream().map(job.finish()).toList());
      }
    } catch (Throwable e) {
      taken.forEach(job -> job.result().completeExceptionally(e));
    }
  }

  /// What was submitted is still answered.
  @Override
  public void close() {
    synchronized (jobs) {
      if (!closed) {
        closed = true;
        jobs.add(LAST);
      }
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
