package dev.athanor.train;

import dev.athanor.model.ModelSpec;
import dev.athanor.model.memory.MemorySum;
import dev.athanor.model.memory.TrainingMemory;
import dev.athanor.model.memory.TrainingRun;
import dev.athanor.model.memory.UpdateRule;
import dev.athanor.tensor.Precision;
import dev.athanor.train.optim.Adam;
import dev.athanor.train.optim.AdamW;
import dev.athanor.train.optim.Muon;
import dev.athanor.train.optim.OptimizerSettings;
import dev.athanor.train.optim.RowAdagrad;
import dev.athanor.train.optim.Sgd;
import java.util.Optional;
import java.util.OptionalInt;

/// Everything that decides what training does, besides the model, its data and its seed. Two runs of one plan on one machine
/// give the same bits.
///
/// @param steps optimizer steps
/// @param microBatches a step; their gradients are added
/// @param replicas threads that run micro-batches side by side; a power of the machine, recorded because it decides the
///     order of additions
/// @param threadsEach threads inside each replica's ops
/// @param optimizer of all weights that neither `muon` nor `tables` has
/// @param muon for the blocks' matrices; without it `optimizer` has them too
/// @param tables for the tables of n-grams, of which a step touches a few rows
/// @param clip the longest gradient, as a Euclidean norm over all weights
/// @param checkpointing keep each block's input only and run the block again in backward: less memory for a third more time
/// @param precision of products
/// @param patience stop after so many looks at the validation data without a new lowest loss, and take the weights of the lowest
/// @param multiToken further tokens that a decoder predicts
public record TrainPlan(
    long steps,
    int microBatches,
    int replicas,
    int threadsEach,
    Schedule schedule,
    OptimizerSettings optimizer,
    Optional<Muon.Settings> muon,
    RowAdagrad.Settings tables,
    double clip,
    Regularisation regularisation,
    boolean checkpointing,
    Precision precision,
    OptionalInt patience,
    Optional<MultiTokenPrediction> multiToken) {
  public TrainPlan {
    if (steps < 1 || microBatches < 1 || replicas < 1 || threadsEach < 1) {
      throw new IllegalArgumentException("steps, micro-batches, replicas and threads must be positive");
    }
    if (!(clip > 0)) {
      throw new IllegalArgumentException("clip must be positive, not " + clip);
    }
    if (patience.isPresent() && patience.getAsInt() < 1) {
      throw new IllegalArgumentException("patience must be positive, not " + patience.getAsInt());
    }
  }

  /// Without what is rarely asked for.
  public TrainPlan(
      long steps,
      int microBatches,
      int replicas,
      int threadsEach,
      Schedule schedule,
      OptimizerSettings optimizer,
      Optional<Muon.Settings> muon,
      double clip) {
    this(
        steps,
        microBatches,
        replicas,
        threadsEach,
        schedule,
        optimizer,
        muon,
        RowAdagrad.Settings.DEFAULT,
        clip,
        Regularisation.NONE,
        false,
        Precision.F32,
        OptionalInt.empty(),
        Optional.empty());
  }

  /// What training by this plan takes as resident memory, beside the program itself.
  ///
  /// @param sequences in a micro-batch
  /// @param length of each, in tokens
  public MemorySum memory(ModelSpec spec, int sequences, int length) {
    UpdateRule rule =
        switch (optimizer) {
          case AdamW.Settings _, Adam.Settings _ -> UpdateRule.ADAMW;
          case Sgd.Settings sgd -> sgd.momentum() > 0 ? UpdateRule.MOMENTUM : UpdateRule.SGD;
        };
    return TrainingMemory.resident(
        spec,
        new TrainingRun(
            sequences,
            length,
            microBatches,
            replicas,
            precision != Precision.F32,
            muon.isPresent() ? UpdateRule.MUON : rule,
            checkpointing,
            1,
            0,
            Optional.empty()));
  }

  public TrainPlan withSteps(long other) {
    return new TrainPlan(
        other, microBatches, replicas, threadsEach, schedule, optimizer, muon, tables, clip, regularisation, checkpointing, precision, patience,
        multiToken);
  }

  public TrainPlan with(RowAdagrad.Settings otherTables) {
    return new TrainPlan(
        steps, microBatches, replicas, threadsEach, schedule, optimizer, muon, otherTables, clip, regularisation, checkpointing, precision, patience,
        multiToken);
  }

  public TrainPlan with(Regularisation other) {
    return new TrainPlan(
        steps, microBatches, replicas, threadsEach, schedule, optimizer, muon, tables, clip, other, checkpointing, precision, patience,
        multiToken);
  }

  public TrainPlan with(Precision other) {
    return new TrainPlan(
        steps, microBatches, replicas, threadsEach, schedule, optimizer, muon, tables, clip, regularisation, checkpointing, other, patience,
        multiToken);
  }

  public TrainPlan withCheckpointing(boolean other) {
    return new TrainPlan(
        steps, microBatches, replicas, threadsEach, schedule, optimizer, muon, tables, clip, regularisation, other, precision, patience,
        multiToken);
  }

  public TrainPlan withPatience(OptionalInt other) {
    return new TrainPlan(
        steps, microBatches, replicas, threadsEach, schedule, optimizer, muon, tables, clip, regularisation, checkpointing, precision, other,
        multiToken);
  }

  public TrainPlan withMultiToken(Optional<MultiTokenPrediction> other) {
    return new TrainPlan(
        steps, microBatches, replicas, threadsEach, schedule, optimizer, muon, tables, clip, regularisation, checkpointing, precision, patience,
        other);
  }
}
