package dev.athanor.model.gguf;

import dev.athanor.model.Rope;
import dev.athanor.model.Rope.Scaling;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// Rotation in GGUF. Linear scaling and YaRN are keys; Llama 3's is a tensor of factors, by which each pair turns more slowly.
final class GgufRope {
  private static final String TYPE = "rope.scaling.type";
  private static final String FACTOR = "rope.scaling.factor";
  private static final String ORIGINAL = "rope.scaling.original_context_length";
  private static final String ATTENTION = "rope.scaling.attn_factor";
  private static final String YARN_ATTENTION = "rope.scaling.yarn_attn_factor";
  private static final String BETA_FAST = "rope.scaling.yarn_beta_fast";
  private static final String BETA_SLOW = "rope.scaling.yarn_beta_slow";
  // Ours: what the factors of Llama 3 follow from.
  private static final String LLAMA3 = "athanor.rope.llama3.";
  private static final int[] USUAL_CONTEXTS = {8192, 4096, 2048, 16_384, 32_768, 65_536, 131_072};

  private GgufRope() {}

  /// @param factors whether the architecture uses factors where the file holds them
  static Rope read(GgufKeys keys, int headDim, boolean factors) {
    double theta = keys.real("rope.freq_base", 10_000);
    if (factors && keys.file().has(GgufLayout.ROPE_FACTORS)) {
      return new Rope(theta, llama3(keys, theta, headDim));
    }
    double factor = keys.real(FACTOR, keys.real("rope.scale_linear", 0));
    String type = keys.file().text(keys.name(TYPE)).orElse("linear");
    return switch (type) {
      case "none" -> new Rope(theta);
      case "linear" -> new Rope(theta, factor == 0 || factor == 1 ? new Scaling.None() : new Scaling.Linear(factor));
      case "yarn" -> new Rope(theta, yarn(keys, factor == 0 ? 1 : factor));
      default ->
          throw keys.bad(
              "'%s' is '%s', which is not supported; supported: none, linear, yarn".formatted(keys.name(TYPE), type));
    };
  }

  private static Scaling yarn(GgufKeys keys, double factor) {
    OptionalDouble attention = keys.real(YARN_ATTENTION);
    OptionalDouble relative = keys.real(ATTENTION);
    if (attention.isEmpty() && relative.isPresent() && relative.getAsDouble() != 1) {
      attention = OptionalDouble.of(relative.getAsDouble() * magnitude(factor));
    }
    return new Scaling.Yarn(
        factor,
        keys.integer(ORIGINAL, keys.required("context_length")),
        keys.real(BETA_FAST, 32),
        keys.real(BETA_SLOW, 1),
        attention,
        true);
  }

  /// What YaRN multiplies cosines and sines by where nothing is said.
  private static double magnitude(double factor) {
    return 0.1 * Math.log(factor) + 1;
  }

  /// The file holds the factors; those who wrote it did not say what of. The slowest pair has the whole factor, and the bands
  /// have always been 1 and 4.
  private static Scaling llama3(GgufKeys keys, double theta, int headDim) {
    float[] factors = keys.file().floats(GgufLayout.ROPE_FACTORS);
    if (factors.length != headDim / 2) {
      throw keys.bad(
          "'%s' holds %d factors; a head of %d has %d"
              .formatted(GgufLayout.ROPE_FACTORS, factors.length, headDim, headDim / 2));
    }
    OptionalDouble stated = keys.file().real(LLAMA3 + "factor");
    if (stated.isPresent()) {
      return stated(keys, theta, factors);
    }
    double factor = factors[factors.length - 1];
    if (factor == 1) {
      return new Scaling.None();
    }
    for (int context : USUAL_CONTEXTS) {
      if (factor > 1 && matches(new Scaling.Llama3(factor, 1, 4, context), theta, factors)) {
        return new Scaling.Llama3(factor, 1, 4, context);
      }
    }
    throw keys.bad("'" + GgufLayout.ROPE_FACTORS + "' holds factors of no scaling that is supported; supported: Llama 3's");
  }

  private static Scaling stated(GgufKeys keys, double theta, float[] factors) {
    GgufFile file = keys.file();
    OptionalLong context = file.integer(LLAMA3 + "original_context_length");
    Scaling.Llama3 stated =
        new Scaling.Llama3(
            file.real(LLAMA3 + "factor").orElse(1),
            file.real(LLAMA3 + "low_frequency_factor").orElse(1),
            file.real(LLAMA3 + "high_frequency_factor").orElse(4),
            Math.clamp(context.orElse(8192), 0, Integer.MAX_VALUE));
    if (!matches(stated, theta, factors)) {
      throw keys.bad("'" + GgufLayout.ROPE_FACTORS + "' holds other factors than '" + LLAMA3 + "…' states");
    }
    return stated;
  }

  private static boolean matches(Scaling scaling, double theta, float[] factors) {
    float[] expected = factors(new Rope(theta, scaling), 2 * factors.length);
    for (int i = 0; i < factors.length; i++) {
      if (!(Math.abs(factors[i] - expected[i]) <= 1e-3 * expected[i])) {
        return false;
      }
    }
    return true;
  }

  private static float[] factors(Rope rope, int headDim) {
    double[] plain = new Rope(rope.theta()).frequencies(headDim, 1);
    double[] scaled = rope.frequencies(headDim, 1);
    float[] factors = new float[plain.length];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = (float) (plain[i] / scaled[i]);
    }
    return factors;
  }

  /// @param factors whether the architecture uses factors
  static Optional<String> misfit(Rope rope, boolean factors) {
    return switch (rope.scaling()) {
      case Scaling.None _, Scaling.Linear _ -> Optional.empty();
      case Scaling.Yarn yarn ->
          yarn.truncate() ? Optional.empty() : Optional.of("YaRN whose bounds are not whole pairs");
      case Scaling.Llama3 _ -> factors ? Optional.empty() : Optional.of("Llama 3's rope scaling");
      case Scaling.Dynamic _ -> Optional.of("dynamic rope scaling");
    };
  }

  static void put(String architecture, Rope rope, Map<String, GgufValue> metadata) {
    String prefix = architecture + ".";
    metadata.put(prefix + "rope.freq_base", GgufValue.f32(rope.theta()));
    switch (rope.scaling()) {
      case Scaling.None _ -> {}
      case Scaling.Linear linear -> {
        metadata.put(prefix + TYPE, GgufValue.of("linear"));
        metadata.put(prefix + FACTOR, GgufValue.f32(linear.factor()));
      }
      case Scaling.Yarn yarn -> {
        metadata.put(prefix + TYPE, GgufValue.of("yarn"));
        metadata.put(prefix + FACTOR, GgufValue.f32(yarn.factor()));
        metadata.put(prefix + ORIGINAL, GgufValue.u32(yarn.originalContext()));
        metadata.put(prefix + BETA_FAST, GgufValue.f32(yarn.betaFast()));
        metadata.put(prefix + BETA_SLOW, GgufValue.f32(yarn.betaSlow()));
        yarn.attentionFactor()
            .ifPresent(
                attention -> {
                  // llama.cpp multiplies its own magnitude by the first and passes the second over.
                  metadata.put(prefix + ATTENTION, GgufValue.f32(attention / magnitude(yarn.factor())));
                  metadata.put(prefix + YARN_ATTENTION, GgufValue.f32(attention));
                });
      }
      case Scaling.Llama3 llama -> {
        metadata.put(LLAMA3 + "factor", f64(llama.factor()));
        metadata.put(LLAMA3 + "low_frequency_factor", f64(llama.lowFrequencyFactor()));
        metadata.put(LLAMA3 + "high_frequency_factor", f64(llama.highFrequencyFactor()));
        metadata.put(LLAMA3 + "original_context_length", GgufValue.u32(llama.originalContext()));
      }
      case Scaling.Dynamic _ -> throw new IllegalArgumentException("dynamic scaling has no keys");
    }
  }

  private static GgufValue f64(double value) {
    return new GgufValue.Real(GgufValue.Kind.F64, value);
  }

  /// What stands in the tensor of factors, where the scaling needs one.
  static Optional<float[]> tensor(Rope rope, int headDim) {
    return rope.scaling() instanceof Scaling.Llama3 ? Optional.of(factors(rope, headDim)) : Optional.empty();
  }
}
