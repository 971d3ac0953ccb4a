package dev.athanor.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.inference.CpuRunner;
import dev.athanor.inference.KvCache;
import dev.athanor.inference.Logits;
import dev.athanor.inference.Slice;
import dev.athanor.model.Activation;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Embedding;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Head;
import dev.athanor.model.Mixer;
import dev.athanor.model.Norm;
import dev.athanor.model.NormPlacement;
import dev.athanor.model.Positions;
import dev.athanor.model.RelativeBias;
import dev.athanor.model.Rope;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.Stack;
import dev.athanor.model.StoredTensor;
import dev.athanor.nn.ChunkedCrossEntropy;
import dev.athanor.nn.Decoder;
import dev.athanor.nn.Parameters;
import dev.athanor.nn.TokenBatch;
import dev.athanor.tensor.NoGrad;
import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is trained is what is served: the LibTorch decoder and the SIMD engine on one checkpoint, within 1e-3 (in truth, the
/// rounding of f32).
class RunnersAgreeTest {
  private static final int LENGTH = 50;
  private static final int HIDDEN = 32;
  private static final Mixer.Attention ATTENTION = new Mixer.Attention(4, 2, 12, new Rope(500), false, false);
  private static final FeedForward GATED = new FeedForward.Gated(40);

  @TempDir Path dir;

  @ParameterizedTest(name = "qkNorm {0}, qkvBias {1}, tied {2}, look-ups {3}")
  @CsvSource({
    "false,false,true,false",
    "false,false,false,false",
    "false,true,true,false",
    "true,false,true,false",
    "true,false,false,false",
    "true,false,true,true",
    "true,false,false,true"
  })
  void logitsAndScores_likeLlama_agree(boolean qkNorm, boolean qkvBias, boolean tied, boolean lookups) {
    DecoderSpec plain = TinyModels.spec(qkNorm, qkvBias, tied);
    agree(lookups ? TinyModels.withLookups(plain) : plain);
  }

  @Test
  void logitsAndScores_attentionStateSpacesAndExpertsInOneModel_agree() {
    Rope yarn = new Rope(500, new Rope.Scaling.Yarn(4, 16, 32, 1, OptionalDouble.empty(), true));
    List<BlockSpec> blocks =
        List.of(
            new BlockSpec(ATTENTION.withWindow(OptionalInt.of(9)), experts(true, OptionalInt.of(20))),
            new BlockSpec(new Mixer.Mamba(48, 5, 4, 3, true, false), GATED),
            new BlockSpec(new Mixer.Mamba2(6, 8, 2, 5, 4, 16, true, false, 1e-5), new FeedForward.None()),
            new BlockSpec(ATTENTION.withRope(Optional.of(yarn)), experts(false, OptionalInt.empty())));
    agree(decoder(Embedding.PLAIN, Stack.causal(HIDDEN, blocks, new Norm.Rms(1e-6), NormPlacement.PRE), Head.of(true)));
  }

  private static FeedForward experts(boolean normalise, OptionalInt shared) {
    return new FeedForward.Experts(5, 2, 24, Activation.SILU, normalise, shared, 0.01, 0.001);
  }

  @Test
  void logitsAndScores_likeGemmaWithLookups_agree() {
    Mixer.Attention capped = ATTENTION.withSoftcap(OptionalDouble.of(5)).withScale(0.3);
    List<BlockSpec> blocks =
        List.of(
            new BlockSpec(
                capped.withWindow(OptionalInt.of(7)), new FeedForward.Gated(40, Activation.GELU_TANH, true)),
            new BlockSpec(capped, new FeedForward.Plain(40, Activation.GELU, false)));
    Stack stack = Stack.causal(HIDDEN, blocks, new Norm.Rms(1e-6, true), NormPlacement.SANDWICH);
    Embedding scaled = new Embedding(Math.sqrt(HIDDEN), new Positions.None(), 0, false);
    agree(TinyModels.withLookups(decoder(scaled, stack, new Head(true, false, OptionalDouble.of(3), 1))));
  }

  @Test
  void logitsAndScores_likeBertButCausalWithARelativeBias_agree() {
    Mixer.Attention plain = Mixer.Attention.multiHead(4, 8, true, 0.25);
    List<BlockSpec> blocks =
        List.of(
            new BlockSpec(plain, new FeedForward.Plain(40, Activation.QUICK_GELU, true)),
            new BlockSpec(plain, new FeedForward.Plain(40, Activation.RELU, true)));
    Stack stack =
        new Stack(
            HIDDEN, blocks, new Norm.Layer(1e-5), NormPlacement.POST, true, Optional.empty(),
            Optional.of(new RelativeBias(8, 20)), false);
    Embedding learned = new Embedding(1, new Positions.Learned(70, 2), 2, true);
    agree(decoder(learned, stack, new Head(false, true, OptionalDouble.empty(), 0.5)));
  }

  @Test
  void logitsAndScores_scalingThatGrowsWithTheSequence_agree() {
    Mixer.Attention dynamic = ATTENTION.withRope(Optional.of(new Rope(500, new Rope.Scaling.Dynamic(2, 16))));
    List<BlockSpec> blocks = List.of(new BlockSpec(dynamic, GATED), new BlockSpec(ATTENTION, GATED));
    agree(decoder(Embedding.PLAIN, Stack.causal(HIDDEN, blocks, new Norm.Layer(1e-5), NormPlacement.PRE), Head.of(false)));
  }

  private static DecoderSpec decoder(Embedding embedding, Stack stack, Head head) {
    return new DecoderSpec(TinyModels.VOCABULARY, 64, embedding, stack, head);
  }

  private void agree(DecoderSpec spec) {
    int[] ids = new Random(1).ints(LENGTH, 0, TinyModels.VOCABULARY).toArray();
    Path folder = dir.resolve("model");
    try (Parameters trained = TinyModels.parameters(spec, 2)) {
      Map<String, StoredTensor> weights = new LinkedHashMap<>();
      trained.byName().forEach((name, weight) -> weights.put(name, StoredTensor.of(weight.floats(), weight.shape())));
      CheckpointDir.write(folder, spec, SpecialTokens.endingWith(2), weights, _ -> {});
    }
    float[] logits;
    float[] losses;
    try (CheckpointDir checkpoint = CheckpointDir.open(folder)) {
      assertThat(checkpoint.decoder()).isEqualTo(spec);
      try (Parameters read = Parameters.of(checkpoint);
          Scope _ = new Scope();
          NoGrad _ = new NoGrad()) {
        Decoder decoder = new Decoder(spec, read);
        long[] wide = Arrays.stream(ids).asLongStream().toArray();
        Tensor hidden = decoder.hidden(new TokenBatch(wide, new int[] {LENGTH})).states();
        logits = decoder.head().logits(hidden).floats();
        losses =
            ChunkedCrossEntropy.losses(
                hidden.narrow(0, 0, LENGTH - 1), decoder.head(), Arrays.copyOfRange(wide, 1, LENGTH));
      }
    }
    try (CpuRunner runner = CpuRunner.open(folder, 1)) {
      KvCache atOnce = runner.newCache();
      atOnce.expect(LENGTH);
      Logits served = runner.forward(List.of(new Slice(atOnce, ids, 0, LENGTH, LENGTH)));
      List<float[]> together = IntStream.range(0, LENGTH).mapToObj(served::copy).toList();
      for (int t = 0; t < LENGTH; t++) {
        float[] expected = Arrays.copyOfRange(logits, t * TinyModels.VOCABULARY, (t + 1) * TinyModels.VOCABULARY);
        assertThat(together.get(t)).containsExactly(expected, within(1e-3f));
      }
      KvCache cache = runner.newCache();
      cache.expect(LENGTH);
      for (int t = 0; t < LENGTH; t++) { // token by token, as it generates: an n-gram reaches back into the cache
        Logits one = runner.forward(List.of(new Slice(cache, new int[] {ids[t]}, 0, 1, 1)));
        assertThat(one.copy(0)).containsExactly(together.get(t));
      }
      float[] scores = runner.score(List.of(ids)).getFirst();
      for (int t = 0; t < LENGTH - 1; t++) {
        assertThat(scores[t]).isCloseTo(-losses[t], within(1e-3f));
      }
    }
  }
}
