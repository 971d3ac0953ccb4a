package dev.athanor.model.memory;

import java.util.Optional;

/// The facts of a training run that decide its memory.
///
/// @param sequences in a micro-batch
/// @param length of each, in tokens
/// @param microBatches a step, over all replicas
/// @param replicas that run micro-batches side by side over shared weights, in one process
/// @param half products in 16 bits (bf16 or f16), weights and their updates in f32
/// @param checkpointing only each block's input is kept, and the block is run again in backward
/// @param devices that share the work, each with data of its own
/// @param zeroStage what they share out among them: 1 the optimizer's state, 2 the gradients too, 3 the weights too; 0 nothing.
///     Rajbhandari et al., https://arxiv.org/abs/1910.02054
/// @param adapters trained in place of the weights; empty for full training
public record TrainingRun(
    int sequences,
    int length,
    int microBatches,
    int replicas,
    boolean half,
    UpdateRule rule,
    boolean checkpointing,
    int devices,
    int zeroStage,
    Optional<Adapters> adapters) {

  public TrainingRun {
    if (sequences < 1 || length < 1 || microBatches < 1 || replicas < 1 || devices < 1) {
      throw new IllegalArgumentException("sequences, their length, micro-batches, replicas and devices must be positive");
    }
    if (zeroStage < 0 || zeroStage > 3) {
      throw new IllegalArgumentException("ZeRO has the stages 0 to 3, not " + zeroStage);
    }
  }

  /// One replica on one device, all weights in f32.
  public static TrainingRun plain(int sequences, int length) {
    return new TrainingRun(sequences, length, 1, 1, false, UpdateRule.ADAMW, false, 1, 0, Optional.empty());
  }

  public TrainingRun withSequences(int other) {
    return new TrainingRun(other, length, microBatches, replicas, half, rule, checkpointing, devices, zeroStage, adapters);
  }

  public TrainingRun withLength(int other) {
    return new TrainingRun(sequences, other, microBatches, replicas, half, rule, checkpointing, devices, zeroStage, adapters);
  }

  public TrainingRun withMicroBatches(int other) {
    return new TrainingRun(sequences, length, other, replicas, half, rule, checkpointing, devices, zeroStage, adapters);
  }

  public TrainingRun withHalf(boolean other) {
    return new TrainingRun(sequences, length, microBatches, replicas, other, rule, checkpointing, devices, zeroStage, adapters);
  }

  public TrainingRun withRule(UpdateRule other) {
    return new TrainingRun(sequences, length, microBatches, replicas, half, other, checkpointing, devices, zeroStage, adapters);
  }

  public TrainingRun withCheckpointing(boolean other) {
    return new TrainingRun(sequences, length, microBatches, replicas, half, rule, other, devices, zeroStage, adapters);
  }

  public TrainingRun withZero(int otherDevices, int stage) {
    return new TrainingRun(sequences, length, microBatches, replicas, half, rule, checkpointing, otherDevices, stage, adapters);
  }

  public TrainingRun withAdapters(Optional<Adapters> other) {
    return new TrainingRun(sequences, length, microBatches, replicas, half, rule, checkpointing, devices, zeroStage, other);
  }
}
