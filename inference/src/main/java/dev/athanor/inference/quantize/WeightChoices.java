package dev.athanor.inference.quantize;

import dev.athanor.base.UserException;
import dev.athanor.inference.WeightFormat;
import dev.athanor.model.DType;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.DecoderWeights;
import dev.athanor.model.QuantizedMatrix;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What becomes of each weight.
///
/// @param quantized those that become whole numbers, by our names, in the order of computation
/// @param others those that are written in another dtype than they are stored in
public record WeightChoices(SequencedMap<String, QuantizedMatrix.Bits> quantized, SequencedMap<String, DType> others) {
  /// Of the embedding and the head.
  static final List<String> VOCABULARY = List.of(WeightNames.embedding(), WeightNames.head());

  private static final String HEAD = "head";

  public WeightChoices {
    quantized = new LinkedHashMap<>(quantized);
    others = new LinkedHashMap<>(others);
  }

  /// @param weights of the blocks' matrices whose rows are whole groups
  /// @param head of the embedding and the head; empty for INT8 where the others are INT4, else as the others
  /// @param kept exceptions, by a part of a weight's name: `head`, `layers.0`, `self_attn`, `layers.1.mlp.down_proj`; of several that
  ///     name a weight the last holds
  /// @throws UserException telling all that name nothing, or what cannot be
  public static WeightChoices of(
      DecoderSpec spec, WeightFormat weights, Optional<WeightFormat> head, SequencedMap<String, WeightFormat> kept) {
    SequencedMap<String, QuantizedMatrix.Bits> quantized = new LinkedHashMap<>();
    SequencedMap<String, DType> others = new LinkedHashMap<>();
    TreeSet<String> unused = new TreeSet<>(kept.keySet());
    for (WeightSpec weight : WeightNames.weights(spec)) {
      boolean vocabulary = VOCABULARY.contains(weight.name());
      Optional<WeightFormat> format = Optional.empty();
      if (vocabulary) {
        format = Optional.of(head.orElse(weights == WeightFormat.INT4 ? WeightFormat.INT8 : weights));
      } else if (isMatrix(weight)) {
        format = Optional.of(weights);
      }
      Optional<String> named = Optional.empty();
      for (String key : kept.keySet()) {
        if (names(key, weight.name())) {
          unused.remove(key);
          named = Optional.of(key);
        }
      }
      if (named.isPresent() && (vocabulary || isMatrix(weight))) {
        format = named.map(kept::get);
      }
      format.ifPresent(wanted -> choose(weight, wanted, quantized, others));
    }
    if (!unused.isEmpty()) {
      throw new UserException(
          "--keep: no weight is named %s; there are head, layers.0 to layers.%d, and within them %s"
              .formatted(
                  unused.stream().map(key -> "'" + key + "'").collect(Collectors.joining(", ")),
                  spec.numLayers() - 1,
                  String.join(", ", parts(spec))));
    }
    return new WeightChoices(quantized, others);
  }

  private static boolean names(String key, String weight) {
    return key.equals(HEAD) ? VOCABULARY.contains(weight) : ("." + weight + ".").contains("." + key + ".");
  }

  private static List<String> parts(DecoderSpec spec) {
    return WeightNames.weights(spec).stream()
        .filter(WeightChoices::isMatrix)
        .map(weight -> weight.name().replaceAll("^model\\.(layers\\.\\d+\\.)?|\\.weight$", "").replaceAll("experts\\.\\d+\\.", "experts.0."))
        .distinct()
        .toList();
  }

  /// Whether it is a matrix that products spend their time on: not what routes to experts, nor what sets a state space's steps.
  private static boolean isMatrix(WeightSpec weight) {
    boolean product = weight.role() == WeightSpec.Role.MATRIX || weight.role() == WeightSpec.Role.EXPERT;
    String name = weight.name();
    return product
        && weight.shape().length == 2
        && weight.shape()[1] % QuantizedMatrix.GROUP == 0
        && !name.endsWith(".mlp.gate.weight")
        && !name.endsWith(".mixer.x_proj.weight")
        && !name.endsWith(".mixer.dt_proj.weight");
  }

  private static void choose(
      WeightSpec weight, WeightFormat wanted, Map<String, QuantizedMatrix.Bits> quantized, Map<String, DType> others) {
    boolean whole = weight.shape()[1] % QuantizedMatrix.GROUP == 0;
    switch (wanted) {
      case INT8, INT4 -> {
        if (whole) {
          quantized.put(
              weight.name(), wanted == WeightFormat.INT8 ? QuantizedMatrix.Bits.INT8 : QuantizedMatrix.Bits.INT4);
        }
      }
      case F32 -> others.put(weight.name(), DType.F32);
      case F16 -> others.put(weight.name(), DType.F16);
      case BF16 -> others.put(weight.name(), DType.BF16);
    }
  }

  /// A weight in another dtype.
  ///
  /// @throws UserException when a number would no longer be finite
  StoredTensor converted(String name, DType dtype, DecoderWeights model) {
    StoredTensor stored = model.weight(name).widened();
    if (stored.dtype() == dtype) {
      return stored;
    }
    float[] values = stored.floats();
    StoredTensor converted = StoredTensor.of(dtype, values, stored.shape());
    float[] back = converted.floats();
    for (int i = 0; i < values.length; i++) {
      if (Float.isFinite(values[i]) && !Float.isFinite(back[i])) {
        throw new UserException("'%s' holds %s, which is beyond %s; keep it as f32".formatted(name, values[i], dtype));
      }
    }
    return converted;
  }
}
