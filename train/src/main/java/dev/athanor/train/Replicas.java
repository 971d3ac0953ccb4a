package dev.athanor.train;

import dev.athanor.model.ModelSpec;
import dev.athanor.nn.ChunkedCrossEntropy;
import dev.athanor.nn.Dropout;
import dev.athanor.nn.Hidden;
import dev.athanor.nn.Network;
import dev.athanor.nn.Parameters;
import dev.athanor.tensor.Autocast;
import dev.athanor.tensor.LibTorch;
import dev.athanor.tensor.NoGrad;
import dev.athanor.tensor.Precision;
import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import java.util.ArrayList;
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
  private final List<Network> networks = new ArrayList<>();
  private final List<Tensor> leaves = new ArrayList<>();
  private final ExecutorService threads;
  private final int threadsEach;
  private final Manner manner;

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
    this.threadsEach = threadsEach;
    this.manner = manner;
    for (int i = 0; i < replicas; i++) {
      Parameters replica = parameters.replica();
      leaves.addAll(replica.byName().values());
      networks.add(Network.of(spec, replica));
    }
    threads = Executors.newFixedThreadPool(replicas, Thread.ofPlatform().daemon().name("replica-", 0).factory());
  }

  /// Σ −ln p over all micro-batches; the gradients of `scale` times that are left in the replicas.
  double backward(List<LabelledBatch> microBatches, double scale) {
    return backward(microBatches, 0, scale, 1.0 / microBatches.size());
  }

  /// @param first the number of the first micro-batch in the run
  /// @param routerScale the factor of each micro-batch's router losses
  double backward(List<LabelledBatch> microBatches, long first, double scale, double routerScale) {
    return run(
        microBatches.size(),
        (network, i) -> {
          LabelledBatch batch = microBatches.get(i);
          try (Scope _ = new Scope();
              Autocast _ = new Autocast(manner.precision())) {
            Hidden hidden = network.hidden(batch.batch(), manner.mode(first + i));
            Learned learned = Learned.of(hidden.states(), batch);
            return ChunkedCrossEntropy.backward(
                hidden,
                learned.hidden(),
                network.head(),
                learned.targets(),
                manner.loss(),
                scale,
                routerScale);
          }
        });
  }

  /// Work on different weights, on the replicas' threads: a team of threads that meets after each op of an optimizer, small as they
  /// are, left a core idle for a quarter of the time.
  void sideBySide(List<Runnable> tasks) {
    List<Future<Double>> done = new ArrayList<>();
    for (Runnable task : tasks) {
      done.add(
          threads.submit(
              () -> {
                LibTorch.threads(threadsEach);
                task.run();
                return 0.0;
              }));
    }
    join(done);
  }

  /// Σ −ln p over all micro-batches, without gradients.
  double loss(List<LabelledBatch> microBatches) {
    return run(
        microBatches.size(),
        (network, i) -> {
          LabelledBatch batch = microBatches.get(i);
          try (Scope _ = new Scope();
              NoGrad _ = new NoGrad()) {
            Learned learned = Learned.of(network.hidden(batch.batch()).states(), batch);
            double sum = 0;
            for (float loss :
                ChunkedCrossEntropy.losses(learned.hidden(), network.head(), learned.targets())) {
              sum += loss;
            }
            return sum;
          }
        });
  }

  /// The gradients of the last [#backward], added up, by weight name; they stay valid until [#clear].
  SequencedMap<String, Tensor> gradients() {
    SequencedMap<String, Tensor> sum = new LinkedHashMap<>();
    for (Network network : networks) {
      network
          .parameters()
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
    sum.replaceAll((_, gradient) -> gradient.isSparse() ? gradient.coalesce() : gradient);
    return sum;
  }

  void clear() {
    leaves.forEach(Tensor::clearGrad);
  }

  /// Hidden states of the tokens that are learned, and their targets.
  private record Learned(Tensor hidden, long[] targets) {
    static Learned of(Tensor hidden, LabelledBatch batch) {
      int count = batch.learned();
      if (count == batch.targets().length) {
        return new Learned(hidden, batch.targets());
      }
      long[] rows = new long[count];
      long[] targets = new long[count];
      int at = 0;
      for (int i = 0; i < batch.targets().length; i++) {
        if (batch.targets()[i] != LabelledBatch.IGNORED) {
          rows[at] = i;
          targets[at++] = batch.targets()[i];
        }
      }
      return new Learned(hidden.indexSelect(0, Tensor.of(rows, count)), targets);
    }
  }

  private interface Work {
    double on(Network network, int microBatch);
  }

  private double run(int microBatches, Work work) {
    List<Future<Double>> shares = new ArrayList<>();
    for (int r = 0; r < networks.size(); r++) {
      int first = r;
      shares.add(
          threads.submit(
              () -> {
                LibTorch.threads(threadsEach);
                double sum = 0;
                for (int i = first; i < microBatches; i += networks.size()) {
                  sum += work.on(networks.get(first), i);
                }
                return sum;
              }));
    }
    return join(shares);
  }

  /// Waits for all of them, even when this thread is interrupted meanwhile: who stops after a whole step can save it. The
  /// interruption stays for the caller to see.
  private static double join(List<Future<Double>> shares) {
    double sum = 0;
    boolean interrupted = false;
    @Nullable Throwable failure = null;
    for (Future<Double> share : shares) {
      for (boolean done = false; !done; ) {
        try {
          sum += share.get();
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
    return sum;
  }

  @Override
  public void close() {
    threads.shutdownNow();
    leaves.forEach(Tensor::close);
  }
}
