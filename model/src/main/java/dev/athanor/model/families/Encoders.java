package dev.athanor.model.families;

import dev.athanor.model.Activation;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.DType;
import dev.athanor.model.Embedding;
import dev.athanor.model.EncoderSpec;
import dev.athanor.model.EncoderSpec.Top;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer.Attention;
import dev.athanor.model.Norm;
import dev.athanor.model.NormPlacement;
import dev.athanor.model.Positions;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.Stack;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ObjectNode;

/// What BERT, RoBERTa and XLM-RoBERTa share: learned positions and types, layer norms after each part, biases everywhere.
final class Encoders {
  private Encoders() {}

  /// @param offset the row of the first position
  /// @param prefix of the published class names, "Bert"
  static EncoderSpec spec(Config config, int offset, String prefix) {
    config.requireText("position_embedding_type", "absolute");
    config.requireFlag("is_decoder", false);
    return Config.checked(
        () -> {
          int hidden = config.required("hidden_size");
          int heads = config.required("num_attention_heads");
          int rows = config.integer("max_position_embeddings", 512);
          Activation activation = config.activation("hidden_act", Activation.GELU);
          BlockSpec block =
              new BlockSpec(
                  attention(heads, heads == 0 ? 0 : hidden / heads),
                  new FeedForward.Plain(config.required("intermediate_size"), activation, true));
          Stack stack =
              Stack.bidirectional(
                  hidden,
                  Collections.nCopies(config.required("num_hidden_layers"), block),
                  new Norm.Layer(config.number("layer_norm_eps", 1e-12)),
                  NormPlacement.POST);
          Embedding embedding =
              new Embedding(1, new Positions.Learned(rows, offset), config.integer("type_vocab_size", 2), true);
          return new EncoderSpec(
              config.required("vocab_size"), rows - offset, embedding, stack, top(config, prefix, activation));
        });
  }

  private static Attention attention(int heads, int headDim) {
    return Attention.multiHead(heads, headDim, true, Attention.scale(headDim));
  }

  private static Top top(Config config, String prefix, Activation activation) {
    for (String name : config.architectures()) {
      if (name.equals(prefix + "ForMaskedLM") || name.equals(prefix + "ForPreTraining")) {
        return new Top.MaskedLm(activation);
      }
      if (name.equals(prefix + "ForSequenceClassification")) {
        return new Top.Classifier(config.labels());
      }
      if (name.equals(prefix + "ForTokenClassification")) {
        return new Top.TokenClassifier(config.labelNames());
      }
    }
    return config.architectures().isEmpty() || config.flag("add_pooling_layer", true) ? new Top.Pooled() : new Top.Hidden();
  }

  static String architecture(EncoderSpec spec, String prefix) {
    return switch (spec.top()) {
      case Top.Hidden _, Top.Pooled _ -> prefix + "Model";
      case Top.MaskedLm _ -> prefix + "ForMaskedLM";
      case Top.Classifier _ -> prefix + "ForSequenceClassification";
      case Top.TokenClassifier _ -> prefix + "ForTokenClassification";
    };
  }

  static boolean holds(EncoderSpec spec, int offset) {
    return spec.embedding().equals(
            new Embedding(
                1, new Positions.Learned(spec.contextLength() + offset, offset), spec.embedding().tokenTypes(), true))
        && spec.embedding().tokenTypes() > 0
        && spec.stack().isUniform()
        && spec.stack().placement() == NormPlacement.POST
        && spec.stack().norm() instanceof Norm.Layer
        && spec.stack().relativeBias().isEmpty()
        && !spec.stack().finalNorm()
        && spec.stack().blocks().getFirst().mixer() instanceof Attention a
        && a.equals(attention(a.numHeads(), a.headDim()))
        && a.numHeads() * a.headDim() == spec.hiddenSize()
        && spec.stack().blocks().getFirst().feedForward() instanceof FeedForward.Plain plain
        && plain.bias();
  }

  static ObjectNode write(Family family, EncoderSpec spec, int offset, SpecialTokens special, DType dtype) {
    ObjectNode config = Decoders.start(family, spec, spec.vocabSize(), dtype, special);
    config.put("hidden_size", spec.hiddenSize());
    config.put("num_hidden_layers", spec.stack().blocks().size());
    if (spec.stack().blocks().getFirst().mixer() instanceof Attention a) {
      config.put("num_attention_heads", a.numHeads());
    }
    if (spec.stack().blocks().getFirst().feedForward() instanceof FeedForward.Plain plain) {
      config.put("intermediate_size", plain.intermediateSize());
      config.put("hidden_act", Config.name(plain.activation()));
    }
    config.put("max_position_embeddings", spec.contextLength() + offset);
    config.put("type_vocab_size", spec.embedding().tokenTypes());
    config.put("layer_norm_eps", spec.stack().norm().eps());
    config.put("position_embedding_type", "absolute");
    switch (spec.top()) {
      case Top.Classifier classifier -> putLabels(config, IntStream.range(0, classifier.labels()).mapToObj(i -> "LABEL_" + i).toList());
      case Top.TokenClassifier classifier -> putLabels(config, classifier.labels());
      case Top.Hidden _ -> config.put("add_pooling_layer", false);
      case Top.Pooled _, Top.MaskedLm _ -> {}
    }
    return config;
  }

  private static void putLabels(ObjectNode config, List<String> names) {
    ObjectNode labels = config.putObject("id2label");
    ObjectNode ids = config.putObject("label2id");
    for (int i = 0; i < names.size(); i++) {
      labels.put(String.valueOf(i), names.get(i));
      ids.put(names.get(i), i);
    }
  }

  /// The names of embeddings and blocks under a prefix such as `bert.`.
  static Layout names(String prefix) {
    return new Layout()
        .rename("model.embed_tokens", prefix + "embeddings.word_embeddings")
        .rename("model.embed_positions", prefix + "embeddings.position_embeddings")
        .rename("model.embed_types", prefix + "embeddings.token_type_embeddings")
        .rename("model.embed_norm", prefix + "embeddings.LayerNorm")
        .rename("model.layers.", prefix + "encoder.layer.")
        .rename(".self_attn.q_proj", ".attention.self.query")
        .rename(".self_attn.k_proj", ".attention.self.key")
        .rename(".self_attn.v_proj", ".attention.self.value")
        .rename(".self_attn.o_proj", ".attention.output.dense")
        .rename(".post_attention_layernorm", ".attention.output.LayerNorm")
        .rename(".mlp.up_proj", ".intermediate.dense")
        .rename(".mlp.down_proj", ".output.dense")
        .rename(".post_feedforward_layernorm", ".output.LayerNorm");
  }

  /// Checkpoints converted from TensorFlow call a norm's weight and bias gamma and beta, and bare models leave the prefix out.
  static String currentName(String stored, String prefix) {
    String name = stored.replace("LayerNorm.gamma", "LayerNorm.weight").replace("LayerNorm.beta", "LayerNorm.bias");
    boolean bare = name.startsWith("embeddings.") || name.startsWith("encoder.") || name.startsWith("pooler.");
    return bare ? prefix + name : name;
  }
}
