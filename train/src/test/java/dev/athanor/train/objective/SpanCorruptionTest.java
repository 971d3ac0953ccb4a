package dev.athanor.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.nn.SeqToSeqBatch;
import dev.athanor.nn.TokenBatch;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.BpeTrainer;
import dev.athanor.tokenizer.PreTokenizerPattern;
import dev.athanor.train.LabelledBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpanCorruptionTest {
  private static final int PAD = 257;
  private static final int EOS = 258;
  private static final Sentinels SENTINELS = Sentinels.atTop(400, 259, 100);

  private static SpanCorruption source(ListedRows rows, int perBatch, SpanNoise noise, long seed) {
    return new SpanCorruption(new Pieces(rows, perBatch, Bytes.END), noise, SENTINELS, PAD, EOS, seed);
  }

  private static SeqToSeqBatch pairs(LabelledBatch batch) {
    return (SeqToSeqBatch) batch.batch();
  }

  /// The sequences of a batch, with ids from elsewhere laid in the same way.
  static List<int[]> split(long[] ids, int[] lengths) {
    List<int[]> sequences = new ArrayList<>();
    int at = 0;
    for (int length : lengths) {
      sequences.add(Arrays.stream(ids, at, at + length).mapToInt(id -> (int) id).toArray());
      at += length;
    }
    return sequences;
  }

  /// What the source leaves out is put back where its sentinel stands.
  private static int[] reassembled(int[] source, int[] target) {
    List<Integer> text = new ArrayList<>();
    int at = 0;
    int span = 0;
    for (int id : source) {
      if (id != 399 - span) {
        text.add(id);
        continue;
      }
      assertThat(target[at++]).isEqualTo(id);
      span++;
      while (target[at] != EOS && target[at] != 399 - span) {
        text.add(target[at++]);
      }
    }
    assertThat(at).isEqualTo(target.length - 1);
    assertThat(target[at]).isEqualTo(EOS);
    assertThat(text.removeLast()).isEqualTo(EOS);
    return text.stream().mapToInt(Integer::intValue).toArray();
  }

  @Test
  void microBatch_everyPair_reassemblesToItsTextAndFitsTheContext() {
    for (SpanNoise noise : List.of(SpanNoise.T5, new SpanNoise(0.5, 1), new SpanNoise(1, 3), new SpanNoise(0, 3))) {
      ListedRows rows = ListedRows.random(noise.rowLength(60), 50, 0, 130, 3);
      SpanCorruption source = source(rows, 2, noise, 11);
      for (long index = 0; index < 100; index++) {
        LabelledBatch batch = source.microBatch(index);
        SeqToSeqBatch pairs = pairs(batch);
        List<int[]> texts = new ArrayList<>(rows.pieces(2 * index));
        texts.addAll(rows.pieces(2 * index + 1));
        List<int[]> sources = split(pairs.source().ids(), pairs.source().lengths());
        List<int[]> targets = split(batch.targets(), pairs.target().lengths());
        assertThat(sources).hasSameSizeAs(texts);
        for (int i = 0; i < texts.size(); i++) {
          assertThat(sources.get(i).length).isLessThanOrEqualTo(60);
          assertThat(targets.get(i).length).isLessThanOrEqualTo(60);
          assertThat(reassembled(sources.get(i), targets.get(i))).isEqualTo(texts.get(i));
        }
      }
    }
  }

  @Test
  void microBatch_decoder_readsItsTargetOnePlaceLate() {
    LabelledBatch batch = source(ListedRows.random(40, 30, 0, 60, 4), 3, SpanNoise.T5, 1).microBatch(2);
    TokenBatch read = pairs(batch).target();
    List<int[]> inputs = split(read.ids(), read.lengths());
    List<int[]> targets = split(batch.targets(), read.lengths());
    for (int i = 0; i < inputs.size(); i++) {
      assertThat(inputs.get(i)[0]).isEqualTo(PAD);
      assertThat(Arrays.copyOfRange(inputs.get(i), 1, inputs.get(i).length))
          .isEqualTo(Arrays.copyOf(targets.get(i), targets.get(i).length - 1));
    }
    assertThat(batch.learned()).isEqualTo(read.tokens());
  }

  /// Four tokens, half of them noise in spans of one: only one mask is possible.
  @Test
  void microBatch_fourTokens_areTakenApartAsPublished() {
    LabelledBatch batch = source(ListedRows.of(4, new int[] {1, 2, 3, 4}), 1, new SpanNoise(0.5, 1), 1).microBatch(0);
    assertThat(pairs(batch).source().ids()).containsExactly(1, 399, 3, 398, EOS);
    assertThat(batch.targets()).containsExactly(399, 2, 398, 4, EOS);
    assertThat(pairs(batch).target().ids()).containsExactly(PAD, 399, 2, 398, 4);
  }

  @Test
  void microBatch_oneTokenAndNone_loseNothing() {
    LabelledBatch one = source(ListedRows.of(4, new int[] {7}, new int[] {8}), 1, SpanNoise.T5, 1).microBatch(0);
    assertThat(pairs(one).source().ids()).containsExactly(7, EOS, 8, EOS);
    assertThat(one.targets()).containsExactly(EOS, EOS);
    LabelledBatch none = source(ListedRows.of(1, new int[0]), 1, SpanNoise.T5, 1).microBatch(0);
    assertThat(pairs(none).source().ids()).containsExactly(EOS);
  }

  /// Texts of 567 tokens lose 85 each: the counts are fixed, so that no chance is in the share.
  @Test
  void microBatch_manyRows_haveTheDensity() {
    ListedRows rows = ListedRows.of(568, IntStream.range(0, 567).map(i -> i % 256).toArray());
    SpanCorruption source = source(rows, 1, SpanNoise.T5, 5);
    long noise = 0;
    for (long index = 0; index < 300; index++) {
      noise += Arrays.stream(source.microBatch(index).targets()).filter(id -> id < 256).count();
    }
    assertThat(noise / (300.0 * 567)).isCloseTo(85 / 567.0, within(1e-12)).isCloseTo(0.15, within(1e-3));
  }

  @Test
  void microBatch_sameSeedAndRow_isTheSameInBatchesOfAnySizeAndAnotherInEveryEpoch() {
    ListedRows rows = ListedRows.of(50, IntStream.range(0, 49).toArray());
    long[] together = pairs(source(rows, 2, SpanNoise.T5, 9).microBatch(3)).source().ids();
    long[] first = pairs(source(rows, 1, SpanNoise.T5, 9).microBatch(6)).source().ids();
    long[] second = pairs(source(rows, 1, SpanNoise.T5, 9).microBatch(7)).source().ids();
    assertThat(Arrays.copyOf(together, first.length)).isEqualTo(first);
    assertThat(Arrays.copyOfRange(together, first.length, together.length)).isEqualTo(second);
    assertThat(second).isNotEqualTo(first);
    assertThat(pairs(source(rows, 1, SpanNoise.T5, 10).microBatch(6)).source().ids()).isNotEqualTo(first);
  }

  @Test
  void sentinels_tooFew_saysWhatWouldWork() {
    Pieces pieces = new Pieces(ListedRows.random(568, 5, 10, 20, 1), 1, Bytes.END);
    assertThatThrownBy(() -> new SpanCorruption(pieces, SpanNoise.T5, Sentinels.atTop(400, 259, 10), PAD, EOS, 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("28 spans")
        .hasMessageContaining("only 10 sentinels")
        .hasMessageContaining("rows of 209 tokens would do (a context_length of 189)");
    int would = SpanNoise.T5.rowLength(189);
    assertThat(would).isEqualTo(209);
    assertThat(SpanNoise.T5.counts(would).spans()).isEqualTo(10);
    Pieces fitting = new Pieces(ListedRows.random(would, 5, 10, 20, 1), 1, Bytes.END);
    assertThat(new SpanCorruption(fitting, SpanNoise.T5, Sentinels.atTop(400, 259, 10), PAD, EOS, 1)).isNotNull();
  }

  @Test
  void atTop_vocabulary_countsDownOrSaysHowLargeItMustBe() {
    assertThat(Sentinels.atTop(400, 259, 3).ids()).containsExactly(399, 398, 397);
    assertThat(Sentinels.atTop(262, 259, 3).ids()).containsExactly(261, 260, 259);
    assertThatThrownBy(() -> Sentinels.atTop(261, 259, 3))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("a vocabulary of 262 has");
  }

  @Test
  void of_tokenizer_findsItsSentinelsOrSaysWhatWouldWork() {
    BpeTokenizer tokenizer =
        new BpeTrainer(
                new BpeTrainer.Options(
                    300, 2, List.of("<end>", "<extra_id_2>", "<extra_id_1>", "<extra_id_0>"), PreTokenizerPattern.QWEN2, 1))
            .train(List.of("a text"), Progress.silent());
    int highest = tokenizer.vocabSize() - 1;
    assertThat(Sentinels.of(tokenizer).ids()).containsExactly(highest, highest - 1, highest - 2);
    assertThatThrownBy(() -> Sentinels.of(new Bytes(300)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("<extra_id_0>");
  }
}
