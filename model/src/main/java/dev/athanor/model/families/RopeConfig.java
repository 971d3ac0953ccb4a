package dev.athanor.model.families;

import dev.athanor.base.UserException;
import dev.athanor.model.Rope;
import dev.athanor.model.Rope.Scaling;
import java.util.OptionalDouble;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Rotation in a published `config.json`: newer files state `rope_parameters: {rope_theta, rope_type, …}`, older ones `rope_theta` and
/// `rope_scaling: {rope_type or type, …}`. Written is the older form, which all versions read.
final class RopeConfig {
  private static final String ORIGINAL = "original_max_position_embeddings";

  private RopeConfig() {}

  static Rope read(Config config, double defaultTheta) {
    JsonNode parameters = config.json().path("rope_parameters");
    JsonNode scaling = config.json().path("rope_scaling");
    double theta = new Config(parameters).number("rope_theta", config.number("rope_theta", defaultTheta));
    return new Rope(theta, scaling(config, new Config(scaling.isObject() ? scaling : parameters)));
  }

  private static Scaling scaling(Config model, Config rope) {
    String type = rope.text("rope_type", rope.text("type", "default"));
    int original = rope.integer(ORIGINAL, model.integer(ORIGINAL, model.integer("max_position_embeddings", 2048)));
    return switch (type) {
      case "default" -> new Scaling.None();
      case "linear" -> new Scaling.Linear(factor(rope));
      case "dynamic" -> new Scaling.Dynamic(factor(rope), original);
      case "yarn" -> yarn(model, rope, original);
      case "llama3" ->
          new Scaling.Llama3(
              factor(rope), rope.number("low_freq_factor", 1), rope.number("high_freq_factor", 4), original);
      default ->
          throw new UserException(
              "rope scaling '" + type + "' is not supported; supported are default, linear, dynamic, yarn, llama3");
    };
  }

  private static Scaling yarn(Config model, Config rope, int original) {
    if (rope.has("mscale") || rope.has("mscale_all_dim")) {
      throw new UserException("rope scaling 'yarn' with mscale is not supported; only attention_factor is");
    }
    double factor =
        rope.has("factor") ? factor(rope) : (double) model.integer("max_position_embeddings", original) / original;
    return new Scaling.Yarn(
        factor,
        original,
        rope.number("beta_fast", 32),
        rope.number("beta_slow", 1),
        rope.optionalNumber("attention_factor"),
        rope.flag("truncate", true));
  }

  private static double factor(Config rope) {
    OptionalDouble factor = rope.optionalNumber("factor");
    if (factor.isEmpty() || factor.getAsDouble() < 1) {
      throw new UserException("rope scaling needs a 'factor' of at least 1");
    }
    return factor.getAsDouble();
  }

  static void write(ObjectNode config, Rope rope) {
    config.put("rope_theta", rope.theta());
    switch (rope.scaling()) {
      case Scaling.None _ -> config.putNull("rope_scaling");
      case Scaling.Linear linear -> scaling(config, "linear", linear.factor());
      case Scaling.Dynamic dynamic -> scaling(config, "dynamic", dynamic.factor()).put(ORIGINAL, dynamic.originalContext());
      case Scaling.Yarn yarn -> {
        ObjectNode node = scaling(config, "yarn", yarn.factor());
        node.put(ORIGINAL, yarn.originalContext());
        node.put("beta_fast", yarn.betaFast());
        node.put("beta_slow", yarn.betaSlow());
        yarn.attentionFactor().ifPresent(factor -> node.put("attention_factor", factor));
        if (!yarn.truncate()) {
          node.put("truncate", false);
        }
      }
      case Scaling.Llama3 llama -> {
        ObjectNode node = scaling(config, "llama3", llama.factor());
        node.put("low_freq_factor", llama.lowFrequencyFactor());
        node.put("high_freq_factor", llama.highFrequencyFactor());
        node.put(ORIGINAL, llama.originalContext());
      }
    }
  }

  private static ObjectNode scaling(ObjectNode config, String type, double factor) {
    ObjectNode node = config.putObject("rope_scaling");
    node.put("rope_type", type);
    node.put("factor", factor);
    return node;
  }

  /// The context of a model whose file states `max_position_embeddings`: with dynamic scaling that is what it was first
  /// trained on.
  static int contextLength(int maxPositions, Rope rope) {
    return rope.scaling() instanceof Scaling.Dynamic dynamic
        ? (int) Math.min(Integer.MAX_VALUE, Math.round(maxPositions * dynamic.factor()))
        : maxPositions;
  }

  /// The reverse of [#contextLength].
  static int maxPositions(int contextLength, Rope rope) {
    return rope.scaling() instanceof Scaling.Dynamic dynamic ? dynamic.originalContext() : contextLength;
  }
}
