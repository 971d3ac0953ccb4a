package dev.athanor.model.memory;

import dev.athanor.model.Footprint.Precision;
import dev.athanor.model.ModelSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Looks for the way of serving nearest to a wanted one that fits; as [TrainingSearch] does.
public final class InferenceSearch {
  private static final int NEXT_PRECISION = 3;
  private static final int NEXT_CACHE = 2;
  private static final int HALF_SEQUENCES = 4;
  private static final int HALF_CONTEXT = 6;
  private static final int LEAST_CONTEXT = 256;

  private static final List<List<Precision>> COARSER =
      List.of(List.of(Precision.F32), List.of(Precision.BF16, Precision.F16), List.of(Precision.INT8), List.of(Precision.INT4));

  private final ModelSpec spec;
  private final Device device;

  public InferenceSearch(ModelSpec spec, Device device) {
    this.spec = spec;
    this.device = device;
  }

  public MemorySum memory(InferenceRun run) {
    return InferenceMemory.of(spec, run);
  }

  public boolean fits(InferenceRun run) {
    return memory(run).bytes() <= device.room();
  }

  private record Candidate(InferenceRun run, int price) {}

  /// The nearest way that fits; empty when none does.
  public Optional<InferenceRun> nearest(InferenceRun wanted) {
    List<Candidate> candidates = new ArrayList<>();
    List<CacheNumbers> all = List.of(CacheNumbers.values());
    List<CacheNumbers> caches = all.subList(all.indexOf(wanted.cache()), all.size());
    int precision = 0;
    for (Precision weights : noFinerThan(wanted.weights())) {
      for (int coarser = 0; coarser < caches.size(); coarser++) {
        int price = NEXT_PRECISION * precision + NEXT_CACHE * coarser;
        candidates.addAll(smaller(wanted.withWeights(weights).withCache(caches.get(coarser)), price));
      }
      precision++;
    }
    return candidates.stream()
        .sorted(Comparator.comparingInt(Candidate::price))
        .map(Candidate::run)
        .filter(this::fits)
        .findFirst();
  }

  private static List<Precision> noFinerThan(Precision wanted) {
    List<Precision> some = new ArrayList<>();
    for (List<Precision> alike : COARSER) {
      if (alike.contains(wanted)) {
        some.add(wanted);
      } else if (!some.isEmpty()) {
        some.add(alike.getFirst());
      }
    }
    return some;
  }

  private static List<Candidate> smaller(InferenceRun run, int price) {
    List<Candidate> some = new ArrayList<>();
    int byBatch = price;
    for (int sequences = run.sequences(); sequences >= 1; sequences /= 2, byBatch += HALF_SEQUENCES) {
      int both = byBatch;
      for (int context = run.context(); ; context /= 2, both += HALF_CONTEXT) {
        some.add(new Candidate(run.withSequences(sequences).withContext(context), both));
        if (context / 2 < LEAST_CONTEXT) {
          break;
        }
      }
    }
    return some;
  }

  /// The longest context that fits for as many sequences, up to the model's own; 0 when none does.
  public int longestContext(InferenceRun run) {
    return LargestThat.fits(spec.contextLength(), context -> fits(run.withContext(context)));
  }

  /// The most sequences of this context that fit; 0 when not even one does.
  public int mostSequences(InferenceRun run) {
    return LargestThat.fits(1 << 16, sequences -> fits(run.withSequences(sequences)));
  }
}
