package dev.athanor.model.gguf;

import dev.athanor.model.Activation;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Embedding;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Head;
import dev.athanor.model.Mixer.Attention;
import dev.athanor.model.Norm;
import dev.athanor.model.NormPlacement;
import dev.athanor.model.Positions;
import dev.athanor.model.Stack;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;

/// GPT-2: queries, keys and values in one matrix, stored upright.
record GgufGpt2() implements GgufArchitecture {
  @Override
  public String name() {
    return "gpt2";
  }

  @Override
  public boolean interleaved() {
    return false;
  }

  @Override
  public boolean headTwice() {
    return true;
  }

  @Override
  public DecoderSpec spec(GgufKeys keys) {
    int hidden = keys.required("embedding_length");
    int heads = keys.required("attention.head_count");
    keys.require("attention.head_count_kv", heads);
    int context = keys.required("context_length");
    int headDim = hidden / Math.max(1, heads);
    Attention attention = Attention.multiHead(heads, headDim, true, Attention.scale(headDim));
    FeedForward feed = new FeedForward.Plain(keys.required("feed_forward_length"), Activation.GELU_TANH, true);
    Norm norm = new Norm.Layer(keys.requiredReal("attention.layer_norm_epsilon"));
    return new DecoderSpec(
        GgufModel.vocabSize(keys.file()),
        context,
        new Embedding(1, new Positions.Learned(context, 0), 0, false),
        Stack.causal(
            hidden,
            Collections.nCopies(GgufModel.numLayers(keys), new BlockSpec(attention, feed)),
            norm,
            NormPlacement.PRE),
        Head.of(isTied(keys.file())));
  }

  private static boolean isTied(GgufFile file) {
    GgufTensor head = file.tensors().get(GgufLayout.HEAD);
    GgufTensor embedding = file.tensor(GgufLayout.EMBEDDING);
    return head == null || (head.type() == embedding.type() && head.data().mismatch(embedding.data()) < 0);
  }

  @Override
  public Optional<String> misfit(DecoderSpec spec) {
    boolean fits =
        spec.stack().blocks().getFirst().feedForward() instanceof FeedForward.Plain plain
            && plain.activation() == Activation.GELU_TANH;
    return fits ? Optional.empty() : Optional.of("its activation is another than GELU by tanh");
  }

  @Override
  public void put(DecoderSpec spec, Map<String, GgufValue> metadata) {
    metadata.put("gpt2.context_length", GgufValue.u32(spec.contextLength()));
    metadata.put("gpt2.embedding_length", GgufValue.u32(spec.hiddenSize()));
    metadata.put("gpt2.block_count", GgufValue.u32(spec.numLayers()));
    if (spec.stack().blocks().getFirst().feedForward() instanceof FeedForward.Plain plain) {
      metadata.put("gpt2.feed_forward_length", GgufValue.u32(plain.intermediateSize()));
    }
    metadata.put("gpt2.attention.head_count", GgufValue.u32(spec.attention().numHeads()));
    metadata.put("gpt2.attention.layer_norm_epsilon", GgufValue.f32(spec.norm().eps()));
  }
}
