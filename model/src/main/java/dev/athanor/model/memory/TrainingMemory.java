package dev.athanor.model.memory;

import dev.athanor.model.BlockSpec;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.EncoderDecoderSpec;
import dev.athanor.model.EncoderSpec;
import dev.athanor.model.Footprint;
import dev.athanor.model.InductionEmbedding;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.NgramEmbedding;
import dev.athanor.model.Stack;
import dev.athanor.model.VisionLanguageSpec;
import dev.athanor.model.VisionSpec;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import dev.athanor.model.WeightSpec.Role;
import dev.athanor.model.memory.MemorySum.Part;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What training takes of one device's memory at the worst moment: the sum of what the trainer of module `train` allocates. Not in
/// it is the program itself.
///
/// Sixteen bytes a parameter are there before any activation when AdamW trains all of them: the weight, its gradient and two means
/// in f32. In 16-bit products nothing of this is saved: the weights that are updated stay f32. Rajbhandari et al.,
/// https://arxiv.org/abs/1910.02054, section 3.1, come to the same with weights and gradients of two bytes and a copy of four.
public final class TrainingMemory {
  public static final String WEIGHTS = "weights";
  public static final String GRADIENTS = "gradients";
  public static final String OPTIMIZER = "optimizer";
  public static final String ADAPTERS = "adapters";
  public static final String ACTIVATIONS = "activations";
  public static final String LOSS = "loss";
  public static final String BACKWARD = "backward";
  public static final String STEP = "step";
  public static final String ALLOCATOR = "allocator";

  /// Logits are worked out so many at a time, or sixteen rows.
  private static final long LOGITS = 1 << 20;

  private static final long LEAST_ROWS = 16;
  private static final long F32 = 4;

  private final ModelSpec spec;
  private final TrainingRun run;
  private final List<Part> parts = new ArrayList<>();

  private TrainingMemory(ModelSpec spec, TrainingRun run) {
    this.spec = spec;
    this.run = run;
  }

  /// @throws IllegalArgumentException for a vision tower alone, which predicts nothing
  public static MemorySum of(ModelSpec spec, TrainingRun run) {
    return new TrainingMemory(spec, run).sum();
  }

  /// The same as a process on Linux shows it that allocates with glibc, as LibTorch does on a CPU: blocks that are freed leave holes
  /// which others do not fit into. Gradients are freed after each step and find their places taken by activations; blocks that are
  /// run again leave about as much as one of them takes. The shares are fitted to the runs of `bench/run TrainingPeak`, not derived.
  /// With `MALLOC_MMAP_THRESHOLD_=1048576` in the environment the holes are gone, and training is much slower.
  ///
  /// @throws IllegalArgumentException for a vision tower alone, which predicts nothing
  public static MemorySum resident(ModelSpec spec, TrainingRun run) {
    TrainingMemory memory = new TrainingMemory(spec, run);
    List<Part> parts = new ArrayList<>(memory.sum().parts());
    parts.add(new Part(ALLOCATOR, memory.holes(), "holes that malloc leaves, as measured"));
    return new MemorySum(parts);
  }

  private long holes() {
    double gradients = (double) gradients().bytes() / run.replicas();
    double each;
    if (run.checkpointing()) {
      each = gradients + momentary() + passes().stream().mapToLong(pass -> largest(pass).bytes()).max().orElse(0);
    } else {
      each = run.half() ? 0.8 * gradients + 0.35 * activations() : 0.55 * gradients + 0.2 * activations();
    }
    return Math.round(run.replicas() * each + 0.5 * step());
  }

  /// A stack and the sequences that go through it.
  private record Pass(Stack stack, Activations activations) {}

  private List<Pass> passes() {
    return switch (spec) {
      case DecoderSpec decoder -> List.of(pass(decoder.stack(), run.length(), 0));
      case EncoderSpec encoder -> List.of(pass(encoder.stack(), run.length(), 0));
      case EncoderDecoderSpec both ->
          List.of(pass(both.encoder(), run.length(), 0), pass(both.decoder(), run.length(), run.length()));
      case VisionLanguageSpec both ->
          List.of(pass(both.vision().stack(), both.vision().contextLength(), 0), pass(both.decoder().stack(), run.length(), 0));
      case VisionSpec _ -> throw new IllegalArgumentException("a vision tower alone predicts nothing");
    };
  }

  private Pass pass(Stack stack, long length, long source) {
    return new Pass(stack, new Activations(stack, run.sequences(), length, source, Products.of(run)));
  }

  private MemorySum sum() {
    long loss = loss();
    long activations = activations();
    long backward = run.replicas() * (activations + loss + momentary());
    long step = step();
    parts.add(weights());
    run.adapters().ifPresent(adapters -> parts.add(new Part(ADAPTERS, F32 * adapters.parameters(spec), "")));
    parts.add(gradients());
    parts.add(optimizer());
    if (backward >= step) {
      parts.add(new Part(ACTIVATIONS, run.replicas() * activations, activationNote()));
      parts.add(new Part(LOSS, run.replicas() * loss, "a chunk of logits, the head's gradient"));
      parts.add(new Part(BACKWARD, run.replicas() * momentary(), "what backward holds for a moment"));
    } else {
      parts.add(new Part(STEP, step, "what the optimizer's step holds; activations are gone by then"));
    }
    return new MemorySum(parts);
  }

  // ---- what stays from step to step ----

  private long trained() {
    return run.adapters().map(adapters -> adapters.parameters(spec)).orElseGet(spec::parameters);
  }

  private long shared(long bytes, int fromStage) {
    return run.zeroStage() >= fromStage ? Math.ceilDiv(bytes, run.devices()) : bytes;
  }

  private String share(int fromStage) {
    return run.zeroStage() >= fromStage && run.devices() > 1 ? ", 1/" + run.devices() + " of it here" : "";
  }

  private Part weights() {
    Footprint.Precision precision = run.adapters().map(Adapters::base).orElse(Footprint.Precision.F32);
    String frozen = run.adapters().isPresent() ? ", frozen" : "";
    return new Part(WEIGHTS, shared(Footprint.weights(spec, precision), 3), precision.label() + frozen + share(3));
  }

  private Part gradients() {
    long numbers = 0;
    for (WeightSpec weight : WeightNames.weights(spec)) {
      // Of a table there are only the rows that were met.
      long rows = (long) run.sequences() * run.length() * (weight.role() == Role.TABLE ? weight.shape()[1] : 0);
      numbers += weight.role() == Role.TABLE ? 2 * rows : weight.elements();
    }
    long bytes = F32 * run.adapters().map(adapters -> adapters.parameters(spec)).orElse(numbers);
    String each = run.replicas() > 1 ? ", one each for " + run.replicas() + " replicas" : "";
    return new Part(GRADIENTS, run.replicas() * shared(bytes, 2), "f32" + each + share(2));
  }

  private Part optimizer() {
    long numbers = 0;
    if (run.adapters().isPresent()) {
      numbers = run.rule().numbers(true) * trained();
    } else {
      for (WeightSpec weight : WeightNames.weights(spec)) {
        numbers +=
            weight.role() == Role.TABLE ? weight.shape()[0] : run.rule().numbers(isBlockMatrix(weight)) * weight.elements();
      }
    }
    return new Part(OPTIMIZER, shared(F32 * numbers, 1), run.rule().label() + share(1));
  }

  private static boolean isBlockMatrix(WeightSpec weight) {
    return weight.role() == Role.MATRIX || weight.role() == Role.EXPERT;
  }

  // ---- what a micro-batch adds ----

  private String activationNote() {
    String tokens = "%d × %d tokens".formatted(run.sequences(), run.length());
    return run.checkpointing() ? tokens + ", blocks run again in backward" : tokens;
  }

  /// Copies go while gradients come, so of both the larger counts.
  private long activations() {
    Kept kept = new Kept(embedding() + adapterResults(), 0);
    for (Pass pass : passes()) {
      Kept shared = pass.activations().shared().plus(pass.activations().finish());
      Kept blocks =
          run.checkpointing()
              ? largest(pass).plus(new Kept(pass.stack().blocks().size() * pass.activations().stream(), 0))
              : pass.stack().blocks().stream().map(pass.activations()::block).reduce(Kept.NOTHING, Kept::plus);
      kept = kept.plus(shared).plus(blocks);
    }
    return kept.results() + (run.checkpointing() ? kept.copies() : Math.max(0, kept.copies() - gradients().bytes() / run.replicas()));
  }

  private static Kept largest(Pass pass) {
    return pass.stack().blocks().stream()
        .map(pass.activations()::block)
        .max(Comparator.comparingLong(Kept::bytes))
        .orElse(Kept.NOTHING);
  }

  /// What the embedding keeps, look-ups included.
  private long embedding() {
    long positions = (long) run.sequences() * run.length();
    long hidden = spec.hiddenSize();
    long numbers = hidden;
    if (spec instanceof DecoderSpec decoder) {
      numbers += decoder.ngrams().map(NgramEmbedding::width).orElse(0) * 2L + (decoder.ngrams().isPresent() ? 2 * hidden : 0);
      numbers += decoder.induction().map(InductionEmbedding::orders).orElse(List.of()).size() * 3L * hidden;
      numbers += decoder.induction().isPresent() ? 2 * hidden : 0;
    }
    return F32 * positions * numbers;
  }

  /// Each adapter's results: of its lower matrix, its upper one and the sum.
  private long adapterResults() {
    if (run.adapters().isEmpty()) {
      return 0;
    }
    Adapters adapters = run.adapters().get();
    long numbers = 0;
    for (WeightSpec weight : WeightNames.weights(spec)) {
      numbers += adapters.isTarget(weight) && weight.role() == Role.MATRIX ? adapters.rank() + 2 * weight.shape()[0] : 0;
    }
    long blocks = passes().stream().mapToLong(pass -> pass.stack().blocks().size()).sum();
    return (run.half() ? 2 : F32) * run.sequences() * run.length() * numbers / (run.checkpointing() ? blocks : 1);
  }

  private record Vocabulary(long size, boolean tied) {}

  private Vocabulary vocabulary() {
    return switch (spec) {
      case DecoderSpec decoder -> new Vocabulary(decoder.vocabSize(), decoder.head().tied());
      case EncoderDecoderSpec both -> new Vocabulary(both.vocabSize(), both.head().tied());
      case VisionLanguageSpec both -> new Vocabulary(both.decoder().vocabSize(), both.decoder().head().tied());
      case EncoderSpec encoder -> new Vocabulary(encoder.vocabSize(), encoder.top() instanceof EncoderSpec.Top.MaskedLm);
      case VisionSpec _ -> new Vocabulary(0, false);
    };
  }

  /// The chunked cross-entropy: a chunk of logits, the gradient by the hidden states, and the head's, which is a sum of its own
  /// until the pass is over.
  private long loss() {
    Vocabulary vocabulary = vocabulary();
    long positions = (long) run.sequences() * run.length();
    long head = vocabulary.size() * spec.hiddenSize();
    long rows = Math.min(positions, Math.max(LEAST_ROWS, LOGITS / Math.max(1, vocabulary.size())));
    long numbers = rows * vocabulary.size() + positions * spec.hiddenSize();
    boolean again = run.microBatches() > run.replicas();
    boolean trainsHead = run.adapters().isEmpty();
    // A first micro-batch's head gradient becomes the weight's own where it has none yet.
    int sums = !trainsHead ? 1 : vocabulary.tied() ? (again ? 2 : 1) : (again ? 2 : 0);
    return F32 * (numbers + sums * head);
  }

  private long momentary() {
    long most = 0;
    for (Pass pass : passes()) {
      for (BlockSpec block : pass.stack().blocks()) {
        most = Math.max(most, pass.activations().momentary(block));
      }
    }
    return most + gathered();
  }

  /// ZeRO-3: the largest block's weights, whole while it runs.
  private long gathered() {
    if (run.zeroStage() < 3 || run.devices() == 1) {
      return 0;
    }
    Map<String, Long> blocks = new HashMap<>();
    for (WeightSpec weight : WeightNames.weights(spec)) {
      int at = weight.name().indexOf("layers.");
      String block = at < 0 ? weight.name() : weight.name().substring(0, weight.name().indexOf('.', at + "layers.".length()));
      blocks.merge(block, weight.elements(), Long::sum);
    }
    long largest = blocks.values().stream().mapToLong(Long::longValue).max().orElse(0);
    return F32 * largest;
  }

  /// Muon's orthogonalisation of all matrices of one shape at a time: nine copies and, of each of five rounds, two squares.
  private long step() {
    if (run.rule() != UpdateRule.MUON) {
      return 0;
    }
    Map<List<Long>, Long> byShape = new HashMap<>();
    for (WeightSpec weight : WeightNames.weights(spec)) {
      if (isBlockMatrix(weight) && weight.shape().length == 2) {
        byShape.merge(List.of(weight.shape()[0], weight.shape()[1]), 1L, Long::sum);
      }
    }
    long most = 0;
    for (Map.Entry<List<Long>, Long> group : byShape.entrySet()) {
      long rows = Math.min(group.getKey().get(0), group.getKey().get(1));
      long columns = Math.max(group.getKey().get(0), group.getKey().get(1));
      most = Math.max(most, group.getValue() * (9 * rows * columns + 10 * rows * rows));
    }
    return F32 * most;
  }
}
