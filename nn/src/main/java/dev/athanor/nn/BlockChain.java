package dev.athanor.nn;

import dev.athanor.model.BlockSpec;
import dev.athanor.model.Mixer;
import dev.athanor.model.Rope;
import dev.athanor.model.Stack;
import dev.athanor.model.WeightNames;
import dev.athanor.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A [Stack] as a chain of blocks over [Parameters] that it does not own.
final class BlockChain {
  private final Stack stack;
  private final String name;
  private final Parameters parameters;
  private final List<BlockLayer> blocks = new ArrayList<>();

  /// @param name of the stack, as `WeightNames` has it
  BlockChain(Stack stack, String name, Parameters parameters) {
    this.stack = stack;
    this.name = name;
    this.parameters = parameters;
    Map<Turn, Rotary.Table> tables = new HashMap<>();
    for (int i = 0; i < stack.blocks().size(); i++) {
      blocks.add(new BlockLayer(stack, parameters, WeightNames.block(name, i), i, angles(stack.blocks().get(i), tables)));
    }
  }

  private record Turn(Rope rope, int headDim) {}

  /// Blocks that turn alike share their angles.
  private static Rotary.@Nullable Table angles(BlockSpec block, Map<Turn, Rotary.Table> tables) {
    return block.mixer() instanceof Mixer.Attention a && a.rope().isPresent()
        ? tables.computeIfAbsent(
            new Turn(a.rope().get(), a.headDim()), turn -> new Rotary.Table(turn.rope(), turn.headDim()))
        : null;
  }

  int size() {
    return blocks.size();
  }

  Tensor forward(Tensor x_NC, Pass pass) {
    return finish(forward(x_NC, pass, blocks.size()));
  }

  /// The hidden states after the first blocks, without the final norm.
  Tensor forward(Tensor x_NC, Pass pass, int firstBlocks) {
    Tensor x = x_NC;
    for (int i = 0; i < firstBlocks; i++) {
      x = block(i, x, pass);
    }
    return x;
  }

  Tensor block(int index, Tensor x_NC, Pass pass) {
    return blocks.get(index).forward(x_NC, pass, relative());
  }

  private @Nullable RelativeScores relative() {
    return stack.relativeBias()
        .map(bias -> new RelativeScores(bias, !stack.causal(), parameters.get(WeightNames.relativeBias(name))))
        .orElse(null);
  }

  /// The final norm, where the stack has one.
  Tensor finish(Tensor x_NC) {
    return stack.finalNorm() ? Affine.norm(stack.norm(), parameters, WeightNames.stackNorm(name), x_NC) : x_NC;
  }

  Cache newCache() {
    return new Cache(stack);
  }
}
