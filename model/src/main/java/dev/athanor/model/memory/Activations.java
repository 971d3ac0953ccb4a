package dev.athanor.model.memory;

import dev.athanor.model.Activation;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer;
import dev.athanor.model.Norm;
import dev.athanor.model.Stack;

/// What each block of a stack keeps of a forward pass: the results of its ops, in the order in which module `nn` makes them.
///
/// B sequences of L positions, N = B · L; C hidden size.
final class Activations {
  private final Stack stack;
  private final long sequences;
  private final long length;
  private final long sourceLength;
  private final Products products;
  private final long positions;
  private final long hidden;

  /// @param sourceLength of the encoder's sequences, where the stack attends to one
  Activations(Stack stack, long sequences, long length, long sourceLength, Products products) {
    this.stack = stack;
    this.sequences = sequences;
    this.length = length;
    this.sourceLength = sourceLength;
    this.products = products;
    positions = sequences * length;
    hidden = stack.hiddenSize();
  }

  private Ledger ledger() {
    return new Ledger(positions, products);
  }

  /// A block's input, or any other vector a position.
  long stream() {
    return 4 * positions * hidden;
  }

  /// One block.
  Kept block(BlockSpec block) {
    Kept kept =
        switch (block.mixer()) {
          case Mixer.Attention a -> part(attention(a));
          case Mixer.Mamba m -> part(StateSpaceActivations.mamba(m, hidden, sequences, length, products));
          case Mixer.Mamba2 m -> part(StateSpaceActivations.mamba2(m, hidden, sequences, length, products));
        };
    if (stack.cross().isPresent()) {
      kept = kept.plus(part(cross(stack.cross().get())));
    }
    return switch (block.feedForward()) {
      case FeedForward.None _ -> kept;
      case FeedForward.Gated gated -> kept.plus(part(gated(gated.intermediateSize(), gated.activation(), ledger()).kept()));
      case FeedForward.Plain plain -> kept.plus(part(plain(plain).kept()));
      case FeedForward.Experts experts -> kept.plus(part(experts(experts)));
    };
  }

  /// What all blocks share: the rotation's table, masks.
  Kept shared() {
    long rotation = 0;
    long mask = 0;
    for (BlockSpec block : stack.blocks()) {
      if (block.mixer() instanceof Mixer.Attention a) {
        rotation = Math.max(rotation, a.rope().isPresent() ? 2L * a.headDim() : 0);
        boolean masked = a.window().isPresent() && a.window().getAsInt() < length;
        mask = Math.max(mask, masked ? length * length : 0);
      }
    }
    return ledger().f32(rotation).f32InAll(mask).kept();
  }

  /// The final norm.
  Kept finish() {
    return stack.finalNorm() ? norm() : Kept.NOTHING;
  }

  private Kept norm() {
    return switch (stack.norm()) {
      case Norm.Rms _ -> ledger().f32(hidden).hidden(1).kept();
      case Norm.Layer _ -> ledger().f32(hidden).hidden(2).kept();
    };
  }

  /// A part with its norms and the sum that it is added into.
  private Kept part(Kept inner) {
    Kept sum = ledger().f32(hidden).kept();
    Kept kept = inner.plus(sum).plus(norm());
    return switch (stack.placement()) {
      case PRE, POST -> kept;
      case SANDWICH -> kept.plus(norm());
    };
  }

  private Kept attention(Mixer.Attention a) {
    long queries = (long) a.numHeads() * a.headDim();
    long keys = (long) a.numKvHeads() * a.headDim();
    Ledger kept = ledger().linear(hidden, queries).linear(hidden, keys).linear(hidden, keys);
    if (a.qkNorm()) {
      kept.f32(products.areHalf() ? queries + keys : 0).f32(queries + keys).hidden(a.numHeads() + a.numKvHeads());
    }
    boolean turned = a.rope().isPresent();
    if (turned) {
      turn(kept, a.qkNorm(), queries + keys);
    }
    boolean inF32 = turned || a.qkNorm();
    if (a.numHeads() > a.numKvHeads()) {
      kept.like(queries); // the values of each group, repeated
      if (inF32) {
        kept.f32(queries);
      } else {
        kept.like(queries);
      }
    }
    kept.cast(inF32 ? 2 * positions * queries : 0);
    boolean relative = stack.relativeBias().isPresent();
    if (a.softcap().isPresent() || relative) {
      wholeScores(kept, a, relative ? 3 : 6);
    } else {
      kept.like(queries).hidden(a.numHeads());
    }
    return kept.linearOfHalf(queries, hidden).kept();
  }

  /// Halves exchanged, two products, their sum.
  private static void turn(Ledger kept, boolean inF32, long numbers) {
    if (inF32) {
      kept.f32(numbers);
    } else {
      kept.like(numbers);
    }
    kept.f32(3 * numbers);
  }

  /// Scores that are held as a square a head.
  private void wholeScores(Ledger kept, Mixer.Attention a, int squares) {
    long heads = a.numHeads();
    kept.like(squares * heads * length).like(4 * heads * a.headDim());
  }

  private Kept cross(Mixer.Attention a) {
    long queries = (long) a.numHeads() * a.headDim();
    long keys = (long) a.numKvHeads() * a.headDim();
    Ledger ofSource = new Ledger(sequences * sourceLength, products).linear(hidden, keys).linear(hidden, keys);
    return ledger().linear(hidden, queries).like(queries).like(queries).hidden(a.numHeads()).linearOfHalf(queries, hidden).kept()
        .plus(ofSource.kept());
  }

  private Ledger gated(long inner, Activation activation, Ledger kept) {
    kept.linear(hidden, inner);
    activate(kept, activation, inner);
    return kept.linear(hidden, inner).like(inner).linearOfHalf(inner, hidden);
  }

  private Ledger plain(FeedForward.Plain plain) {
    Ledger kept = ledger().linear(hidden, plain.intermediateSize());
    activate(kept, plain.activation(), plain.intermediateSize());
    return kept.linearOfHalf(plain.intermediateSize(), hidden);
  }

  private static void activate(Ledger kept, Activation activation, long inner) {
    switch (activation) {
      case SILU, GELU, GELU_TANH, RELU -> kept.like(inner);
      case QUICK_GELU -> kept.like(3 * inner);
    }
  }

  private Kept experts(FeedForward.Experts experts) {
    long k = experts.perToken();
    Kept router = ledger().linear(hidden, experts.numExperts()).f32(experts.numExperts()).f32(5 * k + 1).kept();
    // Every expert's weights are met, by its own part of the assignments.
    Ledger chosen = new Ledger(positions * k, products).f32(hidden);
    gated(experts.intermediateSize(), experts.activation(), chosen);
    chosen.weights(3 * hidden * experts.intermediateSize() * (experts.numExperts() - 1L));
    chosen.like(2 * hidden).f32(hidden);
    Kept mixed = ledger().f32(hidden).kept();
    Kept sum = router.plus(chosen.kept()).plus(mixed);
    return experts.shared().isEmpty()
        ? sum
        : sum.plus(gated(experts.shared().getAsInt(), experts.activation(), ledger()).f32(hidden).kept());
  }

  /// The gradients that backward holds at a time inside a block, beside those of weights.
  long momentary(BlockSpec block) {
    long mixer =
        switch (block.mixer()) {
          case Mixer.Attention a -> 4L * a.numHeads() * a.headDim();
          case Mixer.Mamba m -> 4L * m.innerSize();
          case Mixer.Mamba2 m -> 4L * m.innerSize();
        };
    long feed =
        switch (block.feedForward()) {
          case FeedForward.None _ -> 0;
          case FeedForward.Gated gated -> 3L * gated.intermediateSize();
          case FeedForward.Plain plain -> 2L * plain.intermediateSize();
          case FeedForward.Experts experts -> experts.perToken() * (2 * hidden + 3L * experts.intermediateSize());
        };
    return 4 * positions * (2 * hidden + Math.max(mixer, feed));
  }
}
