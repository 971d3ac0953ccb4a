package dev.athanor.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.model.DecoderSpec;
import dev.athanor.model.WeightNames;
import dev.athanor.tensor.NoGrad;
import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Hidden states are sums of some hundred f32 products of numbers near one: 1e-5 is their rounding in another order.
class DecoderTest {
  private static final Offset<Float> ROUNDING = within(1e-5f);

  private static float[] hidden(DecoderSpec spec, Parameters parameters, long[] ids, int... lengths) {
    try (Scope _ = new Scope();
        NoGrad _ = new NoGrad()) {
      return new Decoder(spec, parameters).hidden(new TokenBatch(ids, lengths)).states().floats();
    }
  }

  @ParameterizedTest
  @CsvSource({"false,false,false", "true,false,false", "false,true,false", "true,false,true"})
  void hidden_packedSequences_areThoseOfEachAlone(boolean qkNorm, boolean qkvBias, boolean lookups) {
    DecoderSpec decoder = TinyModels.spec(qkNorm, qkvBias, true);
    DecoderSpec spec = lookups ? TinyModels.withLookups(decoder) : decoder;
    try (Parameters parameters = TinyModels.parameters(spec, 1)) {
      int[] lengths = {7, 1, 20, 12};
      long[] ids = TinyModels.ids(2, 40);
      float[] packed = hidden(spec, parameters, ids, lengths);
      int from = 0;
      for (int length : lengths) {
        float[] alone = hidden(spec, parameters, Arrays.copyOfRange(ids, from, from + length), length);
        assertThat(Arrays.copyOfRange(packed, from * 32, (from + length) * 32)).containsExactly(alone, ROUNDING);
        from += length;
      }
    }
  }

  /// A third sequence of another length sends the first two down the path that splits.
  @Test
  void hidden_equalLengths_areThoseOfTheSplitPath() {
    DecoderSpec spec = TinyModels.spec(true, false, true);
    try (Parameters parameters = TinyModels.parameters(spec, 3)) {
      long[] ids = TinyModels.ids(4, 40);
      float[] fast = hidden(spec, parameters, Arrays.copyOf(ids, 32), 16, 16);
      float[] split = hidden(spec, parameters, ids, 16, 16, 8);
      assertThat(Arrays.copyOf(split, fast.length)).containsExactly(fast, ROUNDING);
    }
  }

  @Test
  void backward_equalLengthsAndSplitPath_giveOneGradient() {
    DecoderSpec spec = TinyModels.spec(false, true, true);
    long[] ids = TinyModels.ids(5, 33);
    Map<String, float[]> fast = gradients(spec, Arrays.copyOf(ids, 32), 16, 16);
    Map<String, float[]> split = gradients(spec, ids, 16, 16, 1);
    for (String name : fast.keySet()) {
      assertThat(split.get(name)).as(name).containsExactly(fast.get(name), within(1e-4f));
    }
  }

  /// Of the sum of the squares of the first 32 tokens' states, weighted so that the final norm does not make it constant.
  private static Map<String, float[]> gradients(DecoderSpec spec, long[] ids, int... lengths) {
    try (Parameters parameters = TinyModels.parameters(spec, 6);
        Scope _ = new Scope()) {
      Tensor states = new Decoder(spec, parameters).hidden(new TokenBatch(ids, lengths)).states().narrow(0, 0, 32);
      states.mul(parameters.get(WeightNames.embedding()).detach().narrow(0, 0, 32)).sum().backward();
      Map<String, float[]> gradients = new LinkedHashMap<>();
      parameters.byName().forEach((name, weight) -> gradients.put(name, weight.grad().floats()));
      return gradients;
    }
  }

  @Test
  void hidden_laterToken_doesNotChangeEarlierStates() {
    DecoderSpec spec = TinyModels.spec(false, false, false);
    try (Parameters parameters = TinyModels.parameters(spec, 7)) {
      long[] ids = TinyModels.ids(8, 10);
      float[] before = hidden(spec, parameters, ids, 10);
      ids[6] = (ids[6] + 1) % TinyModels.VOCABULARY;
      float[] after = hidden(spec, parameters, ids, 10);
      assertThat(Arrays.copyOf(after, 6 * 32)).isEqualTo(Arrays.copyOf(before, 6 * 32));
      for (int t = 6; t < 10; t++) {
        assertThat(Arrays.copyOfRange(after, t * 32, t * 32 + 32))
            .isNotEqualTo(Arrays.copyOfRange(before, t * 32, t * 32 + 32));
      }
    }
  }

  @Test
  void headWeight_tied_isTheEmbedding() {
    DecoderSpec tied = TinyModels.spec(false, false, true);
    DecoderSpec untied = TinyModels.spec(false, false, false);
    try (Parameters p = TinyModels.parameters(tied, 1);
        Parameters q = TinyModels.parameters(untied, 1)) {
      assertThat(new Decoder(tied, p).head().weight_VC()).isSameAs(p.get(WeightNames.embedding()));
      assertThat(new Decoder(untied, q).head().weight_VC()).isSameAs(q.get(WeightNames.head()));
    }
  }

  @Test
  void initialise_equalSeeds_giveEqualBitsAndOthersDoNot() {
    DecoderSpec spec = TinyModels.spec(true, true, false);
    try (Parameters one = Parameters.initialise(spec, 1);
        Parameters same = Parameters.initialise(spec, 1);
        Parameters other = Parameters.initialise(spec, 2)) {
      assertThat(same.values()).usingRecursiveComparison().isEqualTo(one.values());
      String q = WeightNames.block(0).q();
      assertThat(other.get(q).floats()).isNotEqualTo(one.get(q).floats());
      assertThat(one.get(WeightNames.block(1).q()).floats()).isNotEqualTo(one.get(q).floats());
      assertThat(one.get(WeightNames.block(0).qBias()).floats()).containsOnly(0);
      assertThat(one.get(WeightNames.block(0).qNorm()).floats()).containsOnly(1);
      assertThat(deviation(one.get(q).floats())).isCloseTo(0.02, within(0.001));
      assertThat(deviation(one.get(WeightNames.block(0).down()).floats())).isCloseTo(0.01, within(0.001));
    }
  }

  private static double deviation(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares / values.length);
  }

  @Test
  void replica_ofParameters_sharesValuesAndNotGradients() {
    DecoderSpec spec = TinyModels.spec(false, false, true);
    try (Parameters parameters = TinyModels.parameters(spec, 1);
        Parameters replica = parameters.replica()) {
      String name = WeightNames.finalNorm();
      try (NoGrad _ = new NoGrad()) {
        parameters.get(name).fill_(4);
      }
      assertThat(replica.get(name).floats()).containsOnly(4);
      replica.get(name).sum().backward();
      assertThat(replica.get(name).hasGrad()).isTrue();
      assertThat(parameters.get(name).hasGrad()).isFalse();
    }
  }

  @Test
  void tokenBatch_lengthsThatDoNotAddUp_isRefused() {
    assertThatThrownBy(() -> new TokenBatch(new long[5], new int[] {2, 2})).hasMessageContaining("5 tokens");
    TokenBatch batch = new TokenBatch(new long[5], new int[] {2, 3});
    assertThat(batch.commonLength()).isZero();
    assertThat(new TokenBatch(new long[4], new int[] {2, 2}).commonLength()).isEqualTo(2);
  }
}
