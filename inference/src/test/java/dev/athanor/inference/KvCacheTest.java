package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.model.BlockSpec;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Embedding;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Head;
import dev.athanor.model.Mixer;
import dev.athanor.model.Norm;
import dev.athanor.model.NormPlacement;
import dev.athanor.model.Rope;
import dev.athanor.model.Stack;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class KvCacheTest {
  private static final Mixer.Attention FULL = new Mixer.Attention(2, 1, 8, new Rope(500), false, false);
  private static final Mixer.Attention WINDOWED = FULL.withWindow(OptionalInt.of(100));
  private static final Mixer.Mamba MAMBA = new Mixer.Mamba(24, 4, 3, 2, true, false);

  private static KvCache cache(Mixer... mixers) {
    List<BlockSpec> blocks =
        List.of(mixers).stream().map(mixer -> new BlockSpec(mixer, new FeedForward.None())).toList();
    Stack stack = Stack.causal(16, blocks, new Norm.Rms(1e-6), NormPlacement.PRE);
    return new KvCache(new DecoderSpec(50, Integer.MAX_VALUE, Embedding.PLAIN, stack, Head.of(true)));
  }

  @Test
  void reserve_blockByBlock_holdsAllPositionsOrThoseOfTheWindow() {
    KvCache cache = cache(FULL, WINDOWED);
    for (int step = 0; step < 40; step++) {
      cache.reserve(cache.length() + 30);
      cache.reserve(cache.length() + 30); // again, as after a pass that failed
      for (int position = cache.length(); position < cache.length() + 30; position++) {
        put(cache.keyValues(0), position);
        put(cache.keyValues(1), position);
      }
      cache.advance(30);
    }
    assertThat(cache.length()).isEqualTo(1200);
    assertThat(cache.keyValues(0).blocks()).isEqualTo(19); // of 64 positions
    assertThat(cache.keyValues(1).blocks()).isLessThanOrEqualTo(4);
    assertThat(attended(cache.keyValues(0), 1199)).isCloseTo(1199 / 2f, within(0.1f));
    assertThat(attended(cache.keyValues(1), 1199)).isCloseTo(1199 - 99 / 2f, within(0.1f));
  }

  /// Keys of zeros, so that all that is seen counts alike; values that say where they stand.
  private static void put(KeyValues memory, int position) {
    float[] keyAndValue = new float[16];
    Arrays.fill(keyAndValue, 8, 16, position);
    memory.put(0, position, keyAndValue, 0, 8);
  }

  private static float attended(KeyValues memory, int position) {
    float[] out = new float[KeyValues.width(8)];
    memory.attend(0, position, new float[8], 0, new float[0], new float[KeyValues.BLOCK], out);
    return out[7];
  }

  @Test
  void advance_recurrentState_readsWhatWasWritten() {
    KvCache cache = cache(MAMBA);
    cache.reserve(1);
    RecurrentState memory = cache.recurrent(0);
    assertThat(memory.state()).containsOnly(0);
    assertThat(memory.inputs()).hasSizeGreaterThanOrEqualTo(2 * 24).containsOnly(0);
    memory.nextState()[3] = 5;
    memory.nextInputs()[1] = 7;
    cache.reserve(1); // the pass failed
    assertThat(memory.state()).containsOnly(0);
    assertThat(memory.inputs()).containsOnly(0);
    cache.advance(1);
    assertThat(memory.state()[3]).isEqualTo(5);
    assertThat(memory.inputs()[1]).isEqualTo(7);
    int size = memory.state().length;
    cache.reserve(100_000);
    cache.advance(99_999);
    assertThat(memory.state()).hasSize(size);
  }

  @Test
  void lengthAt_expectedPrompt_isTheLengthThatItGrowsFrom() {
    KvCache cache = cache(FULL);
    assertThat(cache.lengthAt(4)).isEqualTo(5);
    cache.expect(10);
    assertThat(cache.lengthAt(4)).isEqualTo(10);
    assertThat(cache.lengthAt(10)).isEqualTo(11);
  }
}
