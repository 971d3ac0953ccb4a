package dev.athanor.train;

import dev.athanor.train.optim.AdamW;
import dev.athanor.train.optim.Muon;
import dev.athanor.train.optim.RowAdagrad;
import java.util.Optional;

/// Everything that decides what training does, besides the model, its data and its seed. Two runs of one plan on one machine
/// give the same bits.
///
/// @param steps optimizer steps
/// @param microBatches a step; their gradients are added
/// @param replicas threads that run micro-batches side by side; a power of the machine, recorded because it decides the
///     order of additions
/// @param threadsEach threads inside each replica's ops
/// @param muon for the blocks' matrices; without it AdamW has all weights
/// @param tables for the tables of n-grams, of which a step touches a few rows
/// @param clip the longest gradient, as a Euclidean norm over all weights
public record TrainPlan(
    long steps,
    int microBatches,
    int replicas,
    int threadsEach,
    Schedule schedule,
    AdamW.Settings adamW,
    Optional<Muon.Settings> muon,
    RowAdagrad.Settings tables,
    double clip) {
  public TrainPlan {
    if (steps < 1 || microBatches < 1 || replicas < 1 || threadsEach < 1) {
      throw new IllegalArgumentException("steps, micro-batches, replicas and threads must be positive");
    }
    if (!(clip > 0)) {
      throw new IllegalArgumentException("clip must be positive, not " + clip);
    }
  }

  public TrainPlan(
      long steps,
      int microBatches,
      int replicas,
      int threadsEach,
      Schedule schedule,
      AdamW.Settings adamW,
      Optional<Muon.Settings> muon,
      double clip) {
    this(steps, microBatches, replicas, threadsEach, schedule, adamW, muon, RowAdagrad.Settings.DEFAULT, clip);
  }

  TrainPlan withSteps(long other) {
    return new TrainPlan(other, microBatches, replicas, threadsEach, schedule, adamW, muon, tables, clip);
  }
}
