package dev.athanor.nn;

import dev.athanor.tensor.NoGrad;
import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a network made of a batch, and the way back through it.
public final class Hidden {
  private final Tensor states_NC;
  private final RouterLosses routers;
  private final @Nullable Recomputed recomputed;

  Hidden(Tensor states_NC, RouterLosses routers) {
    this(states_NC, routers, null);
  }

  private Hidden(Tensor states_NC, RouterLosses routers, @Nullable Recomputed recomputed) {
    this.states_NC = states_NC;
    this.routers = routers;
    this.recomputed = recomputed;
  }

  /// [N, hidden], after the final norm
  public Tensor states() {
    return states_NC;
  }

  public RouterLosses routers() {
    return routers;
  }

  /// Back-propagates into all weights, the routers' losses included.
  ///
  /// @param from each follows from [#states]
  /// @param gradients of the loss by each of `from`
  /// @param further routers that came after the states
  /// @param routerScale the factor of the routers' losses
  public void backward(List<Tensor> from, List<Tensor> gradients, List<RouterLosses> further, double routerScale) {
    List<Tensor> routerLosses = new ArrayList<>(further.stream().flatMap(each -> each.weighted().stream()).toList());
    if (recomputed == null) {
      routers.weighted().ifPresent(routerLosses::add);
      joint(from, gradients, routerLosses, routerScale);
    } else {
      joint(from, gradients, routerLosses, routerScale);
      recomputed.backward(routers, routerScale);
    }
  }

  private static void joint(List<Tensor> from, List<Tensor> gradients, List<Tensor> routerLosses, double routerScale) {
    List<Tensor> results = new ArrayList<>(from);
    List<Tensor> by = new ArrayList<>(gradients);
    for (Tensor loss : routerLosses) {
      results.add(loss);
      by.add(Tensor.zeros(1).fill_(routerScale).view());
    }
    Tensor.backward(results, by);
  }

  /// A chain of blocks run without a graph: only each block's input is kept, and backward runs each block again, last to first.
  /// Chen et al., https://arxiv.org/abs/1604.06174
  static Hidden checkpointed(
      Supplier<Tensor> embed,
      int blocks,
      Block block,
      RouterLosses routers,
      Function<Tensor, Tensor> finish) {
    List<Tensor> inputs = new ArrayList<>();
    Tensor x;
    try (NoGrad _ = new NoGrad()) {
      x = embed.get();
      for (int i = 0; i < blocks; i++) {
        inputs.add(x);
        try (Scope scope = new Scope()) {
          x = scope.keep(block.forward(i, x, routers));
        }
      }
    }
    Tensor last = x.detach().requireGrad();
    return new Hidden(finish.apply(last), routers, new Recomputed(embed, block, inputs, last));
  }

  /// Runs one block.
  interface Block {
    Tensor forward(int index, Tensor x_NC, RouterLosses routers);
  }

  private record Recomputed(
      Supplier<Tensor> embed, Block block, List<Tensor> inputs, Tensor last) {
    void backward(RouterLosses whole, double routerScale) {
      Tensor gradient = last.grad();
      for (int i = inputs.size() - 1; i >= 0; i--) {
        try (Scope scope = new Scope()) {
          Tensor x = inputs.get(i).detach().requireGrad();
          RouterLosses own = new RouterLosses();
          Tensor y = block.forward(i, x, own);
          joint(List.of(y), List.of(gradient), own.weighted(whole).stream().toList(), routerScale);
          gradient = scope.keep(x.grad());
        }
      }
      embed.get().backward(gradient);
    }
  }
}
