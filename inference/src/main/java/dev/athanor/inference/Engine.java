package dev.athanor.inference;

import dev.athanor.base.UserException;
import dev.athanor.inference.GenerationEvent.FinishReason;
import dev.athanor.inference.Scheduler.Turn;
import dev.athanor.inference.grammar.Constraint;
import dev.athanor.model.DecoderSpec;
import dev.athanor.tokenizer.Tokenizer;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Generates for many requests at once on one thread: schedule, run, finish. Every request's text is the same whatever else
/// runs.
public final class Engine implements Generator {
  private static final System.Logger LOG = System.getLogger(Engine.class.getName());

  private static final long WARM_UP_NANOS = 2_000_000_000L;

  private final Runner runner;
  private final Tokenizer tokenizer;
  private final EngineOptions options;
  private final @Nullable KvSpill spill;
  private final Scheduler scheduler;
  private final @Nullable Drafter drafter;
  private final ConcurrentLinkedQueue<List<Sequence>> submitted = new ConcurrentLinkedQueue<>();
  /// Requests that have neither finished nor failed.
  private final AtomicInteger open = new AtomicInteger();
  /// Of those.
  private final AtomicLong promptTokens = new AtomicLong();
  private final Thread thread;
  private volatile Load load = new Load(0, 0);
  private volatile EngineStatistics statistics;
  private volatile boolean closed;

  /// @param runner closed together with the engine
  public Engine(Runner runner, Tokenizer tokenizer, EngineOptions options) {
    this(runner, tokenizer, options, null);
  }

  /// @param runner closed together with the engine
  /// @param draft a smaller model that guesses tokens, of the same vocabulary; closed together with the engine. Null: guesses come from
  ///     the text, where the options want any
  /// @throws UserException when the draft model cannot guess for this one
  public Engine(Runner runner, Tokenizer tokenizer, EngineOptions options, @Nullable Runner draft) {
    this.runner = runner;
    this.tokenizer = tokenizer;
    this.options = options;
    this.drafter = draft != null ? new ModelDrafter(fitting(draft)) : options.speculation() ? new NgramDrafter() : null;
    this.spill = spill(runner, options.spill());
    this.scheduler =
        new Scheduler(runner.memory(), options.maxRunning(), options.stepTokens(), options.prefixCaching(), drafter, spill);
    this.statistics = count();
    this.thread = Thread.ofPlatform().daemon().name("athanor-engine").unstarted(this::live);
    thread.start();
  }

  /// An engine over a model's folder on the CPU.
  ///
  /// @throws UserException when the model is missing, damaged or not supported
  public static Engine open(Path modelDir, Tokenizer tokenizer, EngineOptions options) {
    return over(CpuRunner.open(modelDir, options.runner()), tokenizer, options);
  }

  /// An engine over a runner, with the draft model that the options name on the CPU.
  ///
  /// @param runner closed together with the engine; when the engine cannot be made, at once
  /// @throws UserException when the draft model is missing, damaged or does not fit
  public static Engine over(Runner runner, Tokenizer tokenizer, EngineOptions options) {
    Runner draft = null;
    try {
      draft = options.draft() == null ? null : CpuRunner.open(options.draft(), draftOptions(options, runner));
      return new Engine(runner, tokenizer, options, draft);
    } catch (RuntimeException e) {
      if (draft != null) {
        draft.close();
      }
      runner.close();
      throw e;
    }
  }

  /// Its memory holds what runs together, where that is less than the model's own.
  private static CpuOptions draftOptions(EngineOptions options, Runner runner) {
    long room = (long) runner.memory().pool().capacity() * PagePool.PAGE;
    long together = (long) options.maxRunning() * runner.spec().contextLength();
    return options.runner().withKvTokens(Math.min(room, together));
  }

  private static @Nullable KvSpill spill(Runner runner, EngineOptions.@Nullable Spill where) {
    try {
      return where == null ? null : new KvSpill(runner.memory().store(), where.folder(), where.bytes());
    } catch (UncheckedIOException e) {
      throw new UserException(
          "keys and values cannot be spilled to " + where.folder() + ": it must be a folder that can be written to", e);
    }
  }

  private Runner fitting(Runner draft) {
    int wanted = runner.spec().vocabSize();
    if (draft.spec().vocabSize() != wanted) {
      throw new UserException(
          "the draft model has %d tokens, the model %d: they must have the same vocabulary"
              .formatted(draft.spec().vocabSize(), wanted));
    }
    return draft;
  }

  @Override
  public DecoderSpec spec() {
    return runner.spec();
  }

  @Override
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /// @throws BusyException when as many run and wait as the options allow
  /// @throws IllegalStateException when the engine is closed
  @Override
  public Generation submit(GenerationRequest request, Consumer<GenerationEvent> listener) {
    return submitAll(request, List.of(listener)).getFirst();
  }

  /// @throws BusyException when as many run and wait as the options allow
  /// @throws IllegalStateException when the engine is closed
  @Override
  public List<Generation> submitAll(GenerationRequest request, List<Consumer<GenerationEvent>> listeners) {
    check(request, listeners.size());
    List<Sequence> sequences = request.beams() == null ? draws(request, listeners) : searches(request, request.beams(), listeners);
    LoadedAdapter adapter = adapter(request);
    sequences.forEach(sequence -> sequence.under(adapter));
    enqueue(sequences, request.promptIds().length);
    LockSupport.unpark(thread);
    return List.copyOf(sequences.subList(0, listeners.size()));
  }

  private List<Sequence> draws(GenerationRequest request, List<Consumer<GenerationEvent>> listeners) {
    List<Sequence> sequences = new ArrayList<>();
    for (int i = 0; i < listeners.size(); i++) {
      Sampling sampling = request.sampling();
      sequences.add(sequence(request.drawnBy(sampling.withSeed(sampling.seed() + i)), listeners.get(i)));
    }
    sequences.getFirst().leads(sequences.subList(1, sequences.size()));
    return sequences;
  }

  private List<Sequence> searches(GenerationRequest request, Beams beams, List<Consumer<GenerationEvent>> listeners) {
    BeamSearch search = new BeamSearch(request, beams, tokenizer, listeners);
    List<Sequence> sequences = new ArrayList<>();
    for (int i = 0; i < beams.width(); i++) {
      sequences.add(sequence(request, _ -> {}));
      sequences.getLast().join(search);
    }
    return sequences;
  }

  private Sequence sequence(GenerationRequest request, Consumer<GenerationEvent> listener) {
    return new Sequence(request, listener, tokenizer, mostTokens(), () -> LockSupport.unpark(thread));
  }

  /// The adapter that a request names; it keeps it, whatever happens to the name.
  private @Nullable LoadedAdapter adapter(GenerationRequest request) {
    String name = request.adapter();
    if (name == null) {
      return null;
    }
    return adapters()
        .orElseThrow(() -> new UserException("this model's runner takes no adapters, and the request names '" + name + "'"))
        .adapter(name);
  }

  @Override
  public Optional<LoadedAdapters> adapters() {
    return runner.adapters();
  }

  @Override
  public Load load() {
    int running = load.running();
    return new Load(running, Math.max(0, open.get() - running));
  }

  @Override
  public void close() {
    synchronized (submitted) {
      closed = true;
    }
    LockSupport.unpark(thread);
    if (Thread.currentThread() != thread) {
      join();
    }
  }

  /// Either the request is in the queue before the engine closes, or it is refused.
  private void enqueue(List<Sequence> sequences, int tokens) {
    synchronized (submitted) {
      if (closed) {
        throw new IllegalStateException("the engine is closed");
      }
      int most = options.maxRunning() + options.maxWaiting();
      if (open.get() + sequences.size() > most && open.get() > 0) {
        throw new BusyException(
            "%d requests run or wait already, of %d at most; try again later".formatted(open.get(), most));
      }
      if (promptTokens.get() + tokens > options.maxPromptTokens() && open.get() > 0) {
        throw new BusyException(
            "the requests that run or wait have %d prompt tokens, of %d at most; try again later"
                .formatted(promptTokens.get(), options.maxPromptTokens()));
      }
      open.addAndGet(sequences.size());
      sequences.forEach(sequence -> promptTokens.addAndGet(sequence.promptTokens()));
      submitted.add(sequences);
    }
  }

  private void check(GenerationRequest request, int texts) {
    int[] ids = request.promptIds();
    int context = spec().contextLength();
    if (ids.length == 0) {
      throw new UserException("the prompt is empty; it needs at least one token");
    }
    if (ids.length >= context) {
      throw new UserException(
          "the prompt has %d tokens; the model's context of %d leaves room for %d at most"
              .formatted(ids.length, context, context - 1));
    }
    if (ids.length >= mostTokens()) {
      throw new UserException(
          "the prompt has %d tokens; the memory for keys and values holds %d of all requests together"
              .formatted(ids.length, mostTokens()));
    }
    for (int id : ids) {
      if (id < 0 || id >= spec().vocabSize()) {
        throw new UserException(
            "the prompt holds the token id %d; the vocabulary ends at %d".formatted(id, spec().vocabSize() - 1));
      }
    }
    if (request.maxTokens() < 1) {
      throw new UserException("max_tokens must be at least 1, not " + request.maxTokens());
    }
    Constraint constraint = request.constraint();
    if (constraint != null && constraint.vocabSize() != tokenizer.vocabSize()) {
      throw new IllegalArgumentException("the constraint was compiled for another tokenizer");
    }
    checkTexts(request, texts);
    if (request.stop().stream().anyMatch(String::isEmpty)) {
      throw new UserException("a stop text must not be empty");
    }
  }

  private static void checkTexts(GenerationRequest request, int texts) {
    Beams beams = request.beams();
    if (texts < 1) {
      throw new IllegalArgumentException("a request without a listener");
    }
    if (beams == null) {
      return;
    }
    if (texts > beams.width()) {
      throw new UserException("a search with %d beams cannot give %d texts".formatted(beams.width(), texts));
    }
    if (request.constraint() != null || request.sampling().adjusts()) {
      throw new UserException("a search by beams takes no constraint, penalties or bias: it looks for the model's most likely texts");
    }
  }

  /// As of the last step.
  @Override
  public Optional<EngineStatistics> statistics() {
    return Optional.of(statistics);
  }

  private EngineStatistics count() {
    PagePool pool = runner.memory().pool();
    return new EngineStatistics(
        scheduler.preemptions(), scheduler.reusedTokens(), scheduler.drafted(), scheduler.accepted(), pool.held(), spill == null ? 0 : spill.held(),
        pool.capacity());
  }

  /// Of a sequence, by the context and by the memory.
  private int mostTokens() {
    return (int) Math.min(spec().contextLength(), (long) runner.memory().pool().capacity() * PagePool.PAGE);
  }

  /// Until the first request comes, computes texts that nobody reads: the kernels are compiled when it does. Interpreted, they are a
  /// hundred times slower.
  private void warmUp() {
    long end = System.nanoTime() + WARM_UP_NANOS;
    int most = Math.min(mostTokens(), PagePool.PAGE);
    int prompt = Math.min(most, Lanes.TILE + 1);
    while (idle() && System.nanoTime() < end) {
      try (KvCache cache = runner.newCache()) {
        runner.forward(List.of(new Slice(cache, new int[prompt], 0, prompt, 1)));
        for (int token = prompt; token < most && idle(); token++) {
          runner.forward(List.of(new Slice(cache, new int[1], 0, 1, 1)));
        }
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.DEBUG, "the engine could not warm up", e);
        return;
      }
    }
  }

  private boolean idle() {
    return submitted.isEmpty() && !closed;
  }

  private void live() {
    warmUp();
    while (!closed) {
      admit();
      List<Turn> turns = scheduler.schedule();
      load = new Load(scheduler.running(), scheduler.waiting());
      if (turns.isEmpty()) {
        rest();
      } else {
        run(turns);
        sweep();
        statistics = count();
      }
    }
    admit();
    for (Sequence sequence : scheduler.all()) {
      if (!sequence.ended()) {
        attempt(sequence, () -> sequence.finish(FinishReason.CANCELLED));
      }
    }
    sweep();
    if (drafter != null) {
      drafter.close();
    }
    if (spill != null) {
      spill.close();
    }
    runner.close();
  }

  /// Takes in what was submitted, and takes out what was cancelled or is late.
  private void admit() {
    for (List<Sequence> next = submitted.poll(); next != null; next = submitted.poll()) {
      scheduler.add(next.getFirst());
      next.subList(1, next.size()).forEach(scheduler::addResting);
    }
    long now = System.nanoTime();
    for (Sequence sequence : scheduler.all()) {
      if (!sequence.ended() && (sequence.cancelled() || sequence.late(now))) {
        attempt(sequence, () -> sequence.finish(sequence.cancelled() ? FinishReason.CANCELLED : FinishReason.TIMEOUT));
      }
    }
    sweep();
  }

  /// A request that was submitted or cancelled since `admit` has left a permit, so nothing is slept through.
  private void rest() {
    if (submitted.isEmpty() && !closed) {
      LockSupport.park(this);
    }
  }

  private void run(List<Turn> turns) {
    long start = System.nanoTime();
    Logits logits;
    try {
      logits = runner.forward(turns.stream().map(Turn::slice).toList());
    } catch (Throwable e) {
      runApart(turns, e);
      return;
    }
    int row = 0;
    int right = 0;
    for (Turn turn : turns) {
      int wanted = turn.slice().wanted();
      if (wanted > 0) {
        right += accept(turn, logits, row);
        row += wanted;
      }
    }
    scheduler.passed(turns, right, System.nanoTime() - start);
  }

  /// Finds out which of them cannot be computed: only that one fails.
  private void runApart(List<Turn> turns, Throwable cause) {
    if (turns.size() == 1) {
      Sequence sequence = turns.getFirst().sequence();
      attempt(sequence, () -> sequence.fail(cause));
      return;
    }
    for (Turn turn : turns) {
      run(List.of(turn));
    }
  }

  /// @return how many of its guesses were right
  private int accept(Turn turn, Logits logits, int row) {
    Sequence sequence = turn.sequence();
    int[] right = {0};
    BeamSearch search = sequence.search();
    if (sequence.ended() || sequence.cancelled()) {
      return 0;
    }
    if (search != null) {
      attempt(sequence, () -> deliver(search, sequence, logits, logits.row(row)));
    } else if (turn.slice().provisional()) {
      attempt(sequence, () -> right[0] = sequence.verify(logits, row));
    } else {
      for (Sequence one : scheduler.branch(sequence)) {
        attempt(one, () -> one.accept(logits.data(), logits.row(row), logits.vocabSize()));
      }
    }
    return right[0];
  }

  private void deliver(BeamSearch search, Sequence sequence, Logits logits, int at) {
    if (search.deliver(sequence, logits.data(), at, logits.vocabSize())) {
      search.choose();
      if (search.over()) {
        search.finish(null);
      }
      scheduler.place(search);
    }
  }

  /// Whatever goes wrong with a sequence, a listener that throws included, is that sequence's failure alone.
  private static void attempt(Sequence sequence, Runnable step) {
    try {
      step.run();
    } catch (Throwable e) {
      if (sequence.ended()) {
        LOG.log(System.Logger.Level.WARNING, "a listener failed on its last event", e);
      } else {
        attempt(sequence, () -> sequence.fail(e));
      }
    }
  }

  private void sweep() {
    for (Sequence sequence : scheduler.removeEnded()) {
      open.decrementAndGet();
      promptTokens.addAndGet(-sequence.promptTokens());
    }
    load = new Load(scheduler.running(), scheduler.waiting());
  }

  private void join() {
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
