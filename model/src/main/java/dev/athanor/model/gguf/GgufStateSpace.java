package dev.athanor.model.gguf;

import dev.athanor.model.BlockSpec;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Embedding;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Head;
import dev.athanor.model.Mixer;
import dev.athanor.model.Norm;
import dev.athanor.model.NormPlacement;
import dev.athanor.model.Stack;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;

/// Mamba and Mamba-2. The kernel of the convolution has lost its middle dimension, and A stands for its logarithm.
///
/// @param second Mamba-2
record GgufStateSpace(String name, boolean second) implements GgufArchitecture {
  static final GgufStateSpace MAMBA = new GgufStateSpace("mamba", false);
  static final GgufStateSpace MAMBA2 = new GgufStateSpace("mamba2", true);

  /// Ours, for Mamba-2: positions that are multiplied out together, which changes no result.
  private static final String CHUNK = "athanor.mamba2.chunk";

  @Override
  public boolean interleaved() {
    return false;
  }

  @Override
  public boolean headTwice() {
    return false;
  }

  @Override
  public DecoderSpec spec(GgufKeys keys) {
    double eps = keys.requiredReal("attention.layer_norm_rms_epsilon");
    BlockSpec block = new BlockSpec(second ? mamba2(keys, eps) : mamba(keys), new FeedForward.None());
    return new DecoderSpec(
        GgufModel.vocabSize(keys.file()),
        keys.required("context_length"),
        Embedding.PLAIN,
        Stack.causal(
            keys.required("embedding_length"),
            Collections.nCopies(GgufModel.numLayers(keys), block),
            new Norm.Rms(eps),
            NormPlacement.PRE),
        Head.of(!keys.file().has(GgufLayout.HEAD)));
  }

  private static Mixer mamba(GgufKeys keys) {
    if (keys.file().flag(keys.name("ssm.dt_b_c_rms")).orElse(false)) {
      throw keys.bad("'" + keys.name("ssm.dt_b_c_rms") + "' is true, which is not supported (Falcon Mamba)");
    }
    return new Mixer.Mamba(
        keys.required("ssm.inner_size"),
        keys.required("ssm.state_size"),
        keys.required("ssm.conv_kernel"),
        keys.required("ssm.time_step_rank"),
        true,
        false);
  }

  private static Mixer mamba2(GgufKeys keys, double eps) {
    int heads = keys.required("ssm.time_step_rank");
    int groups = keys.required("ssm.group_count");
    if (groups != 1) {
      throw keys.bad("'" + keys.name("ssm.group_count") + "' is " + groups + ", which is not supported: " + GROUPS);
    }
    return new Mixer.Mamba2(
        heads,
        keys.required("ssm.inner_size") / Math.max(1, heads),
        groups,
        keys.required("ssm.state_size"),
        keys.required("ssm.conv_kernel"),
        (int) keys.file().integer(CHUNK).orElse(256),
        true,
        false,
        eps);
  }

  private static final String GROUPS =
      "llama.cpp normalises each group by itself, the published checkpoints of Hugging Face all of them together";

  @Override
  public Optional<String> misfit(DecoderSpec spec) {
    return switch (spec.stack().blocks().getFirst().mixer()) {
      case Mixer.Mamba m -> {
        if (!m.convBias() || m.projectionBias()) {
          yield Optional.of("its convolution has no bias, or its projections have one");
        }
        boolean doubled = m.innerSize() == 2 * spec.hiddenSize();
        yield doubled ? Optional.empty() : Optional.of("its inner size is not twice the hidden size");
      }
      case Mixer.Mamba2 m -> {
        if (!m.convBias() || m.projectionBias()) {
          yield Optional.of("its convolution has no bias, or its projections have one");
        }
        yield m.groups() == 1 ? Optional.empty() : Optional.of("it has " + m.groups() + " groups, and " + GROUPS);
      }
      case Mixer.Attention _ -> throw new IllegalArgumentException("no state space");
    };
  }

  @Override
  public void put(DecoderSpec spec, Map<String, GgufValue> metadata) {
    metadata.put(name + ".context_length", GgufValue.u32(spec.contextLength()));
    metadata.put(name + ".embedding_length", GgufValue.u32(spec.hiddenSize()));
    metadata.put(name + ".feed_forward_length", GgufValue.u32(0)); // unused, but asked for
    metadata.put(name + ".attention.head_count", GgufValue.u32(0));
    metadata.put(name + ".block_count", GgufValue.u32(spec.numLayers()));
    switch (spec.stack().blocks().getFirst().mixer()) {
      case Mixer.Mamba m -> put(metadata, m.convKernel(), m.innerSize(), m.stateSize(), m.dtRank());
      case Mixer.Mamba2 m -> {
        put(metadata, m.convKernel(), m.innerSize(), m.stateSize(), m.numHeads());
        metadata.put(name + ".ssm.group_count", GgufValue.u32(m.groups()));
        metadata.put(CHUNK, GgufValue.u32(m.chunk()));
      }
      case Mixer.Attention _ -> throw new IllegalArgumentException("no state space");
    }
    metadata.put(name + ".attention.layer_norm_rms_epsilon", GgufValue.f32(spec.norm().eps()));
  }

  private void put(Map<String, GgufValue> metadata, int kernel, int inner, int state, int rank) {
    metadata.put(name + ".ssm.conv_kernel", GgufValue.u32(kernel));
    metadata.put(name + ".ssm.inner_size", GgufValue.u32(inner));
    metadata.put(name + ".ssm.state_size", GgufValue.u32(state));
    metadata.put(name + ".ssm.time_step_rank", GgufValue.u32(rank));
  }
}
