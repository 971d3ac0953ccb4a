package dev.athanor.model.families;

import dev.athanor.base.Json;
import dev.athanor.model.Activation;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.DType;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Embedding;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Head;
import dev.athanor.model.Mixer.Attention;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.Norm;
import dev.athanor.model.NormPlacement;
import dev.athanor.model.Rope;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.Stack;
import dev.athanor.model.WeightNames;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What the Llama-like families share: rotated attention, gated feed-forward parts, RMS norms before each part.
final class Decoders {
  private static final String FULL = "full_attention";
  private static final String SLIDING = "sliding_attention";

  private Decoders() {}

  /// Attention as `config.json` states it, without a window.
  static Attention attention(Config config, int headDim, boolean qkNorm, boolean qkvBias, boolean outputBias, double theta) {
    int numHeads = config.required("num_attention_heads");
    return new Attention(
            numHeads, config.integer("num_key_value_heads", numHeads), headDim, RopeConfig.read(config, theta), qkNorm, qkvBias)
        .withOutputBias(outputBias);
  }

  /// `head_dim`, or `hidden_size / num_attention_heads` where it is missing.
  static int headDim(Config config) {
    int heads = Math.max(1, config.required("num_attention_heads"));
    return config.integer("head_dim", config.required("hidden_size") / heads);
  }

  /// The window of each block: `layer_types` where the file lists them, else `otherwise`.
  static IntFunction<OptionalInt> windows(Config config, Predicate<Integer> otherwise) {
    List<String> types = new ArrayList<>();
    config.json().path("layer_types").forEach(type -> types.add(type.asString("")));
    for (String type : types) {
      if (!type.equals(FULL) && !type.equals(SLIDING)) {
        throw new dev.athanor.base.UserException(
            "layer_types holds '" + type + "'; supported are " + FULL + " and " + SLIDING);
      }
    }
    return layer -> {
      boolean sliding = layer < types.size() ? types.get(layer).equals(SLIDING) : otherwise.test(layer);
      return sliding ? config.optionalInteger("sliding_window") : OptionalInt.empty();
    };
  }

  /// A decoder of `num_hidden_layers` blocks.
  static DecoderSpec spec(Config config, IntFunction<BlockSpec> block, int maxPositions, boolean tiedByDefault) {
    int layers = config.required("num_hidden_layers");
    List<BlockSpec> blocks = IntStream.range(0, layers).mapToObj(block).toList();
    Norm norm = new Norm.Rms(config.number("rms_norm_eps", 1e-6));
    Stack stack = Stack.causal(config.required("hidden_size"), blocks, norm, NormPlacement.PRE);
    int positions = config.integer("max_position_embeddings", maxPositions);
    int context =
        blocks.getFirst().mixer() instanceof Attention a && a.rope().isPresent()
            ? RopeConfig.contextLength(positions, a.rope().get())
            : positions;
    return new DecoderSpec(
        config.required("vocab_size"), context, Embedding.PLAIN, stack, Head.of(config.flag("tie_word_embeddings", tiedByDefault)));
  }

  static FeedForward.Gated swiGlu(Config config, String sizeKey, boolean bias) {
    return new FeedForward.Gated(config.required(sizeKey), config.activation("hidden_act", Activation.SILU), bias);
  }

  /// Whether it is a decoder of rotated attention with RMS norms before its parts, and nothing that only some families have:
  /// what remains to be asked are biases, windows, query/key norms and the feed-forward part.
  static boolean isLlamaLike(DecoderSpec spec) {
    return spec.embedsTokensOnly()
        && spec.embedding().equals(Embedding.PLAIN)
        && spec.head().equals(Head.of(spec.tiedHead()))
        && spec.stack().placement() == NormPlacement.PRE
        && spec.stack().finalNorm()
        && spec.stack().relativeBias().isEmpty()
        && spec.norm() instanceof Norm.Rms rms
        && !rms.zeroCentred()
        && spec.stack().blocks().stream().allMatch(block -> block.mixer() instanceof Attention a && isPlain(a))
        && spec.stack().blocks().stream()
            .map(block -> ((Attention) block.mixer()).withWindow(OptionalInt.empty()))
            .distinct()
            .count()
            == 1;
  }

  private static boolean isPlain(Attention a) {
    return a.rope().isPresent()
        && a.softcap().equals(OptionalDouble.empty())
        && a.scale() == Attention.scale(a.headDim());
  }

  /// Whether all feed-forward parts are this one kind, alike.
  static boolean feedsAlike(DecoderSpec spec, Class<? extends FeedForward> kind) {
    FeedForward first = spec.stack().blocks().getFirst().feedForward();
    return kind.isInstance(first) && spec.stack().blocks().stream().allMatch(block -> block.feedForward().equals(first));
  }

  static boolean hasWindow(DecoderSpec spec) {
    return spec.stack().blocks().stream().anyMatch(block -> block.mixer() instanceof Attention a && a.window().isPresent());
  }

  /// Whether every block has the window of the first.
  static boolean hasOneWindow(DecoderSpec spec) {
    return spec.stack().blocks().stream().map(BlockSpec::mixer).distinct().count() == 1;
  }

  /// A tied head may be stored twice, and old checkpoints store what follows from the configuration.
  static boolean isSpare(String name, ModelSpec spec) {
    return (spec instanceof DecoderSpec decoder && decoder.tiedHead() && name.equals(WeightNames.head()))
        || name.endsWith("rotary_emb.inv_freq");
  }

  /// The keys that all of these families share.
  static ObjectNode write(Family family, DecoderSpec spec, SpecialTokens special, DType dtype) {
    Attention attention = spec.attention();
    ObjectNode config = start(family, spec, spec.vocabSize(), dtype, special);
    config.put("hidden_size", spec.hiddenSize());
    switch (spec.stack().blocks().getFirst().feedForward()) {
      case FeedForward.Gated gated -> {
        config.put("intermediate_size", gated.intermediateSize());
        config.put("hidden_act", Config.name(gated.activation()));
      }
      case FeedForward.Experts experts -> {
        config.put("intermediate_size", experts.intermediateSize());
        config.put("hidden_act", Config.name(experts.activation()));
      }
      case FeedForward.Plain _, FeedForward.None _ -> throw new IllegalArgumentException("no gated feed-forward part");
    }
    config.put("num_hidden_layers", spec.numLayers());
    config.put("num_attention_heads", attention.numHeads());
    config.put("num_key_value_heads", attention.numKvHeads());
    config.put("head_dim", attention.headDim());
    Rope rope = attention.rope().orElseThrow();
    config.put("max_position_embeddings", RopeConfig.maxPositions(spec.contextLength(), rope));
    config.put("rms_norm_eps", spec.norm().eps());
    RopeConfig.write(config, rope);
    config.put("tie_word_embeddings", spec.tiedHead());
    config.put("attention_dropout", 0.0);
    config.put("use_cache", true);
    return config;
  }

  /// `layer_types` and `sliding_window`.
  static void writeWindows(ObjectNode config, DecoderSpec spec) {
    config.putNull("sliding_window");
    ArrayNode types = config.putArray("layer_types");
    for (BlockSpec block : spec.stack().blocks()) {
      OptionalInt window = block.mixer() instanceof Attention a ? a.window() : OptionalInt.empty();
      types.add(window.isPresent() ? SLIDING : FULL);
      window.ifPresent(size -> config.put("sliding_window", size));
    }
  }

  /// The first keys of every configuration.
  static ObjectNode start(Family family, ModelSpec spec, int vocabSize, DType dtype, SpecialTokens special) {
    ObjectNode config = Json.MAPPER.createObjectNode();
    config.putArray("architectures").add(family.architecture(spec));
    config.put("model_type", family.modelType());
    config.put("vocab_size", vocabSize);
    config.put("torch_dtype", dtype.torchName());
    writeSpecial(config, special);
    return config;
  }

  /// `bos_token_id` and `eos_token_id`, the same in config.json and generation_config.json.
  private static void writeSpecial(ObjectNode config, SpecialTokens special) {
    if (special.bos().isPresent()) {
      config.put("bos_token_id", special.bos().getAsInt());
    } else {
      // Left out, the published library would fill in a default of its own.
      config.putNull("bos_token_id");
    }
    switch (special.eos().size()) {
      case 0 -> config.putNull("eos_token_id");
      case 1 -> config.put("eos_token_id", special.eos().getFirst());
      default -> {
        ArrayNode ids = config.putArray("eos_token_id");
        special.eos().forEach(ids::add);
      }
    }
  }
}
