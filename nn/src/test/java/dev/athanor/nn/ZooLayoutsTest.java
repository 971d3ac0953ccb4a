package dev.athanor.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.tensor.NoGrad;
import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every family on its golden checkpoint: layouts of the same work must agree. Tolerances are the rounding of f32 in another
/// order, at logits of about ten.
class ZooLayoutsTest {
  private static final float ROUNDING = 2e-4f;

  private static long[] ids(long seed, int count) {
    return new Random(seed).longs(count, 3, 90).toArray();
  }

  private static float[] hidden(Network network, long[] ids, int... lengths) {
    try (Scope _ = new Scope();
        NoGrad _ = new NoGrad()) {
      return network.hidden(new TokenBatch(ids, lengths)).states().floats();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt2", "llama", "llama-dynamic", "llama-yarn", "mistral", "qwen2-window", "qwen3", "gemma2", "mixtral",
        "qwen3_moe-sparse", "mamba", "mamba2", "bert", "roberta"
      })
  void packedSequences_areThoseOfEachAlone(String family) {
    try (Golden golden = new Golden(family)) {
      Network network = golden.network();
      int width = golden.checkpoint.spec().hiddenSize();
      int[] lengths = {7, 1, 20, 20, 12};
      long[] ids = ids(2, 60);
      float[] packed = hidden(network, ids, lengths);
      int from = 0;
      for (int length : lengths) {
        float[] alone = hidden(network, Arrays.copyOfRange(ids, from, from + length), length);
        assertThat(Arrays.copyOfRange(packed, from * width, (from + length) * width)).containsExactly(alone, within(ROUNDING));
        from += length;
      }
      float[] rectangle = hidden(network, Arrays.copyOfRange(ids, 8, 48), 20, 20);
      assertThat(rectangle).containsExactly(Arrays.copyOfRange(packed, 8 * width, 48 * width), within(ROUNDING));
    }
  }

  /// Fed in pieces of random sizes, several sequences at once.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt2", "llama", "llama-linear", "llama-yarn", "llama-llama3", "llama-bias", "mistral", "qwen2", "qwen2-window", "qwen3",
        "gemma2", "mixtral", "qwen3_moe", "qwen3_moe-sparse", "mamba", "mamba2"
      })
  void cachedSequences_areThoseOfOnePass(String family) {
    try (Golden golden = new Golden(family)) {
      Decoder decoder = (Decoder) golden.network();
      int width = decoder.spec().hiddenSize();
      long[][] sequences = {ids(5, 30), ids(6, 23), ids(7, 11)};
      List<float[]> whole = new ArrayList<>();
      for (long[] sequence : sequences) {
        whole.add(hidden(decoder, sequence, sequence.length));
      }
      Random random = new Random(8);
      try (Scope _ = new Scope();
          NoGrad _ = new NoGrad()) {
        List<Cache> caches = List.of(decoder.newCache(), decoder.newCache(), decoder.newCache());
        while (caches.get(0).length() < 30 || caches.get(1).length() < 23 || caches.get(2).length() < 11) {
          List<Cache> fed = new ArrayList<>();
          List<Integer> which = new ArrayList<>();
          List<Integer> lengths = new ArrayList<>();
          List<Long> more = new ArrayList<>();
          for (int s = 0; s < 3; s++) {
            int known = caches.get(s).length();
            int take = Math.min(sequences[s].length - known, 1 + random.nextInt(6));
            if (take > 0) {
              fed.add(caches.get(s));
              which.add(s);
              lengths.add(take);
              for (int i = 0; i < take; i++) {
                more.add(sequences[s][known + i]);
              }
            }
          }
          int[] starts = fed.stream().mapToInt(Cache::length).toArray();
          TokenBatch batch =
              new TokenBatch(
                  more.stream().mapToLong(Long::longValue).toArray(), lengths.stream().mapToInt(Integer::intValue).toArray());
          float[] states = decoder.next(batch, fed).floats();
          int row = 0;
          for (int i = 0; i < fed.size(); i++) {
            float[] expected = Arrays.copyOfRange(whole.get(which.get(i)), starts[i] * width, (starts[i] + lengths.get(i)) * width);
            assertThat(Arrays.copyOfRange(states, row * width, (row + lengths.get(i)) * width))
                .as("sequence %d from %d", which.get(i), starts[i])
                .containsExactly(expected, within(ROUNDING));
            row += lengths.get(i);
          }
        }
        caches.forEach(Cache::close);
      }
    }
  }

  /// What a recurrence keeps does not grow; what attends keeps a key and a value a position.
  @ParameterizedTest
  @ValueSource(strings = {"mamba", "mamba2", "llama"})
  void cache_growsWithTheSequenceOnlyWhereAttentionNeedsIt(String family) {
    try (Golden golden = new Golden(family);
        Scope _ = new Scope();
        NoGrad _ = new NoGrad();
        Cache cache = ((Decoder) golden.network()).newCache()) {
      Decoder decoder = (Decoder) golden.network();
      decoder.next(new TokenBatch(ids(1, 5), new int[] {5}), List.of(cache));
      long few = cache.bytes();
      decoder.next(new TokenBatch(ids(2, 20), new int[] {20}), List.of(cache));
      assertThat(cache.bytes()).isEqualTo(family.equals("llama") ? 5 * few : few);
    }
  }

  /// Blocks run again in backward give the same bits, dropout and routers included.
  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "gemma2", "mixtral", "qwen3_moe-sparse", "mamba", "mamba2", "bert"})
  void checkpointing_givesThePlainGradients(String family) {
    Dropout dropout = new Dropout(0.1, 9);
    Map<String, float[]> plain = gradients(family, new Network.Mode(dropout, false));
    Map<String, float[]> checkpointed = gradients(family, new Network.Mode(dropout, true));
    assertThat(checkpointed.keySet()).isEqualTo(plain.keySet());
    plain.forEach((name, expected) -> assertThat(checkpointed.get(name)).as(name).containsExactly(expected, within(1e-6f)));
    assertThat(gradients(family, Network.Mode.PLAIN).values().iterator().next())
        .isNotEqualTo(plain.values().iterator().next());
  }

  private static Map<String, float[]> gradients(String family, Network.Mode mode) {
    try (Golden golden = new Golden(family);
        Scope _ = new Scope()) {
      Network network = golden.network();
      Hidden hidden = network.hidden(new TokenBatch(ids(3, 24), new int[] {14, 10}), mode);
      long[] targets = ids(4, 24);
      ChunkedCrossEntropy.backward(
          hidden, hidden.states(), network.head(), targets, ChunkedCrossEntropy.Regularisation.NONE, 1.0 / 24, 1);
      Map<String, float[]> gradients = new LinkedHashMap<>();
      golden.parameters.byName().forEach((name, weight) -> gradients.put(name, weight.grad().floats()));
      return gradients;
    }
  }

  @Test
  void prefix_isSeenByAllOfIt_andTheRestIsCausal() {
    try (Golden golden = new Golden("llama")) {
      Network network = golden.network();
      long[] ids = ids(11, 10);
      float[] before = prefixed(network, ids);
      long[] inPrefix = ids.clone();
      inPrefix[3] = 91; // the last of the prefix
      assertThat(firstState(prefixed(network, inPrefix))).isNotEqualTo(firstState(before));
      long[] after = ids.clone();
      after[4] = 91;
      float[] changed = prefixed(network, after);
      int width = golden.checkpoint.spec().hiddenSize();
      assertThat(Arrays.copyOf(changed, 4 * width)).containsExactly(Arrays.copyOf(before, 4 * width), within(1e-6f));
      assertThat(Arrays.copyOfRange(changed, 4 * width, changed.length))
          .isNotEqualTo(Arrays.copyOfRange(before, 4 * width, before.length));
    }
  }

  private static float[] firstState(float[] states) {
    return Arrays.copyOf(states, 32);
  }

  private static float[] prefixed(Network network, long[] ids) {
    try (Scope _ = new Scope();
        NoGrad _ = new NoGrad()) {
      return network.hidden(new TokenBatch(ids, new int[] {10}, new int[] {4})).states().floats();
    }
  }

  @Test
  void hidden_aBatchOfAnotherKind_isRefused() {
    TokenBatch text = new TokenBatch(ids(1, 4), new int[] {4});
    try (Golden llama = new Golden("llama");
        Golden bart = new Golden("bart");
        Golden llava = new Golden("llava")) {
      assertThatThrownBy(() -> llama.network().hidden(new SeqToSeqBatch(text, text)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> bart.network().hidden(text)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> llava.network().hidden(new ImageTextBatch(text, List.of(new float[3 * 24 * 24]))))
          .hasMessageContaining("the image token stands 0 times");
    }
  }

  @Test
  void dropout_zeroesItsShareAndKeepsTheMean() {
    try (Scope _ = new Scope()) {
      Tensor ones = Tensor.zeros(200, 501).fill_(1);
      float[] dropped = new Dropout(0.3, 5).apply(ones, 1).floats();
      double zeros = 0;
      double sum = 0;
      for (float value : dropped) {
        zeros += value == 0 ? 1 : 0;
        sum += value;
      }
      // Six standard deviations of 100,200 draws.
      assertThat(zeros / dropped.length).isCloseTo(0.3, within(0.009));
      assertThat(sum / dropped.length).isCloseTo(1, within(0.013));
      assertThat(new Dropout(0.3, 5).apply(ones, 1).floats()).isEqualTo(dropped);
      assertThat(new Dropout(0.3, 5).apply(ones, 2).floats()).isNotEqualTo(dropped);
      assertThat(new Dropout(0.3, 5).reseeded(1).apply(ones, 1).floats()).isNotEqualTo(dropped);
    }
  }
}
