package dev.athanor.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SizeStudyTest {
  private static final Pattern WORD =
      Pattern.compile("[\\p{L}\\p{Mn}\\p{Mc}&&[^\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsBopomofo}\\p{IsThai}\\p{IsLao}\\p{IsKhmer}\\p{IsMyanmar}\\p{IsTibetan}]]+");
  private static final Pattern HAN = Pattern.compile("[\\p{L}&&\\p{IsHan}]");

  private static BpeTrainer.Options options(int size) {
    return new BpeTrainer.Options(size, 2, List.of("<end>", "<mask>"), PreTokenizerPattern.QWEN2, 1);
  }

  private static List<KindCounts.Text> texts(long seed) {
    RandomText random = new RandomText(seed);
    List<KindCounts.Text> texts = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      String chinese = "中文的国家和人民 abc中a的，" + "葡萄".repeat(i % 3);
      texts.add(new KindCounts.Text(i % 3 == 0 ? "zh" : "en", random.words(60) + random.next(12) + (i % 3 == 0 ? chinese : "the cat")));
    }
    return texts;
  }

  private static KindCounts counts(List<KindCounts.Text> texts, PreTokenizer preTokenizer) {
    return KindCounts.count(texts.iterator(), preTokenizer, 2, Progress.silent());
  }

  /// As [Packing] is defined, over the pieces of a text as a tokenizer encodes them.
  private static Packing packing(List<String> texts, PieceEncoder encoder, BpeModel model) {
    long[] sums = new long[8];
    Set<String> distinct = new HashSet<>();
    for (String text : texts) {
      PreTokenizerPattern.QWEN2.split(
          text,
          (all, start, end) -> {
            String piece = all.substring(start, end);
            Set<Integer> begins = new HashSet<>();
            int at = 0;
            for (int id : encoder.encode(Utf8.bytes(piece, 0, piece.length()))) {
              begins.add(at);
              at += model.tokens()[id].length;
            }
            sums[0] += at;
            sums[1] += piece.codePointCount(0, piece.length());
            sums[2] += begins.size();
            for (Matcher word = WORD.matcher(piece); word.find(); ) {
              long cuts = cuts(piece, word, begins);
              sums[3]++;
              sums[4] += cuts == 0 ? 1 : 0;
              sums[5] += cuts + 1;
            }
            for (Matcher character = HAN.matcher(piece); character.find(); ) {
              sums[6]++;
              sums[7] += cuts(piece, character, begins) == 0 ? 1 : 0;
              distinct.add(character.group());
            }
          });
    }
    long whole = distinct.stream().filter(c -> encoder.encode(Utf8.bytes(c, 0, c.length())).length == 1).count();
    return new Packing(sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7], distinct.size(), whole);
  }

  private static long cuts(String piece, Matcher found, Set<Integer> begins) {
    int from = Utf8.bytes(piece, 0, found.start()).length;
    int to = Utf8.bytes(piece, 0, found.end()).length;
    return IntStream.range(from + 1, to).filter(begins::contains).count();
  }

  private static List<String> of(List<KindCounts.Text> texts, String kind) {
    return texts.stream().filter(text -> text.kind().equals(kind)).map(KindCounts.Text::text).toList();
  }

  @Test
  void of_randomCorpora_isWhatEverySmallerVocabularyGivesWhenTrainedByItself() {
    int compared = 0;
    for (int seed = 0; seed < 25; seed++) {
      List<KindCounts.Text> texts = texts(seed);
      KindCounts counts = counts(texts, PreTokenizerPattern.QWEN2);
      BpeTokenizer largest = new BpeTrainer(options(258 + 70)).train(counts, Progress.silent());
      int[] sizes = {258, 259, 260 + seed, 290, largest.vocabSize(), 5000};
      SizeStudy study = SizeStudy.of(largest, sizes, counts, counts, Progress.silent());
      assertThat(study.rows().getLast().size()).isEqualTo(largest.vocabSize());
      for (SizeStudy.Row row : study.rows()) {
        BpeTokenizer trained =
            new BpeTrainer(options(row.size())).train(texts.stream().map(KindCounts.Text::text).toList(), Progress.silent());
        assertThat(trained.vocabSize()).isEqualTo(row.size());
        for (String kind : List.of("zh", "en")) {
          Packing packing = Objects.requireNonNull(row.byKind().get(kind));
          assertThat(packing).isEqualTo(packing(of(texts, kind), trained.pieces(), trained.model()));
          assertThat(packing.tokens())
              .isEqualTo(of(texts, kind).stream().mapToInt(text -> trained.encode(text).length).sum());
        }
        assertThat(row.total())
            .isEqualTo(packing(texts.stream().map(KindCounts.Text::text).toList(), trained.pieces(), trained.model()));
        assertThat(row.rarity()).isEqualTo(rarity(texts, trained));
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(100);
  }

  private static Rarity rarity(List<KindCounts.Text> texts, BpeTokenizer trained) {
    long[] counts = new long[trained.vocabSize()];
    texts.forEach(text -> Arrays.stream(trained.encode(text.text())).forEach(id -> counts[id]++));
    long[] made = Arrays.stream(counts, 256, trained.vocabSize() - 2).sorted().toArray();
    return made.length == 0
        ? new Rarity(0, 0, 0, 0)
        : new Rarity(
            made.length, (int) Arrays.stream(made).filter(n -> n < 100).count(), made[(int) ((made.length - 1) * 0.05)], made[(made.length - 1) / 2]);
  }

  /// Published lists may name merges whose parts are made later, or several ways to one token.
  @Test
  void joinsAndTokens_mergesInAnyOrder_areThoseOfTheFirstMergesAlone() {
    for (int seed = 0; seed < 20; seed++) {
      boolean whole = seed % 4 == 1;
      BpeModel model = shuffled(new BpeTrainer(options(258 + 60)).train(texts(seed).stream().map(KindCounts.Text::text).toList(), Progress.silent()).model(), seed, whole);
      BpeTokenizer tokenizer = new BpeTokenizer(model, TokenizerConfig.standard("<end>", model.addedTokens()));
      VocabularyCuts vocabularies = new VocabularyCuts(tokenizer);
      RandomText random = new RandomText(1000 + seed);
      for (int merges : new int[] {0, 1, 7, 20, 45, model.mergeLefts().length}) {
        BpeModel cut = first(model, merges, vocabularies);
        PieceEncoder encoder = new PieceEncoder(cut);
        for (int i = 0; i < 20; i++) {
          byte[] token = model.tokens()[256 + (i * 7 + seed) % 60];
          byte[] piece = i % 3 == 0 && token.length > 0 ? token : ("a" + random.words(i * 3)).getBytes(StandardCharsets.UTF_8);
          List<Integer> expected = encoder.whole(piece).isPresent() ? List.of(encoder.whole(piece).getAsInt()) : NaiveBpe.encode(piece, cut);
          int[] joins = vocabularies.joins(piece);
          assertThat(Arrays.stream(joins).filter(join -> join > merges).count()).isEqualTo(expected.size());
          Map<Integer, Integer> counted = new HashMap<>();
          vocabularies.tokens(
              piece,
              (id, from, to) -> {
                if (from <= merges && merges < to) {
                  counted.merge(id, 1, Integer::sum);
                }
              });
          Map<Integer, Integer> wanted = new HashMap<>();
          expected.forEach(id -> wanted.merge(id, 1, Integer::sum));
          assertThat(counted).as("seed %d, %d merges", seed, merges).isEqualTo(wanted);
        }
      }
    }
  }

  private static BpeModel shuffled(BpeModel model, int seed, boolean ignoreMerges) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, model.mergeLefts().length).boxed().toList());
    if (seed % 4 > 1) {
      Collections.shuffle(order, new Random(seed));
    }
    return new BpeModel(
        model.tokens(),
        order.stream().mapToInt(i -> model.mergeLefts()[i]).toArray(),
        order.stream().mapToInt(i -> model.mergeRights()[i]).toArray(),
        model.addedTokens(),
        model.preTokenizer(),
        false,
        false,
        ignoreMerges,
        model.bosId());
  }

  private static BpeModel first(BpeModel model, int merges, VocabularyCuts vocabularies) {
    byte[][] tokens = model.tokens().clone();
    Set<Integer> made = new HashSet<>(vocabularies.madeBy(merges).boxed().toList());
    Set<Integer> parts = new HashSet<>();
    for (int i = 0; i < merges; i++) {
      parts.add(model.mergeLefts()[i]);
      parts.add(model.mergeRights()[i]);
    }
    vocabularies.madeBy(model.mergeLefts().length).filter(id -> !made.contains(id) && !parts.contains(id)).forEach(id -> tokens[id] = new byte[0]);
    return new BpeModel(
        tokens,
        Arrays.copyOf(model.mergeLefts(), merges),
        Arrays.copyOf(model.mergeRights(), merges),
        model.addedTokens(),
        model.preTokenizer(),
        false,
        false,
        model.ignoreMerges(),
        model.bosId());
  }

  @Test
  void of_heldOutTexts_measuresThemAndNotWhatWasLearned() {
    KindCounts learned = counts(List.of(new KindCounts.Text("en", "the cat the cat the")), PreTokenizerPattern.QWEN2);
    KindCounts measured = counts(List.of(new KindCounts.Text("other", "dog")), PreTokenizerPattern.QWEN2);
    BpeTokenizer tokenizer = new BpeTrainer(options(300)).train(learned, Progress.silent());
    SizeStudy.Row row = SizeStudy.of(tokenizer, new int[] {300}, measured, learned, Progress.silent()).rows().getFirst();
    assertThat(row.byKind()).containsOnlyKeys("other");
    assertThat(row.total().tokens()).isEqualTo(3);
    assertThat(row.rarity().rareShare()).isEqualTo(1);
  }

  @Test
  void of_sizeWithoutRoomForBytes_isRefused() {
    KindCounts counts = counts(texts(1), PreTokenizerPattern.QWEN2);
    BpeTokenizer tokenizer = new BpeTrainer(options(300)).train(counts, Progress.silent());
    assertThatThrownBy(() -> SizeStudy.of(tokenizer, new int[] {257}, counts, counts, Progress.silent()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("258");
  }

  @Test
  void count_manyTextsOfSeveralKinds_countsEachKindsPieces() {
    List<KindCounts.Text> texts = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      texts.add(new KindCounts.Text(i % 2 == 0 ? "a" : "b", (i % 2 == 0 ? "x " : "y ").repeat(1 << 19)));
    }
    KindCounts counts = counts(texts, PreTokenizerPattern.GPT2);
    Map<String, Long> pieces = new HashMap<>();
    counts.of("b").forEach(pieces::put);
    assertThat(pieces).containsEntry(" y", 20L * ((1 << 19) - 1)).containsEntry("y", 20L).doesNotContainKey(" x");
    assertThat(counts.kinds()).containsExactly("a", "b");
  }
}
