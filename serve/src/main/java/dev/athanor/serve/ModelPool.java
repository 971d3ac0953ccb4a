package dev.athanor.serve;

import dev.athanor.inference.EngineStatistics;
import dev.athanor.inference.GenerationEvent.Failed;
import dev.athanor.inference.GenerationEvent.FinishReason;
import dev.athanor.inference.GenerationEvent.Finished;
import dev.athanor.inference.GenerationEvent;
import dev.athanor.inference.GenerationRequest;
import dev.athanor.inference.Generator;
import dev.athanor.model.DecoderSpec;
import dev.athanor.tokenizer.Tokenizer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Several models in one process that need not fit together: each is opened when a request first asks for it, and the one that was
/// idle longest is closed when the next needs its room. A request waits while its model loads; nothing that is under way is ended for
/// another model's sake.
///
/// Models are opened one at a time, in the order in which they were first asked for. Where the idle ones do not make enough room, a
/// busy one takes no new requests until its last has finished: so no stream of requests to one model shuts another out. Those that it
/// would have taken wait their turn behind the one that needs the room.
///
/// Thread-safe; the lock is the pool itself.
public final class ModelPool implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ModelPool.class);

  /// A model that may be opened.
  ///
  /// @param bytes what it takes when it is open: weights, keys and values, room to work in
  /// @param opener opens it; asked each time anew, also after it has failed
  public record Model(String name, DecoderSpec spec, Tokenizer tokenizer, long bytes, Supplier<Generator> opener) {}

  private enum State {
    CLOSED,
    OPEN,
    /// Open, and to be closed when its last request has finished.
    LEAVING
  }

  private final long budget;
  private final List<Pooled> all = new ArrayList<>();
  /// Those with requests that wait for them to open.
  private final Deque<Pooled> wanted = new ArrayDeque<>();
  private final Thread loader = Thread.ofPlatform().daemon().name("athanor-models").unstarted(this::live);
  private long uses;
  private boolean closed;

  /// @param budget bytes that open models take together at most
  public ModelPool(long budget) {
    this.budget = budget;
    loader.start();
  }

  /// Takes a model in, closed.
  ///
  /// @return a generator whose first request opens it
  /// @throws IllegalArgumentException when it would not fit even alone
  public synchronized Pooled add(Model model) {
    if (model.bytes() > budget) {
      throw new IllegalArgumentException(model.name() + " takes " + model.bytes() + " bytes, more than the " + budget + " of all models");
    }
    Pooled pooled = new Pooled(model);
    all.add(pooled);
    return pooled;
  }

  /// Bytes of the models that are open.
  public synchronized long used() {
    return all.stream().filter(pooled -> pooled.generator != null).mapToLong(pooled -> pooled.model.bytes()).sum();
  }

  /// Ends what runs and waits, and closes all models.
  @Override
  public void close() {
    List<Waiting> left = new ArrayList<>();
    List<Generator> open = new ArrayList<>();
    synchronized (this) {
      closed = true;
      notifyAll();
      for (Pooled pooled : all) {
        left.addAll(pooled.takeWaiting());
      }
    }
    join();
    synchronized (this) {
      for (Pooled pooled : all) {
        if (pooled.generator != null) {
          open.add(pooled.generator);
          pooled.generator = null;
          pooled.state = State.CLOSED;
        }
      }
    }
    left.forEach(Waiting::end);
    open.forEach(Generator::close);
  }

  private void join() {
    boolean interrupted = false;
    while (loader.isAlive()) {
      try {
        loader.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- the loader's thread ----

  private void live() {
    while (true) {
      Pooled next = awaitWanted();
      if (next == null) {
        return;
      }
      if (makeRoom(next)) {
        open(next);
      }
      stay();
    }
  }

  private synchronized @Nullable Pooled awaitWanted() {
    while (!closed && wanted.isEmpty()) {
      sleep();
    }
    return closed ? null : wanted.removeFirst();
  }

  /// Closes others until there is room for one.
  ///
  /// @return whether it is to be opened: it may have been given up, or the pool closed
  private boolean makeRoom(Pooled next) {
    while (true) {
      Pooled victim;
      Generator toClose;
      synchronized (this) {
        if (closed || next.waiting.isEmpty() || next.state == State.OPEN) {
          return false;
        }
        if (next.generator == null && used() + next.model.bytes() <= budget) {
          return true;
        }
        Optional<Pooled> idle = leastRecent(true);
        if (idle.isEmpty()) {
          leastRecent(false).ifPresent(busy -> busy.state = State.LEAVING);
          sleep();
          continue;
        }
        victim = idle.get();
        toClose = victim.leave();
        log.info("closing model {} to make room for {}", victim.model.name(), next.model.name());
      }
      guarded("closing a model", toClose::close);
      closed(victim);
    }
  }

  private Optional<Pooled> leastRecent(boolean idle) {
    return all.stream()
        .filter(pooled -> pooled.generator != null && !pooled.closing && (pooled.users == 0) == idle)
        .min(Comparator.comparingLong(pooled -> pooled.lastUse));
  }

  private synchronized void closed(Pooled pooled) {
    pooled.generator = null;
    pooled.closing = false;
    pooled.state = State.CLOSED;
  }

  private void open(Pooled next) {
    log.info("opening model {}", next.model.name());
    Generator generator;
    try {
      generator = next.model.opener().get();
    } catch (RuntimeException | Error e) {
      List<Waiting> failed;
      synchronized (this) {
        failed = next.takeWaiting();
      }
      log.error("model {} could not be opened", next.model.name(), e);
      failed.forEach(waiting -> waiting.fail(e));
      return;
    }
    List<Waiting> ready;
    synchronized (this) {
      next.generator = generator;
      next.state = State.OPEN;
      next.loads++;
      ready = next.enter();
    }
    ready.forEach(waiting -> waiting.start(generator));
  }

  /// Those that were to leave and need not any more take requests again.
  private void stay() {
    List<Runnable> starts = new ArrayList<>();
    synchronized (this) {
      for (Pooled pooled : all) {
        Generator generator = pooled.generator;
        if (pooled.state == State.LEAVING && !pooled.closing && generator != null) {
          pooled.state = State.OPEN;
          pooled.enter().forEach(waiting -> starts.add(() -> waiting.start(generator)));
        }
      }
    }
    starts.forEach(Runnable::run);
  }

  /// The loader goes on, whatever others throw.
  private static void guarded(String what, Runnable step) {
    try {
      step.run();
    } catch (Throwable e) {
      log.error("{} failed", what, e);
    }
  }

  @SuppressWarnings("WaitNotInLoop") // its callers look again
  private void sleep() {
    try {
      wait();
    } catch (InterruptedException e) {
      closed = true; // nobody but the JVM's end interrupts the loader
    }
  }

  /// A model of the pool, open or not.
  public final class Pooled implements Generator {
    private final Model model;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private State state = State.CLOSED;
    private @Nullable Generator generator;
    private boolean closing;
    /// Requests under way.
    private int users;
    private long lastUse;
    private long loads;
    private long evictions;

    private Pooled(Model model) {
      this.model = model;
    }

    /// Whether it is open.
    public boolean loaded() {
      synchronized (ModelPool.this) {
        return generator != null;
      }
    }

    /// How often it was opened.
    public long loads() {
      synchronized (ModelPool.this) {
        return loads;
      }
    }

    /// How often it was closed for another's sake.
    public long evictions() {
      synchronized (ModelPool.this) {
        return evictions;
      }
    }

    @Override
    public DecoderSpec spec() {
      return model.spec();
    }

    @Override
    public Tokenizer tokenizer() {
      return model.tokenizer();
    }

    /// A request that the model turns down after it has waited for it hears `Failed` instead of an exception.
    @Override
    public Generation submit(GenerationRequest request, Consumer<GenerationEvent> listener) {
      return submitAll(request, List.of(listener)).getFirst();
    }

    @Override
    public List<Generation> submitAll(GenerationRequest request, List<Consumer<GenerationEvent>> listeners) {
      Waiting call = new Waiting(this, request, listeners);
      Generator open;
      synchronized (ModelPool.this) {
        if (closed) {
          throw new IllegalStateException("the models are closed");
        }
        if (state != State.OPEN) {
          waiting.add(call);
          if (!wanted.contains(this)) {
            wanted.addLast(this);
          }
          ModelPool.this.notifyAll();
          return call.handles();
        }
        use(1);
        open = Objects.requireNonNull(generator, "an open model has a generator");
      }
      try {
        call.submit(open);
      } catch (RuntimeException e) {
        finished();
        throw e;
      }
      return call.handles();
    }

    private void use(int requests) {
      users += requests;
      lastUse = ++uses;
    }

    /// Those that wait are under way from now on.
    private List<Waiting> enter() {
      List<Waiting> ready = takeWaiting();
      use(ready.size());
      return ready;
    }

    private List<Waiting> takeWaiting() {
      List<Waiting> taken = new ArrayList<>(waiting);
      waiting.clear();
      wanted.remove(this);
      return taken;
    }

    private Generator leave() {
      closing = true;
      state = State.LEAVING;
      evictions++;
      return Objects.requireNonNull(generator, "only an open model leaves");
    }

    private void finished() {
      synchronized (ModelPool.this) {
        users--;
        ModelPool.this.notifyAll();
      }
    }

    @Override
    public Load load() {
      Generator open;
      int queued;
      synchronized (ModelPool.this) {
        open = generator;
        queued = waiting.size();
      }
      Load own = open == null ? new Load(0, 0) : open.load();
      return new Load(own.running(), own.waiting() + queued);
    }

    /// Of the open model; a model that is opened anew counts anew.
    @Override
    public Optional<EngineStatistics> statistics() {
      Generator open;
      synchronized (ModelPool.this) {
        open = generator;
      }
      return open == null ? Optional.empty() : open.statistics();
    }

    /// The pool closes its models.
    @Override
    public void close() {}
  }

  /// A request on its way to a model and through it.
  private final class Waiting {
    private final Pooled to;
    private final GenerationRequest request;
    private final List<Consumer<GenerationEvent>> listeners;
    private final AtomicInteger unfinished;
    /// Of its texts, those that were cancelled.
    private final Set<Integer> cancelled = new HashSet<>();
    private List<Generator.Generation> generations = List.of();

    Waiting(Pooled to, GenerationRequest request, List<Consumer<GenerationEvent>> listeners) {
      this.to = to;
      this.request = request;
      this.listeners = List.copyOf(listeners);
      unfinished = new AtomicInteger(listeners.size());
    }

    /// One for each of its texts.
    List<Generator.Generation> handles() {
      return IntStream.range(0, listeners.size()).<Generator.Generation>mapToObj(text -> () -> cancel(text)).toList();
    }

    /// It has been counted as under way.
    void start(Generator generator) {
      try {
        submit(generator);
      } catch (RuntimeException e) {
        to.finished();
        fail(e);
      }
    }

    void submit(Generator generator) {
      List<Consumer<GenerationEvent>> heard = new ArrayList<>();
      for (Consumer<GenerationEvent> listener : listeners) {
        heard.add(event -> accept(event, listener));
      }
      List<Generator.Generation> started = generator.submitAll(request, heard);
      List<Generator.Generation> stop;
      synchronized (ModelPool.this) {
        generations = started;
        stop = cancelled.stream().<Generator.Generation>map(started::get).toList();
      }
      stop.forEach(Generator.Generation::cancel);
    }

    void fail(Throwable cause) {
      guarded("telling of a failure", () -> listeners.forEach(listener -> listener.accept(new Failed(cause))));
    }

    private void accept(GenerationEvent event, Consumer<GenerationEvent> listener) {
      switch (event) {
        case GenerationEvent.Text _ -> {}
        case Finished _, Failed _ -> {
          if (unfinished.decrementAndGet() == 0) {
            to.finished();
          }
        }
      }
      listener.accept(event);
    }

    private void cancel(int text) {
      List<Generator.Generation> started;
      boolean waited;
      synchronized (ModelPool.this) {
        cancelled.add(text);
        started = generations;
        waited = started.isEmpty() && cancelled.size() == listeners.size() && to.waiting.remove(this);
        ModelPool.this.notifyAll();
      }
      if (!started.isEmpty()) {
        started.get(text).cancel();
      } else if (waited) {
        end();
      }
    }

    /// Before it has begun.
    void end() {
      listeners.forEach(listener -> listener.accept(new Finished(FinishReason.CANCELLED, request.promptIds().length, 0)));
    }
  }
}
