package dev.athanor.cli.bench;

import dev.athanor.base.UserException;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.DecoderWeights;
import dev.athanor.model.EncoderDecoderSpec;
import dev.athanor.model.EncoderSpec;
import dev.athanor.model.InitialWeights;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.VisionLanguageSpec;
import dev.athanor.model.VisionSpec;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/// Weights of any decoder, made up as they are asked for: how fast a model runs does not depend on them. Matrices repeat one list of
/// normal numbers, each from another place in it, since drawing half a billion takes longer than what is measured.
public final class RandomWeights implements DecoderWeights {
  /// A prime, so that no row of a matrix equals another.
  private static final int LIST = 1_000_003;

  private static final float DEVIATION = 0.02f;

  private final String name;
  private final DecoderSpec spec;
  private final Map<String, WeightSpec> weights = new LinkedHashMap<>();
  private final float[] list = new float[LIST];

  /// @param name for messages
  public RandomWeights(String name, DecoderSpec spec) {
    this.name = name;
    this.spec = spec;
    WeightNames.weights(spec).forEach(weight -> weights.put(weight.name(), weight));
    Random random = new Random(1);
    for (int i = 0; i < LIST; i++) {
      list[i] = (float) (DEVIATION * random.nextGaussian());
    }
  }

  /// @throws UserException when a spec is of no decoder
  public static RandomWeights of(String name, ModelSpec spec) {
    return switch (spec) {
      case DecoderSpec decoder -> new RandomWeights(name, decoder);
      case EncoderSpec _, EncoderDecoderSpec _, VisionSpec _, VisionLanguageSpec _ ->
          throw new UserException(name + " is of kind '" + spec.kind() + "'; what writes text is a decoder");
    };
  }

  @Override
  public String source() {
    return name;
  }

  @Override
  public DecoderSpec decoder() {
    return spec;
  }

  @Override
  public StoredTensor weight(String weightName) {
    WeightSpec weight = weights.get(weightName);
    if (weight == null) {
      throw new IllegalArgumentException("no weight named " + weightName);
    }
    float[] values =
        switch (weight.role()) {
          case VECTOR, CONVOLUTION -> InitialWeights.of(weight, 1);
          case EMBEDDING, TABLE, MATRIX, EXPERT, HEAD -> repeated(Math.toIntExact(weight.elements()), weightName.hashCode());
        };
    return StoredTensor.of(values, weight.shape());
  }

  private float[] repeated(int count, int seed) {
    float[] values = new float[count];
    int from = Math.floorMod(seed, LIST);
    for (int at = 0; at < count; ) {
      int n = Math.min(count - at, LIST - from);
      System.arraycopy(list, from, values, at, n);
      at += n;
      from = 0;
    }
    return values;
  }
}
