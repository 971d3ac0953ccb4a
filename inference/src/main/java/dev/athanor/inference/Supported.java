package dev.athanor.inference;

import dev.athanor.base.UserException;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Activation;
import dev.athanor.model.Embedding;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Head;
import dev.athanor.model.Mixer;
import dev.athanor.model.Norm;
import dev.athanor.model.NormPlacement;
import dev.athanor.model.Rope;
import java.util.ArrayList;
import java.util.List;

/// What the CPU engine has kernels for.
final class Supported {
  private Supported() {}

  /// @throws UserException telling every part of a decoder that this engine cannot compute
  static void require(DecoderSpec spec) {
    List<String> missing = new ArrayList<>();
    if (!spec.embedding().equals(Embedding.PLAIN)) {
      missing.add("learned positions or scaled embeddings");
    }
    if (!spec.stack().isUniform()) {
      missing.add("blocks that differ from one another");
    }
    if (spec.stack().placement() != NormPlacement.PRE) {
      missing.add("norms after a block's parts");
    }
    if (!(spec.norm() instanceof Norm.Rms rms) || rms.zeroCentred()) {
      missing.add("norms other than RMS");
    }
    if (!spec.head().equals(Head.of(spec.tiedHead()))) {
      missing.add("heads with a bias or a soft cap");
    }
    switch (spec.stack().blocks().getFirst().mixer()) {
      case Mixer.Attention a -> {
        if (!a.withRope(a.rope().map(rope -> new Rope(rope.theta())))
            .equals(
                new Mixer.Attention(
                    a.numHeads(), a.numKvHeads(), a.headDim(), new Rope(a.rope().map(Rope::theta).orElse(1.0)), a.qkNorm(), a.qkvBias()))) {
          missing.add("attention without rotation, with a window, a soft cap or an output bias");
        }
        if (a.rope().isPresent() && !(a.rope().get().scaling() instanceof Rope.Scaling.None)) {
          missing.add("rope scaling");
        }
      }
      case Mixer.Mamba _, Mixer.Mamba2 _ -> missing.add("state spaces");
    }
    if (!(spec.stack().blocks().getFirst().feedForward() instanceof FeedForward.Gated gated)
        || gated.bias()
        || gated.activation() != Activation.SILU) {
      missing.add("feed-forward parts other than SwiGLU without biases");
    }
    if (!missing.isEmpty()) {
      throw new UserException("the CPU engine cannot compute this model yet; it lacks: " + String.join("; ", missing));
    }
  }
}
