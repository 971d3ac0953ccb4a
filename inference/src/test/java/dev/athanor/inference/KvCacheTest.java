package dev.athanor.inference;

import static dev.athanor.inference.PagePool.PAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KvCacheTest {
  private static final Mixer.Attention FULL = new Mixer.Attention(2, 1, 8, new Rope(500), false, false);
  private static final Mixer.Attention WINDOWED = FULL.withWindow(OptionalInt.of(100));
  private static final Mixer.Mamba MAMBA = new Mixer.Mamba(24, 4, 3, 2, true, false);

  /// A memory and its numbers.
  private record Memory(KvMemory counts, HeapKv numbers) {
    KvCache newCache() {
      return counts.newCache();
    }

    PagePool pool() {
      return counts.pool();
    }
  }

  private static Memory memory(int pages, KvFormat format, Mixer... mixers) {
    return memory(pages, format, Eviction.NONE, mixers);
  }

  private static Memory memory(int pages, KvFormat format, Eviction eviction, Mixer... mixers) {
    List<BlockSpec> blocks =
        List.of(mixers).stream().map(mixer -> new BlockSpec(mixer, new FeedForward.None())).toList();
    Stack stack = Stack.causal(16, blocks, new Norm.Rms(1e-6), NormPlacement.PRE);
    DecoderSpec spec = new DecoderSpec(50, Integer.MAX_VALUE, Embedding.PLAIN, stack, Head.of(true));
    HeapKv numbers = new HeapKv(stack, format, BlockRange.all(spec), eviction);
    return new Memory(new KvMemory(stack, format, pages, numbers, eviction), numbers);
  }

  private static void feed(Memory memory, KvCache cache, int count, float salt) {
    int end = cache.length() + count;
    cache.reserve(end);
    cache.reserve(end); // again, as after a pass that failed
    for (int position = cache.length(); position < end; position++) {
      cache.putId(position, position % 50);
      float[] keyAndValue = new float[16];
      Arrays.fill(keyAndValue, 8, 16, position + salt);
      memory.numbers().keyValues(0).put(cache.table(), 0, position, keyAndValue, 0, 8);
    }
    cache.advance(count);
  }

  /// Keys of zeros, so that all that is seen counts alike; values that say where they stand.
  private static float attended(Memory memory, KvCache cache, int position) {
    KeyValues keyValues = memory.numbers().keyValues(0);
    float[] room = new float[keyValues.roomNumbers()];
    int at = keyValues.attend(cache.table(), 0, position, position, new float[16], 0, 0, 2, DistanceBias.none(2), room);
    assertThat(room[at + keyValues.width()]).isEqualTo(room[at]);
    return room[at + 7];
  }

  @ParameterizedTest
  @EnumSource
  void attend_anyFormat_weighsWhatIsSeen(KvFormat format) {
    Memory memory = memory(1000, format, FULL);
    try (KvCache cache = memory.newCache()) {
      for (int step = 0; step < 40; step++) {
        feed(memory, cache, 30, 0);
      }
      assertThat(cache.length()).isEqualTo(1200);
      assertThat(memory.pool().held()).isEqualTo(75);
      assertThat(attended(memory, cache, 1199)).isCloseTo(1199 / 2f, within(1f));
      assertThat(attended(memory, cache, 77)).isCloseTo(77 / 2f, within(0.1f));
    }
    assertThat(memory.pool().held()).isZero();
  }

  @Test
  void reserve_allBlocksWindowed_givesBackWhatNoneSees() {
    Memory memory = memory(10, KvFormat.F32, WINDOWED);
    try (KvCache cache = memory.newCache()) {
      for (int step = 0; step < 40; step++) {
        feed(memory, cache, 30, 0);
        assertThat(memory.pool().held()).isLessThanOrEqualTo(10);
      }
      assertThat(attended(memory, cache, 1199)).isCloseTo(1199 - 99 / 2f, within(0.1f));
    }
    assertThat(memory.pool().held()).isZero();
  }

  /// The first 20 positions take two pages, 32 positions; of the last 100 the mean is known.
  @ParameterizedTest
  @EnumSource
  void reserve_evicting_keepsTheFirstAndTheLast(KvFormat format) {
    Memory memory = memory(12, format, new Eviction(20, 100), FULL);
    try (KvCache cache = memory.newCache()) {
      for (int step = 0; step < 200; step++) {
        int before = cache.length();
        feed(memory, cache, 7, 0);
        for (int position = before; position < cache.length(); position++) {
          int begin = Math.max(0, position - 99);
          double all = position * (position + 1) / 2.0;
          double expected =
              begin <= 32
                  ? position / 2.0
                  : (all - begin * (begin - 1) / 2.0 + 31 * 32 / 2.0) / (100 + 32);
          assertThat((double) attended(memory, cache, position)).isCloseTo(expected, within(0.005 * (1 + position)));
        }
        assertThat(memory.pool().held()).isLessThanOrEqualTo(2 + 8 + 1);
      }
      try (KvCache fork = cache.fork()) {
        feed(memory, fork, 1, 0);
        assertThat(attended(memory, fork, 1400)).isCloseTo(attended(memory, cache, 1399) * 1.0f, within(2f));
      }
    }
    assertThat(memory.pool().held()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void spill_andRestore_bringsEveryNumberBack(KvFormat format, @TempDir Path folder) {
    for (Eviction eviction : List.of(Eviction.NONE, new Eviction(20, 64))) {
      Memory memory = memory(40, format, eviction, FULL);
      int[] ids = IntStream.range(0, 500).map(i -> i % 50).toArray();
      try (KvSpill file = new KvSpill(memory.counts().store(), folder, 1 << 20)) {
        KvCache cache = memory.newCache();
        cache.reuse(ids, 300, "a");
        feed(memory, cache, 150, 0);
        feed(memory, cache, 150, 0);
        float before = attended(memory, cache, 299);
        SpilledCache spilled = Objects.requireNonNull(cache.spill(file));
        cache.close();
        assertThat(file.held()).isPositive();
        // Others write over all pages, so that nothing is found again.
        try (KvCache other = memory.newCache()) {
          for (int i = 0; i < (eviction.equals(Eviction.NONE) ? 40 : 9); i++) {
            feed(memory, other, 16, 5000);
          }
        }
        KvCache back = memory.newCache();
        back.reuse(ids, 300, eviction.equals(Eviction.NONE) ? "a" : "b");
        assertThat(memory.pool().free()).isGreaterThanOrEqualTo(back.pagesToReserve(300));
        back.restore(spilled, ids);
        spilled.close();
        assertThat(file.held()).isZero();
        assertThat(back.length()).isEqualTo(300);
        assertThat(attended(memory, back, 299)).isEqualTo(before);
        feed(memory, back, 20, 0);
        back.close();
        assertThat(memory.pool().held()).isZero();
      }
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void spill_fileIsFull_keepsNothing(@TempDir Path folder) {
    Memory memory = memory(40, KvFormat.F32, FULL);
    try (KvSpill file = new KvSpill(memory.counts().store(), folder, 3 * memory.counts().store().pageBytes())) {
      KvCache cache = memory.newCache();
      feed(memory, cache, 64, 0);
      assertThat(cache.spill(file)).isNull();
      assertThat(file.held()).isZero();
      KvCache shorter = memory.newCache();
      feed(memory, shorter, 48, 0);
      assertThat(shorter.spill(file)).isNotNull();
      assertThat(file.held()).isEqualTo(3);
    }
  }

  @Test
  void back_guessesThatWereWrong_areWrittenOver() {
    Memory memory = memory(40, KvFormat.F32, FULL);
    KvCache cache = memory.newCache();
    feed(memory, cache, 40, 0);
    feed(memory, cache, 10, 1000);
    cache.back(40);
    feed(memory, cache, 10, 0);
    assertThat(attended(memory, cache, 49)).isCloseTo(49 / 2f, within(0.01f));
    Memory windowed = memory(40, KvFormat.F32, WINDOWED);
    KvCache narrow = windowed.newCache();
    feed(windowed, narrow, 130, 0);
    feed(windowed, narrow, 16, 0);
    feed(windowed, narrow, 1, 0);
    assertThat(narrow.canGoBack(146)).isTrue();
    assertThat(narrow.canGoBack(100)).isFalse();
    assertThatThrownBy(() -> narrow.back(100)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void reuse_sameBeginning_sharesItsPages() {
    Memory memory = memory(100, KvFormat.F32, FULL);
    int[] ids = IntStream.range(0, 200).map(i -> i % 50).toArray();
    KvCache first = memory.newCache();
    assertThat(first.reuse(ids, 100, "a")).isZero();
    feed(memory, first, 100, 0);
    KvCache second = memory.newCache();
    assertThat(second.reuse(ids, 200, "a")).isEqualTo(96);
    assertThat(memory.pool().held()).isEqualTo(7);
    assertThat(attended(memory, second, 95)).isEqualTo(attended(memory, first, 95));
    KvCache elsewhere = memory.newCache();
    assertThat(elsewhere.reuse(ids, 200, "b")).isZero();
    first.close();
    second.close();
    assertThat(memory.pool().held()).isZero();
    KvCache later = memory.newCache();
    assertThat(later.reuse(ids, 96, "a")).isEqualTo(80); // the last token is computed
    feed(memory, later, 16, 0);
    KvCache other = memory.newCache();
    ids[3] = 49;
    assertThat(other.reuse(ids, 200, "a")).isZero();
  }

  @Test
  void fork_bothGoOn_keepTheirOwnAndShareTheRest() {
    Memory memory = memory(100, KvFormat.F32, FULL);
    KvCache cache = memory.newCache();
    feed(memory, cache, 40, 0);
    KvCache fork = cache.fork();
    assertThat(memory.pool().held()).isEqualTo(3);
    assertThat(fork.pagesToReserve(41)).isEqualTo(1);
    feed(memory, fork, 30, 1000);
    feed(memory, cache, 30, 0);
    assertThat(memory.pool().held()).isEqualTo(2 + 3 + 3);
    assertThat(attended(memory, cache, 69)).isCloseTo(69 / 2f, within(0.01f));
    assertThat(attended(memory, fork, 69)).isCloseTo(69 / 2f + 1000 * 30 / 70f, within(0.1f));
    cache.close();
    assertThat(attended(memory, fork, 69)).isCloseTo(69 / 2f + 1000 * 30 / 70f, within(0.1f));
    fork.close();
    fork.close();
    assertThat(memory.pool().held()).isZero();
    assertThatThrownBy(() -> fork.reserve(80)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void advance_recurrentState_readsWhatWasWritten() {
    Memory memory = memory(1, KvFormat.F32, MAMBA);
    KvCache cache = memory.newCache();
    cache.reserve(1);
    RecurrentState state = memory.numbers().state(cache.number(), 0);
    assertThat(state.state()).containsOnly(0);
    assertThat(state.inputs()).hasSizeGreaterThanOrEqualTo(2 * 24).containsOnly(0);
    state.nextState()[3] = 5;
    state.nextInputs()[1] = 7;
    cache.reserve(1); // the pass failed
    assertThat(state.state()).containsOnly(0);
    assertThat(state.inputs()).containsOnly(0);
    cache.advance(1);
    assertThat(state.state()[3]).isEqualTo(5);
    assertThat(state.inputs()[1]).isEqualTo(7);
    KvCache fork = cache.fork();
    fork.reserve(2);
    RecurrentState forked = memory.numbers().state(fork.number(), 0);
    forked.nextState()[3] = 9;
    fork.advance(1);
    assertThat(state.state()[3]).isEqualTo(5);
    assertThat(forked.state()[3]).isEqualTo(9);
    int size = state.state().length;
    cache.reserve(100_000);
    cache.advance(99_999);
    assertThat(state.state()).hasSize(size);
    assertThat(cache.pagesToReserve(1_000_000)).isZero();
  }

  @Test
  void close_recurrentState_nextSequenceBeginsAfresh() {
    Memory memory = memory(1, KvFormat.F32, MAMBA);
    KvCache cache = memory.newCache();
    cache.reserve(1);
    int number = cache.number();
    memory.numbers().state(number, 0).nextState()[3] = 5;
    cache.advance(1);
    cache.close();
    KvCache next = memory.newCache();
    next.reserve(1);
    assertThat(next.number()).isEqualTo(number);
    assertThat(memory.numbers().state(number, 0).state()).containsOnly(0);
  }

  @Test
  void lengthAt_expectedPrompt_isTheLengthThatItGrowsFrom() {
    KvCache cache = memory(1, KvFormat.F32, FULL).newCache();
    assertThat(cache.lengthAt(4)).isEqualTo(5);
    cache.expect(10);
    assertThat(cache.lengthAt(4)).isEqualTo(10);
    assertThat(cache.lengthAt(10)).isEqualTo(11);
  }

  @Test
  void take_longestUnusedFirst_forgetsItsContent() {
    PagePool pool = new PagePool(3);
    int[] ids = new int[3 * PAGE];
    long root = pool.root("");
    int[] taken = {pool.take(), pool.take(), pool.take()};
    long[] contents = new long[3];
    for (int i = 0; i < 3; i++) {
      Arrays.fill(ids, i);
      contents[i] = pool.remember(taken[i], root, ids, 0);
    }
    assertThatThrownBy(pool::take).isInstanceOf(IllegalStateException.class);
    for (int page : taken) {
      pool.drop(page);
    }
    Arrays.fill(ids, 0);
    pool.hold(pool.find(root, ids, 0));
    pool.drop(taken[0]);
    assertThat(pool.take()).isEqualTo(taken[1]); // 0 was used again since
    Arrays.fill(ids, 1);
    assertThat(pool.find(root, ids, 0)).isEqualTo(PagePool.NONE);
    Arrays.fill(ids, 2);
    assertThat(pool.contentOf(pool.find(root, ids, 0))).isEqualTo(contents[2]);
    assertThat(pool.free()).isEqualTo(2);
    assertThatThrownBy(() -> pool.drop(taken[2])).isInstanceOf(IllegalStateException.class);
  }
}
