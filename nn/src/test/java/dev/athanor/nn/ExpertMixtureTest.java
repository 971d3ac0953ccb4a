package dev.athanor.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.model.Activation;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer;
import dev.athanor.model.Norm;
import dev.athanor.model.Rope;
import dev.athanor.model.WeightNames;
import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Sorted dispatch against the dense sum over all experts.
class ExpertMixtureTest {
  private static FeedForward.Experts experts(int perToken, boolean normalise, boolean shared) {
    return new FeedForward.Experts(
        5, perToken, 12, Activation.SILU, normalise, shared ? OptionalInt.of(20) : OptionalInt.empty(), 0.01, 0.001);
  }

  private static DecoderSpec spec(FeedForward.Experts experts) {
    Mixer mixer = new Mixer.Attention(2, 1, 8, new Rope(10_000), false, false);
    return DecoderSpec.uniform(TinyModels.VOCABULARY, 16, 1, 64, mixer, experts, new Norm.Rms(1e-6), true);
  }

  private static Tensor input(int tokens) {
    Random random = new Random(4);
    float[] values = new float[tokens * 16];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(values, tokens, 16).requireGrad();
  }

  @ParameterizedTest
  @CsvSource({"1,false,false", "2,true,false", "2,false,true", "5,true,true"})
  void forwardAndGradients_areThoseOfTheDenseSum(int perToken, boolean normalise, boolean shared) {
    FeedForward.Experts experts = experts(perToken, normalise, shared);
    Map<String, float[]> sorted = gradients(experts, false);
    Map<String, float[]> dense = gradients(experts, true);
    assertThat(sorted.keySet()).isEqualTo(dense.keySet()).contains(WeightNames.block(0).router(), "x", "y");
    dense.forEach(
        (name, expected) -> assertThat(sorted.get(name)).as(name).containsExactly(expected, within(2e-4f)));
  }

  private static Map<String, float[]> gradients(FeedForward.Experts experts, boolean densely) {
    Map<String, float[]> results = new LinkedHashMap<>();
    try (Parameters parameters = TinyModels.parameters(spec(experts), 3);
        Scope _ = new Scope()) {
      Tensor x = input(23);
      WeightNames.Block names = WeightNames.block(0);
      Tensor y =
          densely
              ? dense(experts, parameters, names, x)
              : new ExpertMixture(experts, parameters, names).forward(x, new RouterLosses());
      y.square().sum().backward();
      results.put("y", y.floats());
      results.put("x", x.grad().floats());
      parameters.byName().forEach(
          (name, weight) -> {
            if (weight.hasGrad()) {
              results.put(name, weight.grad().floats());
            }
          });
    }
    return results;
  }

  /// Every expert on every token, times its weight, which is 0 where it was not chosen.
  private static Tensor dense(FeedForward.Experts experts, Parameters p, WeightNames.Block names, Tensor x) {
    Tensor probabilities = x.linear(p.get(names.router())).softmax(1);
    long[] chosen = probabilities.topK(experts.perToken()).indices().longs();
    float[] mask = new float[(int) x.size(0) * experts.numExperts()];
    for (int i = 0; i < chosen.length; i++) {
      mask[i / experts.perToken() * experts.numExperts() + (int) chosen[i]] = 1;
    }
    Tensor weights = probabilities.mul(Tensor.of(mask, x.size(0), experts.numExperts()));
    if (experts.normalise()) {
      weights = weights.div(weights.sum(1, true));
    }
    Tensor sum = Tensor.zeros(x.shape());
    for (int e = 0; e < experts.numExperts(); e++) {
      sum = sum.add(expert(p, names.expert(e), x).mul(weights.narrow(1, e, 1)));
    }
    return experts.shared().isPresent() ? sum.add(expert(p, names.sharedExpert(), x)) : sum;
  }

  private static Tensor expert(Parameters p, WeightNames.Expert names, Tensor x) {
    return x.linear(p.get(names.gate())).silu().mul(x.linear(p.get(names.up()))).linear(p.get(names.down()));
  }

  @Test
  void dispatch_sortsByExpertAndFindsTheWayBack() {
    long[] choices = {2, 0, 1, 2, 0, 2}; // three tokens, two choices each
    ExpertMixture.Dispatch dispatch = ExpertMixture.Dispatch.of(choices, 2, 4);
    assertThat(dispatch.counts()).containsExactly(2, 1, 3, 0);
    assertThat(dispatch.tokens()).containsExactly(0, 2, 1, 0, 1, 2);
    long[] back = Arrays.stream(dispatch.places()).map(place -> dispatch.tokens()[(int) place]).toArray();
    assertThat(back).containsExactly(0, 0, 1, 1, 2, 2);
  }

  @Test
  void balance_ofAnEvenRouter_isOne_andOfOneThatSendsAllToOne_isTheirNumber() {
    try (Scope _ = new Scope()) {
      FeedForward.Experts experts = experts(1, false, false);
      RouterLosses even = new RouterLosses();
      even.add(experts, Tensor.zeros(10, 5).fill_(0.2), Tensor.zeros(10), new long[] {2, 2, 2, 2, 2});
      assertThat(even.balance().orElseThrow().item()).isCloseTo(1, within(1e-6));
      RouterLosses collapsed = new RouterLosses();
      float[] all = new float[50];
      for (int i = 0; i < 10; i++) {
        all[i * 5 + 3] = 1;
      }
      collapsed.add(experts, Tensor.of(all, 10, 5), Tensor.zeros(10).fill_(2), new long[] {0, 0, 0, 10, 0});
      assertThat(collapsed.balance().orElseThrow().item()).isCloseTo(5, within(1e-6));
      assertThat(collapsed.z().orElseThrow().item()).isCloseTo(4, within(1e-6));
      assertThat(collapsed.weighted().orElseThrow().item()).isCloseTo(5 * 0.01 + 4 * 0.001, within(1e-6));
    }
  }
}
