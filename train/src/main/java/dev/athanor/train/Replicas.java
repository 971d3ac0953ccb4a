package dev.athanor.train;

import dev.athanor.model.ModelSpec;
import dev.athanor.model.MultiTokenModules;
import dev.athanor.nn.ChunkedCrossEntropy;
import dev.athanor.nn.Decoder;
import dev.athanor.nn.Dropout;
import dev.athanor.nn.Hidden;
import dev.athanor.nn.MultiTokenHeads;
import dev.athanor.nn.Network;
import dev.athanor.nn.Parameters;
import dev.athanor.nn.RouterLosses;
import dev.athanor.nn.TokenBatch;
import dev.athanor.tensor.Autocast;
import dev.athanor.tensor.LibTorch;
import dev.athanor.tensor.NoGrad;
import dev.athanor.tensor.Precision;
import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Data parallelism inside one process: each thread runs the model on its own micro-batches over shared weights with gradients
/// of its own, which are then added in a fixed order.
///
/// A small model is bound by small ops, and a team of threads that meets after each of them spends its time meeting: two
/// replicas of one thread each did 15.2k tokens/s where one of two threads did 11.3k (d = 128, 2 layers).
final class Replicas implements AutoCloseable {
  private final List<Replica> replicas = new ArrayList<>();
  private final List<Tensor> leaves = new ArrayList<>();
  private final ExecutorService threads;
  private final int threadsEach;
  private final Manner manner;
  private final double weightAhead;

  /// One thread's model over the shared weights.
  ///
  /// @param further of a decoder that predicts further tokens
  private record Replica(Network network, @Nullable MultiTokenHeads further) {
    List<Parameters> parameters() {
      return further == null ? List.of(network.parameters()) : List.of(network.parameters(), further.parameters());
    }
  }

  /// What predicts further tokens, and its share in the loss.
  ///
  /// @param weight of each module's loss
  record Further(MultiTokenModules modules, Parameters parameters, double weight) {}

  /// How every micro-batch is run.
  record Manner(Regularisation regularisation, boolean checkpointing, Precision precision, long seed) {
    static final Manner PLAIN = new Manner(Regularisation.NONE, false, Precision.F32, 0);

    /// Each micro-batch drops other places.
    Network.Mode mode(long microBatch) {
      return new Network.Mode(new Dropout(regularisation.dropout(), seed).reseeded(microBatch), checkpointing);
    }

    ChunkedCrossEntropy.Regularisation loss() {
      return new ChunkedCrossEntropy.Regularisation(regularisation.labelSmoothing(), regularisation.zLoss());
    }
  }

  Replicas(ModelSpec spec, Parameters parameters, int replicas, int threadsEach) {
    this(spec, parameters, replicas, threadsEach, Manner.PLAIN);
  }

  Replicas(ModelSpec spec, Parameters parameters, int replicas, int threadsEach, Manner manner) {
    this(spec, parameters, null, replicas, threadsEach, manner);
  }

  /// @param further of a decoder, or null
  Replicas(
      ModelSpec spec, Parameters parameters, @Nullable Further further, int replicas, int threadsEach, Manner manner) {
    this.threadsEach = threadsEach;
    this.manner = manner;
    weightAhead = further == null ? 0 : further.weight();
    for (int i = 0; i < replicas; i++) {
      Replica replica = replica(spec, parameters, further);
      replica.parameters().forEach(own -> leaves.addAll(own.byName().values()));
      this.replicas.add(replica);
    }
    threads = Executors.newFixedThreadPool(replicas, Thread.ofPlatform().daemon().name("replica-", 0).factory());
  }

  private static Replica replica(ModelSpec spec, Parameters parameters, @Nullable Further further) {
    Network network = Network.of(spec, parameters.replica());
    if (further == null) {
      return new Replica(network, null);
    }
    if (!(network instanceof Decoder decoder)) {
      throw new IllegalArgumentException("further tokens are predicted of decoders, not of this " + spec.kind());
    }
    return new Replica(network, new MultiTokenHeads(further.modules(), decoder, further.parameters().replica()));
  }

  /// Σ −ln p over all micro-batches; the gradients of `scale` times that are left in the replicas.
  double backward(List<LabelledBatch> microBatches, double scale) {
    return backward(microBatches, 0, scale, 1.0 / microBatches.size());
  }

  /// @param first the number of the first micro-batch in the run
  /// @param routerScale the factor of each micro-batch's router losses
  /// @return Σ −ln p of the next tokens alone
  double backward(List<LabelledBatch> microBatches, long first, double scale, double routerScale) {
    return run(microBatches.size(), (replica, i) -> new double[] {backward(replica, microBatches.get(i), first + i, scale, routerScale)})[0];
  }

  private double backward(Replica replica, LabelledBatch batch, long number, double scale, double routerScale) {
    try (Scope _ = new Scope();
        Autocast _ = new Autocast(manner.precision())) {
      Network.Mode mode = manner.mode(number);
      Hidden hidden = replica.network().hidden(batch.batch(), mode);
      List<ChunkedCrossEntropy.Prediction> predictions = new ArrayList<>();
      List<RouterLosses> routers = new ArrayList<>();
      Learned learned = Learned.of(hidden.states(), batch.targets());
      predictions.add(new ChunkedCrossEntropy.Prediction(learned.hidden(), learned.targets(), scale));
      for (Ahead ahead : ahead(replica, batch, hidden, mode)) {
        Learned further = ahead.learned();
        predictions.add(new ChunkedCrossEntropy.Prediction(further.hidden(), further.targets(), weightAhead * scale));
        routers.add(ahead.routers());
      }
      return ChunkedCrossEntropy.backward(hidden, predictions, replica.network().head(), manner.loss(), routers, routerScale)[0];
    }
  }

  /// What a module says of the tokens that are learned at its distance; never of none.
  private record Ahead(Learned learned, RouterLosses routers) {}

  private static List<Ahead> ahead(Replica replica, LabelledBatch batch, Hidden hidden, Network.Mode mode) {
    MultiTokenHeads heads = replica.further();
    if (heads == null || !(batch.batch() instanceof TokenBatch sequences)) {
      return List.of();
    }
    List<MultiTokenHeads.Ahead> states = heads.forward(sequences, hidden.states(), mode);
    MultiTokenTargets targets = MultiTokenTargets.of(batch, states.size() + 1);
    List<Ahead> ahead = new ArrayList<>();
    for (int module = 1; module <= states.size(); module++) {
      MultiTokenHeads.Ahead of = states.get(module - 1);
      long[] all = targets.ahead(module + 1);
      long[] own = Arrays.stream(of.positions()).map(position -> all[(int) position]).toArray();
      ahead.add(new Ahead(Learned.of(of.states_NC(), own), of.routers()));
    }
    return ahead;
  }

  /// Work on different weights, on the replicas' threads: a team of threads that meets after each op of an optimizer, small as they
  /// are, left a core idle for a quarter of the time.
  void sideBySide(List<Runnable> tasks) {
    List<Future<double[]>> done = new ArrayList<>();
    for (Runnable task : tasks) {
      done.add(
          threads.submit(
              () -> {
                LibTorch.threads(threadsEach);
                task.run();
                return new double[0];
              }));
    }
    join(done);
  }

  /// How well micro-batches are foreseen.
  ///
  /// @param loss nats a learned token
  /// @param accuracy the share of learned tokens that were held for the likeliest
  /// @param ahead the loss of further tokens, by distance
  record Score(double loss, double accuracy, List<Double> ahead) {}

  /// Without gradients.
  Score score(List<LabelledBatch> microBatches) {
    double[] sums = run(microBatches.size(), (replica, i) -> sums(replica, microBatches.get(i)));
    List<Double> ahead = new ArrayList<>();
    for (int at = 3; at < sums.length; at += 2) {
      ahead.add(sums[at] / sums[at + 1]);
    }
    return new Score(sums[0] / sums[2], sums[1] / sums[2], ahead);
  }

  /// Loss, right guesses and tokens; then the loss and the tokens at each further distance.
  private static double[] sums(Replica replica, LabelledBatch batch) {
    try (Scope _ = new Scope();
        NoGrad _ = new NoGrad()) {
      Hidden hidden = replica.network().hidden(batch.batch());
      Learned learned = Learned.of(hidden.states(), batch.targets());
      ChunkedCrossEntropy.Scores scores =
          ChunkedCrossEntropy.scores(learned.hidden(), replica.network().head(), learned.targets());
      List<Ahead> ahead = ahead(replica, batch, hidden, Network.Mode.PLAIN);
      double[] sums = new double[3 + 2 * ahead.size()];
      sums[0] = sum(scores.losses());
      sums[1] = scores.best();
      sums[2] = learned.targets().length;
      for (int i = 0; i < ahead.size(); i++) {
        Learned further = ahead.get(i).learned();
        sums[3 + 2 * i] = sum(ChunkedCrossEntropy.losses(further.hidden(), replica.network().head(), further.targets()));
        sums[4 + 2 * i] = further.targets().length;
      }
      return sums;
    }
  }

  private static double sum(float[] losses) {
    double sum = 0;
    for (float loss : losses) {
      sum += loss;
    }
    return sum;
  }

  /// The gradients of the last [#backward], added up, by weight name; they stay valid until [#clear].
  SequencedMap<String, Tensor> gradients() {
    SequencedMap<String, Tensor> sum = new LinkedHashMap<>();
    for (Replica replica : replicas) {
      for (Parameters parameters : replica.parameters()) {
        parameters
            .byName()
            .forEach(
                (name, leaf) -> {
                  if (leaf.hasGrad()) {
                    Tensor gradient = leaf.grad();
                    Tensor before = sum.putIfAbsent(name, gradient);
                    if (before != null) {
                      before.add_(gradient);
                    }
                  }
                });
      }
    }
    sum.replaceAll((_, gradient) -> gradient.isSparse() ? gradient.coalesce() : gradient);
    return sum;
  }

  void clear() {
    leaves.forEach(Tensor::clearGrad);
  }

  /// Hidden states of the tokens that are learned, and their targets.
  private record Learned(Tensor hidden, long[] targets) {
    static Learned of(Tensor hidden, long[] targets) {
      int count = (int) Arrays.stream(targets).filter(target -> target != LabelledBatch.IGNORED).count();
      if (count == targets.length) {
        return new Learned(hidden, targets);
      }
      long[] rows = new long[count];
      long[] learned = new long[count];
      int at = 0;
      for (int i = 0; i < targets.length; i++) {
        if (targets[i] != LabelledBatch.IGNORED) {
          rows[at] = i;
          learned[at++] = targets[i];
        }
      }
      return new Learned(hidden.indexSelect(0, Tensor.of(rows, count)), learned);
    }
  }

  private interface Work {
    double[] on(Replica replica, int microBatch);
  }

  /// What the work on each micro-batch gives, added up place by place.
  private double[] run(int microBatches, Work work) {
    List<Future<double[]>> shares = new ArrayList<>();
    for (int r = 0; r < replicas.size(); r++) {
      int first = r;
      shares.add(
          threads.submit(
              () -> {
                LibTorch.threads(threadsEach);
                double[] sums = {};
                for (int i = first; i < microBatches; i += replicas.size()) {
                  sums = added(sums, work.on(replicas.get(first), i));
                }
                return sums;
              }));
    }
    return join(shares);
  }

  private static double[] added(double[] a, double[] b) {
    double[] sums = Arrays.copyOf(a.length >= b.length ? a : b, Math.max(a.length, b.length));
    double[] other = a.length >= b.length ? b : a;
    for (int i = 0; i < other.length; i++) {
      sums[i] += other[i];
    }
    return sums;
  }

  /// Waits for all of them, even when this thread is interrupted meanwhile: who stops after a whole step can save it. The
  /// interruption stays for the caller to see.
  private static double[] join(List<Future<double[]>> shares) {
    double[] sums = {};
    boolean interrupted = false;
    @Nullable Throwable failure = null;
    for (Future<double[]> share : shares) {
      for (boolean done = false; !done; ) {
        try {
          sums = added(sums, share.get());
          done = true;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          failure = e.getCause();
          done = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure instanceof RuntimeException cause) {
      throw cause;
    }
    if (failure != null) {
      throw new IllegalStateException("a replica failed", failure);
    }
    return sums;
  }

  @Override
  public void close() {
    threads.shutdownNow();
    leaves.forEach(Tensor::close);
  }
}
