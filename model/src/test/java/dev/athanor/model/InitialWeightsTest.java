package dev.athanor.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InitialWeightsTest {
  /// Attention, both kinds of state space, tables and induction: every kind of [Init].
  private static final DecoderSpec SPEC =
      new DecoderSpec(
          64,
          64,
          Embedding.PLAIN,
          Stack.causal(
              32,
              List.of(
                  new BlockSpec(new Mixer.Attention(4, 2, 12, new Rope(10_000), true, true), new FeedForward.Gated(48)),
                  new BlockSpec(new Mixer.Mamba(64, 8, 4, 2, true, false), new FeedForward.None()),
                  new BlockSpec(new Mixer.Mamba2(8, 8, 2, 8, 4, 16, true, false, 1e-5), new FeedForward.Gated(48))),
              new Norm.Rms(1e-6),
              NormPlacement.PRE),
          Head.of(false),
          Optional.of(new NgramEmbedding(List.of(2, 3), 997, 8)),
          Optional.of(new InductionEmbedding(List.of(1, 2))));

  /// Runs are repeated by their seeds: the digest is that of the program that drew the first of them.
  @Test
  void of_aSeed_givesTheBitsThatItEverGave() {
    MessageDigest digest = Sha256.digest();
    for (WeightSpec weight : WeightNames.weights(SPEC)) {
      float[] values = InitialWeights.of(weight, 7);
      ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(values);
      digest.update(weight.name().getBytes(StandardCharsets.UTF_8));
      digest.update(bytes.array());
    }
    assertThat(HexFormat.of().formatHex(digest.digest()))
        .isEqualTo("18491cdf36bd320d036df52cb506027861efdb0a3616407a0c6903fb2d05bdb9");
  }

  @Test
  void floats_inParts_areTheSame() {
    for (WeightSpec weight : WeightNames.weights(SPEC)) {
      float[] parts = new float[(int) weight.elements()];
      InitialWeights numbers = new InitialWeights(weight, 3);
      for (int at = 0; at < parts.length; at += 7) {
        numbers.floats(at, parts, at, Math.min(7, parts.length - at));
      }
      assertThat(parts).as(weight.name()).containsExactly(InitialWeights.of(weight, 3));
    }
  }

  @Test
  void floats_outOfOrder_areRefused() {
    InitialWeights numbers = new InitialWeights(WeightNames.weights(SPEC).getFirst(), 3);
    assertThatThrownBy(() -> numbers.floats(4, new float[4], 0, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 comes next, not 4");
  }

  @Test
  void rounded_asWritten_isWhatRoundingTheWholeGives() throws IOException {
    WeightSpec weight = WeightNames.weights(SPEC).getFirst();
    for (DType dtype : List.of(DType.F32, DType.F16, DType.BF16)) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      TensorSource.rounded("w", dtype, weight.shape(), new InitialWeights(weight, 1)).writeTo(out);
      StoredTensor whole = StoredTensor.of(dtype, InitialWeights.of(weight, 1), weight.shape());
      assertThat(out.toByteArray()).as(dtype.name()).isEqualTo(whole.data().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
    }
  }
}
