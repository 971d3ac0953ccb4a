package dev.athanor.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BpeTrainerTest {
  private static final List<String> SPECIAL = List.of("<end>");

  private static BpeTokenizer train(List<String> texts, int vocabSize, long minFrequency, int threads) {
    return new BpeTrainer(
            new BpeTrainer.Options(vocabSize, minFrequency, SPECIAL, PreTokenizerPattern.QWEN2, threads))
        .train(texts, Progress.silent());
  }

  private static List<NaiveBpe.Pair> merges(BpeTokenizer tokenizer) {
    BpeModel model = tokenizer.model();
    return IntStream.range(0, model.mergeLefts().length)
        .mapToObj(i -> new NaiveBpe.Pair(model.mergeLefts()[i], model.mergeRights()[i]))
        .toList();
  }

  @Test
  void train_randomCorpora_learnsTheMergesOfAFullRecount() {
    for (int seed = 0; seed < 30; seed++) {
      RandomText random = new RandomText(seed);
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        texts.add(random.words(50) + random.next(10));
      }
      texts.add("a".repeat(seed) + " " + "ab".repeat(seed));
      int minFrequency = 1 + seed % 3;
      assertThat(merges(train(texts, 257 + 80, minFrequency, 1)))
          .as("seed %d", seed)
          .isEqualTo(NaiveBpe.train(texts, PreTokenizerPattern.QWEN2, 80, minFrequency));
    }
  }

  @Test
  void train_anyThreadsAndOrder_givesTheSameTokenizer() {
    RandomText random = new RandomText(77);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      // Large enough together for several batches.
      texts.add((random.words(500) + random.next(100)).repeat(100));
    }
    BpeTokenizer one = train(texts, 600, 2, 1);
    Collections.shuffle(texts, new Random(1));
    BpeTokenizer two = train(texts, 600, 2, 2);
    assertThat(merges(two)).isEqualTo(merges(one)).hasSizeGreaterThan(100);
  }

  @Test
  void train_equalCounts_takesTheSmallerPairOfIds() {
    BpeTokenizer tokenizer = train(List.of("ba", "ba", "ab", "ab"), 258, 2, 1);
    assertThat(tokenizer.id("ab")).hasValue(256);
    assertThat(tokenizer.vocabSize()).isEqualTo(258);
  }

  @Test
  void train_enoughText_placesBytesThenMergesThenSpecials() {
    BpeTokenizer tokenizer = BpeTokenizerTest.trained(400);
    assertThat(tokenizer.vocabSize()).isEqualTo(400);
    assertThat(tokenizer.bytes(0)).containsExactly('!');
    assertThat(tokenizer.bytes(255)).containsExactly(0xAD);
    assertThat(tokenizer.id("<|endoftext|>")).hasValue(397);
    assertThat(tokenizer.endOfText()).isEqualTo(397);
    assertThat(tokenizer.id("<|im_end|>")).hasValue(399);
    assertThat(IntStream.range(0, 400).filter(tokenizer::isSpecial)).containsExactly(397, 398, 399);
  }

  @Test
  void train_noText_knowsBytesAndSpecialsOnly() {
    BpeTokenizer tokenizer = train(List.of(), 1000, 2, 2);
    assertThat(tokenizer.vocabSize()).isEqualTo(257);
    assertThat(tokenizer.encode("中")).hasSize(3);
  }

  @Test
  void train_failingStream_failsWithItsError() {
    Iterable<String> failing =
        () -> IntStream.range(0, 9).<String>mapToObj(i -> { throw new IllegalArgumentException("disk"); }).iterator();
    assertThatThrownBy(() -> new BpeTrainer(BpeTrainer.Options.of(300)).train(failing, Progress.silent()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("disk");
  }

  @Test
  void options_thatCannotBe_areRefused() {
    assertThatThrownBy(() -> BpeTrainer.Options.of(200)).isInstanceOf(UserException.class).hasMessageContaining("259");
    assertThatThrownBy(() -> new BpeTrainer.Options(300, 2, List.of("a", "a"), PreTokenizerPattern.GPT2, 1))
        .isInstanceOf(UserException.class);
    assertThatThrownBy(() -> new BpeTrainer.Options(300, 0, SPECIAL, PreTokenizerPattern.GPT2, 1))
        .isInstanceOf(UserException.class);
  }

  @Test
  void train_tokensThatComeFirst_haveTheLowestIds_andTextIsCutAsWithoutThem() {
    List<String> special = List.of("</s>", "<s>", "<pad>", "<mask>");
    List<String> first = List.of("<s>", "<pad>", "</s>");
    List<String> texts = List.of("the cat and the hat <s> sat on the mat <s> <pad>", "the cat <s>");
    BpeTokenizer shifted =
        new BpeTrainer(new BpeTrainer.Options(290, 2, special, first, PreTokenizerPattern.GPT2, 1))
            .train(texts, Progress.silent());
    BpeTokenizer plain =
        new BpeTrainer(new BpeTrainer.Options(290, 2, special, PreTokenizerPattern.GPT2, 1))
            .train(texts, Progress.silent());
    assertThat(first.stream().map(name -> shifted.id(name).orElseThrow())).containsExactly(0, 1, 2);
    assertThat(shifted.id("<mask>").orElseThrow()).isEqualTo(shifted.vocabSize() - 1);
    assertThat(shifted.endOfText()).isEqualTo(2);
    assertThat(shifted.isSpecial(0)).isTrue();
    assertThat(shifted.isSpecial(3)).isFalse();
    int[] expected = Arrays.stream(plain.encode("the hat and a cat")).map(id -> id + 3).toArray();
    assertThat(shifted.encode("the hat and a cat")).isEqualTo(expected);
    assertThat(shifted.decode(shifted.encode("a <s> b"), false)).isEqualTo("a <s> b");
    assertThat(shifted.encode("<s>")).doesNotContain(0);
    assertThat(shifted.encodeWithSpecials("<s>the")).startsWith(0);
  }

  @Test
  void save_tokensThatComeFirst_loadsTheSameTokenizerWithItsRoles(@TempDir Path dir) {
    List<String> special = List.of("</s>", "<s>", "<pad>", "<mask>");
    BpeTokenizer made =
        new BpeTrainer(
                new BpeTrainer.Options(280, 2, special, List.of("<s>", "<pad>", "</s>"), PreTokenizerPattern.GPT2, 1))
            .train(List.of("the cat and the hat sat on the mat"), Progress.silent())
            .withRoles(Map.of("pad_token", "<pad>", "mask_token", "<mask>"));
    Tokenizers.save(made, dir);
    BpeTokenizer loaded = Tokenizers.load(dir);
    assertThat(loaded.vocabSize()).isEqualTo(made.vocabSize());
    assertThat(loaded.encodeWithSpecials("<s>the hat</s>")).isEqualTo(made.encodeWithSpecials("<s>the hat</s>"));
    assertThat(loaded.padId()).hasValue(1);
    assertThat(dir.resolve("tokenizer_config.json")).content().contains("\"mask_token\" : \"<mask>\"");
  }

  @Test
  void train_alphabet_makesEachOfItsCharactersOneTokenWhereverItStands() {
    String alphabet = "𠮷中的é国a";
    List<String> texts = List.of("的中国的的 abc abc", "éé 人口", "e\u0301 abab");
    var options = new BpeTrainer.Options(290, 1, SPECIAL, List.of(), PreTokenizerPattern.LLAMA3, 2, alphabet);
    BpeTokenizer tokenizer = new BpeTrainer(options).train(texts, Progress.silent());
    alphabet
        .codePoints()
        .forEach(
            c -> {
              String character = Character.toString(c);
              assertThat(tokenizer.encode(character)).as(character).hasSize(1);
            });
    // Neither a neighbour's bytes nor a later merge takes a part of one.
    for (int id : tokenizer.encode("人中𠮷口é国的。")) {
      byte[] bytes = tokenizer.bytes(id);
      boolean begins = (bytes[0] & 0xC0) != 0x80;
      boolean whole = begins && new String(bytes, java.nio.charset.StandardCharsets.UTF_8).indexOf('\uFFFD') < 0;
      boolean rare = bytes.length < 3;
      assertThat(whole || rare).as("token %d of %d bytes", id, bytes.length).isTrue();
    }
    assertThat(tokenizer.encode("𠮷中𠮷")).hasSize(3);
    assertThat(new BpeTrainer(options).train(List.of(), Progress.silent()).encode("国")).hasSize(1);
  }

  @Test
  void options_alphabetThatDoesNotFit_isRefused() {
    assertThatThrownBy(
            () -> new BpeTrainer.Options(258, 1, SPECIAL, List.of(), PreTokenizerPattern.GPT2, 1, "中国"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("must be covered");
    assertThatThrownBy(
            () -> new BpeTrainer.Options(300, 1, SPECIAL, List.of(), PreTokenizerPattern.GPT2, 1, "\uD800"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("U+D800");
  }

  @Test
  void train_presetsOfSeveralSteps_areWrittenAndReadAgain(@TempDir Path folder) {
    for (TokenizerPreset preset : TokenizerPreset.values()) {
      BpeTokenizer tokenizer =
          new BpeTrainer(new BpeTrainer.Options(300, 2, SPECIAL, preset.preTokenizer(), 1))
              .train(List.of("HelloWorld hello world 12345 don't DON'T\n\n  x  中文 中文"), Progress.silent());
      Tokenizers.save(tokenizer, folder.resolve(preset.key()));
      BpeTokenizer read = Tokenizers.load(folder.resolve(preset.key()));
      assertThat(read.preTokenizer()).as(preset.key()).isEqualTo(preset.preTokenizer());
      RandomText random = new RandomText(3);
      for (int i = 0; i < 50; i++) {
        String text = random.next(30);
        assertThat(read.encode(text)).isEqualTo(tokenizer.encode(text));
      }
    }
  }
}
