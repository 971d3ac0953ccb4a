package dev.athanor.model.memory;

import dev.athanor.model.Footprint;
import dev.athanor.model.ModelSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Looks for the training run nearest to a wanted one that fits.
///
/// Each step away from what was wanted has a price: dear is what changes the result, cheap what costs time alone. The fitting run
/// with the lowest sum of prices is the nearest; all combinations are looked at.
public final class TrainingSearch {
  /// A micro-batch of half the size is the same step in twice as many.
  private static final int HALF_BATCH = 2;
  private static final int CHECKPOINTING = 3;
  private static final int ZERO_STAGE = 4;
  private static final int SIXTEEN_BITS = 5;
  private static final int HALF_LENGTH = 40;
  private static final int LORA = 60;
  private static final int QLORA = 70;
  private static final int RANK = 16;

  private final ModelSpec spec;
  private final Device device;

  public TrainingSearch(ModelSpec spec, Device device) {
    this.spec = spec;
    this.device = device;
  }

  /// What the run takes on this device beside the program.
  public MemorySum memory(TrainingRun run) {
    return device.host() ? TrainingMemory.resident(spec, run) : TrainingMemory.of(spec, run);
  }

  public boolean fits(TrainingRun run) {
    return memory(run).bytes() <= device.room();
  }

  private record Candidate(TrainingRun run, int price) {}

  /// The nearest run that fits; empty when none does.
  public Optional<TrainingRun> nearest(TrainingRun wanted) {
    List<Candidate> candidates = List.of(new Candidate(wanted, 0));
    candidates = with(candidates, TrainingSearch::batches);
    candidates = with(candidates, TrainingSearch::checkpointing);
    candidates = with(candidates, TrainingSearch::zero);
    candidates = with(candidates, TrainingSearch::precision);
    candidates = with(candidates, TrainingSearch::lengths);
    candidates = with(candidates, TrainingSearch::adapters);
    return candidates.stream()
        .sorted(Comparator.comparingInt(Candidate::price))
        .map(Candidate::run)
        .filter(this::fits)
        .findFirst();
  }

  /// The most sequences of this length that fit in a micro-batch; 0 when not even one does.
  public int mostSequences(TrainingRun run) {
    return LargestThat.fits(1 << 16, sequences -> fits(run.withSequences(sequences)));
  }

  private interface Choices {
    List<Candidate> of(Candidate before);
  }

  private static List<Candidate> with(List<Candidate> all, Choices choices) {
    return all.stream().flatMap(candidate -> choices.of(candidate).stream()).toList();
  }

  private static List<Candidate> batches(Candidate before) {
    List<Candidate> some = new ArrayList<>(List.of(before));
    TrainingRun run = before.run();
    int price = before.price();
    while (run.sequences() > 1) {
      price += HALF_BATCH;
      run = run.withSequences(run.sequences() / 2).withMicroBatches(2 * run.microBatches());
      some.add(new Candidate(run, price));
    }
    return some;
  }

  private static List<Candidate> checkpointing(Candidate before) {
    return before.run().checkpointing()
        ? List.of(before)
        : List.of(before, new Candidate(before.run().withCheckpointing(true), before.price() + CHECKPOINTING));
  }

  private static List<Candidate> zero(Candidate before) {
    List<Candidate> some = new ArrayList<>(List.of(before));
    TrainingRun run = before.run();
    for (int stage = run.zeroStage() + 1; run.devices() > 1 && stage <= 3; stage++) {
      int price = before.price() + ZERO_STAGE * (stage - run.zeroStage());
      some.add(new Candidate(run.withZero(run.devices(), stage), price));
    }
    return some;
  }

  private static List<Candidate> precision(Candidate before) {
    return before.run().half()
        ? List.of(before)
        : List.of(before, new Candidate(before.run().withHalf(true), before.price() + SIXTEEN_BITS));
  }

  private static List<Candidate> lengths(Candidate before) {
    List<Candidate> some = new ArrayList<>(List.of(before));
    TrainingRun run = before.run();
    int price = before.price();
    while (run.length() > 512) {
      price += HALF_LENGTH;
      run = run.withLength(run.length() / 2);
      some.add(new Candidate(run, price));
    }
    return some;
  }

  private static List<Candidate> adapters(Candidate before) {
    List<Candidate> some = new ArrayList<>(List.of(before));
    TrainingRun run = before.run();
    int rank = run.adapters().map(Adapters::rank).orElse(RANK);
    Adapters.Targets targets = run.adapters().map(Adapters::targets).orElse(Adapters.Targets.ALL);
    if (run.adapters().isEmpty()) {
      Adapters lora = new Adapters(rank, targets, Footprint.Precision.BF16);
      some.add(new Candidate(run.withAdapters(Optional.of(lora)), before.price() + LORA));
    }
    if (run.adapters().isEmpty() || run.adapters().get().base() != Footprint.Precision.INT4) {
      Adapters qlora = new Adapters(rank, targets, Footprint.Precision.INT4);
      some.add(new Candidate(run.withAdapters(Optional.of(qlora)), before.price() + QLORA));
    }
    return some;
  }
}
