package dev.athanor.model.families;

import dev.athanor.base.UserException;
import dev.athanor.model.Activation;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.DType;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Embedding;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Head;
import dev.athanor.model.Mixer;
import dev.athanor.model.Norm;
import dev.athanor.model.NormPlacement;
import dev.athanor.model.Rope;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.Stack;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// A decoder of our own family from its sizes: blocks that attend, blocks of a state space, or both in turn, each with a gated
/// feed-forward part or a mixture of experts. Its "configuration" is a list of [Setting]s under their labels.
final class FreshDecoder {
  private final Config config;
  private final Set<Setting> asked = EnumSet.noneOf(Setting.class);

  private FreshDecoder(Config config) {
    this.config = config;
  }

  static Form form(Form form) {
    for (Setting setting :
        List.of(Setting.VOCAB_SIZE, Setting.HIDDEN_SIZE, Setting.LAYERS, Setting.INTERMEDIATE_SIZE)) {
      form.needs(setting, setting.label());
    }
    for (Setting setting :
        List.of(
            Setting.HEADS, Setting.KV_HEADS, Setting.HEAD_DIM, Setting.CONTEXT, Setting.ROPE_THETA, Setting.WINDOW,
            Setting.NORM_EPS, Setting.ACTIVATION, Setting.ATTENTION_BIAS, Setting.QK_NORM, Setting.TIED, Setting.EXPERTS,
            Setting.EXPERTS_PER_TOKEN, Setting.EXPERT_SIZE, Setting.SHARED_EXPERTS, Setting.EXPERTS_EVERY,
            Setting.STATE_SPACE, Setting.STATE_SIZE, Setting.EXPAND, Setting.CONV_KERNEL, Setting.DT_RANK, Setting.GROUPS,
            Setting.STATE_HEAD_DIM, Setting.CHUNK, Setting.ATTENTION_EVERY)) {
      form.takes(setting, setting.label());
    }
    return form;
  }

  /// The configuration of the model that the settings say.
  static ObjectNode config(ObjectNode settings) {
    FreshDecoder fresh = new FreshDecoder(new Config(settings));
    DecoderSpec spec = Config.checked(fresh::spec);
    List<String> idle =
        Stream.of(Setting.values())
            .filter(setting -> settings.has(setting.label()) && !fresh.asked.contains(setting))
            .map(Setting::option)
            .toList();
    if (!idle.isEmpty()) {
      throw new UserException(
          String.join(", ", idle)
              + ": no block of this model has a use for it; state spaces come with --attention-every, experts with --experts");
    }
    return new Athanor().config(spec, SpecialTokens.NONE, DType.F32);
  }

  private DecoderSpec spec() {
    int every = integer(Setting.ATTENTION_EVERY, 1);
    int expertsEvery = integer(Setting.EXPERTS_EVERY, 1);
    List<BlockSpec> blocks =
        IntStream.range(0, integer(Setting.LAYERS, 0))
            .mapToObj(
                layer ->
                    new BlockSpec(
                        every > 0 && (layer + 1) % every == 0 ? attention() : stateSpace(),
                        has(Setting.EXPERTS) && (layer + 1) % expertsEvery == 0 ? experts() : gated()))
            .toList();
    Norm norm = new Norm.Rms(number(Setting.NORM_EPS, 1e-6));
    return new DecoderSpec(
        integer(Setting.VOCAB_SIZE, 0),
        integer(Setting.CONTEXT, 2048),
        Embedding.PLAIN,
        Stack.causal(hidden(), blocks, norm, NormPlacement.PRE),
        Head.of(flag(Setting.TIED, true)));
  }

  private int hidden() {
    return integer(Setting.HIDDEN_SIZE, 0);
  }

  private Mixer attention() {
    if (!has(Setting.HEADS)) {
      throw new UserException("blocks that attend need " + Setting.HEADS.option());
    }
    int heads = integer(Setting.HEADS, 0);
    boolean bias = flag(Setting.ATTENTION_BIAS, false);
    int window = integer(Setting.WINDOW, 0);
    return new Mixer.Attention(
            heads,
            integer(Setting.KV_HEADS, heads),
            integer(Setting.HEAD_DIM, hidden() / heads),
            new Rope(number(Setting.ROPE_THETA, 10_000)),
            flag(Setting.QK_NORM, false),
            bias)
        .withOutputBias(bias)
        .withWindow(window == 0 ? OptionalInt.empty() : OptionalInt.of(window));
  }

  /// With the published defaults of either kind, but for the groups, of which a small model has one.
  private Mixer stateSpace() {
    int inner = integer(Setting.EXPAND, 2) * hidden();
    int kernel = integer(Setting.CONV_KERNEL, 4);
    String kind = config.text(label(Setting.STATE_SPACE), "mamba2");
    return switch (kind) {
      case "mamba" ->
          new Mixer.Mamba(
              inner,
              integer(Setting.STATE_SIZE, 16),
              kernel,
              integer(Setting.DT_RANK, Math.ceilDiv(hidden(), 16)),
              true,
              false);
      case "mamba2" -> {
        int headDim = integer(Setting.STATE_HEAD_DIM, 64);
        if (inner % headDim != 0) {
          throw new UserException(
              "%d channels of a state space are no multiple of its heads of %d; %s says another size"
                  .formatted(inner, headDim, Setting.STATE_HEAD_DIM.option()));
        }
        yield new Mixer.Mamba2(
            inner / headDim,
            headDim,
            integer(Setting.GROUPS, 1),
            integer(Setting.STATE_SIZE, 128),
            kernel,
            integer(Setting.CHUNK, 256),
            true,
            false,
            number(Setting.NORM_EPS, 1e-6));
      }
      default -> throw new UserException(Setting.STATE_SPACE.option() + ": '" + kind + "' is none of mamba, mamba2");
    };
  }

  private FeedForward gated() {
    return new FeedForward.Gated(integer(Setting.INTERMEDIATE_SIZE, 0), activation(), false);
  }

  private FeedForward experts() {
    return new FeedForward.Experts(
        integer(Setting.EXPERTS, 0),
        integer(Setting.EXPERTS_PER_TOKEN, 2),
        integer(Setting.EXPERT_SIZE, integer(Setting.INTERMEDIATE_SIZE, 0)),
        activation(),
        true,
        has(Setting.SHARED_EXPERTS) ? OptionalInt.of(integer(Setting.SHARED_EXPERTS, 0)) : OptionalInt.empty(),
        0.001,
        0);
  }

  private Activation activation() {
    return config.activation(label(Setting.ACTIVATION), Activation.SILU);
  }

  private int integer(Setting setting, int otherwise) {
    return config.integer(label(setting), otherwise);
  }

  private double number(Setting setting, double otherwise) {
    return config.number(label(setting), otherwise);
  }

  private boolean flag(Setting setting, boolean otherwise) {
    return config.flag(label(setting), otherwise);
  }

  private boolean has(Setting setting) {
    return config.has(label(setting));
  }

  /// Notes that the setting has a meaning for this model.
  private String label(Setting setting) {
    asked.add(setting);
    return setting.label();
  }
}
