package dev.athanor.inference;

import dev.athanor.inference.Residual.Norms;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer;
import dev.athanor.model.Rope;
import dev.athanor.model.Stack;
import dev.athanor.model.WeightNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes of a stack's [BlockSpec]s and a checkpoint the steps of a pass.
final class BlockLoader {
  private record Turn(Rope rope, int headDim) {}

  private final Weights weights;
  private final Stack stack;
  private final HeapKv memory;
  private final Stream stream;
  private final Scratch scratch;
  private final LoraSites sites;
  private final Map<Turn, Rotation> rotations = new LinkedHashMap<>();

  BlockLoader(Weights weights, Stack stack, HeapKv memory, Stream stream, Scratch scratch, LoraSites sites) {
    this.memory = memory;
    this.weights = weights;
    this.stack = stack;
    this.stream = stream;
    this.scratch = scratch;
    this.sites = sites;
  }

  /// The blocks of a range, part by part.
  List<Residual> steps(BlockRange range) {
    List<Residual> steps = new ArrayList<>();
    for (int index = range.from(); index < range.to(); index++) {
      steps.addAll(steps(index));
    }
    return List.copyOf(steps);
  }

  /// Those of one block.
  List<Residual> steps(int index) {
    List<Residual> steps = new ArrayList<>();
    BlockSpec block = stack.blocks().get(index);
    WeightNames.Block names = WeightNames.block(index);
    steps.add(new Residual(norms(names.inputNormPart(), names.postNormPart()), mixer(block.mixer(), index), stream));
    feedForward(block.feedForward(), names).ifPresent(part -> steps.add(new Residual(feedNorms(names), part, stream)));
    return steps;
  }

  /// How the blocks that were loaded turn.
  List<Rotation> rotations() {
    return List.copyOf(rotations.values());
  }

  private BlockPart mixer(Mixer mixer, int index) {
    return switch (mixer) {
      case Mixer.Attention attention ->
          new AttentionPart(
              weights, attention, stack.causal(), stack.norm().eps(), index, memory.keyValues(index), rotation(attention), distances(attention), stream, scratch.frame(), sites);
      case Mixer.Mamba mamba -> new MambaPart(weights, mamba, index, memory, stream, scratch.frame(), sites);
      case Mixer.Mamba2 mamba -> new Mamba2Part(weights, mamba, index, memory, stream, scratch.frame(), sites);
    };
  }

  private Optional<BlockPart> feedForward(FeedForward feedForward, WeightNames.Block names) {
    return switch (feedForward) {
      case FeedForward.Gated gated ->
          Optional.of(
              new GatedPart(Gated.load(weights, names, gated.bias(), sites), gated.activation(), stream, scratch.frame()));
      case FeedForward.Plain plain -> Optional.of(new PlainPart(weights, plain, names, stream, scratch.frame(), sites));
      case FeedForward.Experts experts -> Optional.of(new ExpertsPart(weights, experts, names, stream, scratch, sites));
      case FeedForward.None _ -> Optional.empty();
    };
  }

  private Optional<Rotation> rotation(Mixer.Attention attention) {
    return attention
        .rope()
        .map(
            rope ->
                rotations.computeIfAbsent(
                    new Turn(rope, attention.headDim()), turn -> new Rotation(turn.rope(), turn.headDim(), scratch)));
  }

  private DistanceBias distances(Mixer.Attention attention) {
    return stack
        .relativeBias()
        .map(facts -> DistanceBias.load(weights, facts, attention.numHeads()))
        .orElseGet(() -> DistanceBias.none(attention.numHeads()));
  }

  private Norms feedNorms(WeightNames.Block names) {
    String before =
        switch (stack.placement()) {
          case PRE -> names.postNormPart();
          case POST, SANDWICH -> names.preFeedNormPart();
        };
    return norms(before, names.postFeedNormPart());
  }

  private Norms norms(String before, String after) {
    return switch (stack.placement()) {
      case PRE -> new Norms.Pre(norm(before));
      case POST -> new Norms.Post(norm(after));
      case SANDWICH -> new Norms.Both(norm(before), norm(after));
    };
  }

  private RowNorm norm(String part) {
    return RowNorm.load(weights, stack.norm(), part);
  }
}
