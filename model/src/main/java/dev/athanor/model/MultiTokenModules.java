package dev.athanor.model;

import java.util.List;
import java.util.Optional;

/// What predicts a decoder's further tokens while it trains: a chain of modules, of which the n-th says at each position the token
/// n + 1 places ahead. DeepSeek-AI, https://arxiv.org/abs/2412.19437, section 2.2
///
/// Each takes what the one before it made (the first: the decoder's hidden states) and the embedding of the token n places ahead, each
/// through a norm of its own, side by side through a projection to the hidden size; then come a block like the decoder's last, a norm,
/// and the decoder's own head. They are no part of the model: they teach it to look further, and are left behind when it is saved.
///
/// @param count of modules
public record MultiTokenModules(DecoderSpec decoder, int count) {
  private static final String PREFIX = "mtp.";

  public MultiTokenModules {
    Facts.require(count > 0, "multi-token prediction needs at least one module");
  }

  /// The block of each module, with the norm after it.
  public Stack stack() {
    Stack whole = decoder.stack();
    return new Stack(
        whole.hiddenSize(),
        List.of(whole.blocks().getLast()),
        whole.norm(),
        whole.placement(),
        true,
        Optional.empty(),
        whole.relativeBias(),
        whole.finalNorm());
  }

  /// The weights of all modules, in the order of computation.
  public List<WeightSpec> weights() {
    return WeightLists.of(this);
  }

  /// The name of a module, and of its stack.
  ///
  /// @param module from 1: how many tokens ahead the embedding is that it takes
  public static String name(int module) {
    return PREFIX + module + ".";
  }

  /// The norm on what came before, without `.weight` or `.bias`.
  public static String hiddenNorm(int module) {
    return name(module) + "hidden_norm";
  }

  /// The norm on the further token's embedding, without `.weight` or `.bias`.
  public static String embeddingNorm(int module) {
    return name(module) + "embedding_norm";
  }

  /// From both, side by side, to the hidden size: [hidden, 2 · hidden]
  public static String projection(int module) {
    return name(module) + "proj.weight";
  }
}
