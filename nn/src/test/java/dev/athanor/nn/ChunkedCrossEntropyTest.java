package dev.athanor.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.model.DecoderSpec;
import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Against plain autograd through the full logits. Both sum f32 products, in another order.
class ChunkedCrossEntropyTest {
  private record Outcome(double loss, Map<String, float[]> gradients) {}

  private static Outcome plain(Tensor hidden, Tensor head, long[] targets, double scale) {
    Tensor logProbability = hidden.linear(head).logSoftmax(1).gather(1, Tensor.of(targets, targets.length, 1));
    Tensor loss = logProbability.sum().neg();
    loss.mul(scale).backward();
    return new Outcome(loss.item(), Map.of());
  }

  private static Tensor gaussians(long seed, long rows, long columns) {
    Random random = new Random(seed);
    float[] values = new float[(int) (rows * columns)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(values, rows, columns);
  }

  /// 20,000 rows over 64 classes are two chunks.
  @Test
  void backward_severalChunks_agreesWithPlainAutograd() {
    int rows = 20_000;
    long[] targets = TinyModels.ids(1, rows);
    try (Scope _ = new Scope()) {
      Tensor plainHidden = gaussians(2, rows, 6).requireGrad();
      Tensor plainHead = gaussians(3, 64, 6).requireGrad();
      Outcome plain = plain(plainHidden, plainHead, targets, 0.25);
      Tensor hidden = gaussians(2, rows, 6).requireGrad();
      Tensor head = gaussians(3, 64, 6).requireGrad();
      double loss = ChunkedCrossEntropy.backward(hidden.mul(1), head, targets, 0.25);
      assertThat(loss).isCloseTo(plain.loss(), within(1e-5 * plain.loss()));
      assertThat(hidden.grad().floats()).containsExactly(plainHidden.grad().floats(), within(1e-5f));
      float[] expected = plainHead.grad().floats();
      float[] actual = head.grad().floats();
      for (int i = 0; i < expected.length; i++) {
        assertThat(actual[i]).isCloseTo(expected[i], within(1e-4f * Math.max(10, Math.abs(expected[i]))));
      }
    }
  }

  @Test
  void losses_severalChunks_agreeWithBackwardsAndPlain() {
    int rows = 20_000;
    long[] targets = TinyModels.ids(4, rows);
    try (Scope _ = new Scope()) {
      Tensor hidden = gaussians(5, rows, 6);
      Tensor head = gaussians(6, 64, 6);
      float[] all = hidden.linear(head).logSoftmax(1).gather(1, Tensor.of(targets, rows, 1)).neg().floats();
      float[] losses = ChunkedCrossEntropy.losses(hidden, head, targets);
      assertThat(losses).containsExactly(all, within(1e-5f));
    }
  }

  /// Tied, the embedding's gradient comes from both of its ends.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void backward_wholeDecoder_agreesWithPlainAutogradOnEveryWeight(boolean tied) {
    DecoderSpec spec = TinyModels.spec(true, true, tied);
    long[] targets = TinyModels.ids(7, 24);
    Outcome plain = decoder(spec, targets, true);
    Outcome chunked = decoder(spec, targets, false);
    assertThat(chunked.loss()).isCloseTo(plain.loss(), within(1e-4));
    for (String name : plain.gradients().keySet()) {
      assertThat(chunked.gradients().get(name)).as(name).containsExactly(plain.gradients().get(name), within(1e-5f));
    }
  }

  private static Outcome decoder(DecoderSpec spec, long[] targets, boolean plainly) {
    try (Parameters parameters = TinyModels.parameters(spec, 8);
        Scope _ = new Scope()) {
      Decoder decoder = new Decoder(spec, parameters);
      Tensor hidden = decoder.hidden(new TokenBatch(TinyModels.ids(9, 24), new int[] {10, 14})).states();
      double loss =
          plainly
              ? plain(hidden, decoder.head().weight_VC(), targets, 1.0 / 24).loss()
              : ChunkedCrossEntropy.backward(hidden, decoder.head().weight_VC(), targets, 1.0 / 24);
      Map<String, float[]> gradients = new LinkedHashMap<>();
      parameters.byName().forEach((name, weight) -> gradients.put(name, weight.grad().floats()));
      return new Outcome(loss, gradients);
    }
  }

  /// A head with everything, in two chunks: bias, soft cap, scale; label smoothing and z-loss.
  @ParameterizedTest
  @CsvSource({"0,0,false", "0.1,0,false", "0,0.01,true", "0.2,0.001,true"})
  void backward_anyHeadAndRegularisation_agreesWithPlainAutograd(double smoothing, double zLoss, boolean capped) {
    int rows = 20_000;
    long[] targets = TinyModels.ids(11, rows);
    var regularisation = new ChunkedCrossEntropy.Regularisation(smoothing, zLoss);
    try (Scope _ = new Scope()) {
      Tensor[] plain = leaves();
      Tensor logits = head(plain, capped).logits(plain[0]);
      Tensor logProbabilities = logits.logSoftmax(1);
      Tensor target = logProbabilities.gather(1, Tensor.of(targets, rows, 1)).sum().neg();
      Tensor uniform = logProbabilities.mean(1).sum().neg();
      Tensor z = logits.logSumExp(1).square().sum();
      target.mul(1 - smoothing).add(uniform.mul(smoothing)).add(z.mul(zLoss)).mul(0.25).backward();

      Tensor[] chunked = leaves();
      Hidden hidden = new Hidden(chunked[0].mul(1), new RouterLosses());
      double loss =
          ChunkedCrossEntropy.backward(hidden, hidden.states(), head(chunked, capped), targets, regularisation, 0.25, 0);
      assertThat(loss).isCloseTo(target.item(), within(1e-5 * target.item()));
      for (int i = 0; i < plain.length; i++) {
        float[] expected = plain[i].grad().floats();
        float[] actual = chunked[i].grad().floats();
        for (int j = 0; j < expected.length; j++) {
          assertThat(actual[j]).as("leaf %d", i).isCloseTo(expected[j], within(2e-4f * Math.max(1, Math.abs(expected[j]))));
        }
      }
      float[] losses = ChunkedCrossEntropy.losses(chunked[0].detach(), head(chunked, capped), targets);
      double sum = 0;
      for (float one : losses) {
        sum += one;
      }
      assertThat(sum).isCloseTo(target.item(), within(1e-4 * target.item()));
    }
  }

  /// Hidden states, the head's matrix, its bias.
  private static Tensor[] leaves() {
    return new Tensor[] {
      gaussians(2, 20_000, 6).requireGrad(), gaussians(3, 64, 6).requireGrad(), gaussians(4, 1, 64).view(64).detach().requireGrad()
    };
  }

  private static OutputHead head(Tensor[] leaves, boolean capped) {
    return new OutputHead(
        leaves[1], Optional.of(leaves[2]), capped ? OptionalDouble.of(2) : OptionalDouble.empty(), x -> x.mul(0.5));
  }
}
