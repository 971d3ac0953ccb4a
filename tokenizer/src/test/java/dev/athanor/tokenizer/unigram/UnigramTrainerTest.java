package dev.athanor.tokenizer.unigram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.tokenizer.PublishedTokenizer;
import dev.athanor.tokenizer.WordOptions;
import dev.athanor.tokenizer.WordRules;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class UnigramTrainerTest {
  private static final List<String> LEXICON =
      List.of("walk", "talk", "jump", "sing", "bring", "ing", "ed", "er", "un", "re", "happy", "quick", "ly", "中国", "人民", "大学");

  private static List<String> texts(long seed, int many) {
    Random random = new Random(seed);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      StringBuilder text = new StringBuilder();
      for (int w = 0; w < 40; w++) {
        text.append(LEXICON.get(random.nextInt(LEXICON.size()))).append(LEXICON.get(random.nextInt(LEXICON.size()))).append(w % 5 == 4 ? ", " : " ");
      }
      texts.add(text.toString());
    }
    return texts;
  }

  private static WordOptions options(int vocabSize, boolean bytes, int threads) {
    return new WordOptions(vocabSize, List.of("<end>", "<pad>"), WordRules.lossless(), 0.9995, "", bytes, threads);
  }

  private static UnigramModel model(List<String> texts, WordOptions options) {
    return new UnigramTrainer(options, UnigramTrainer.Schedule.standard()).model(texts.iterator(), Progress.silent());
  }

  private static Set<String> pieces(UnigramModel model) {
    return model.vocabulary().stream().map(UnigramModel.Piece::text).collect(Collectors.toSet());
  }

  @Test
  void model_textOfALexicon_findsItsWordsAndHasTheSizeExactly() {
    UnigramModel model = model(texts(1, 200), options(90, false, 2));
    assertThat(model.vocabulary()).hasSize(88);
    assertThat(pieces(model)).contains("▁walk", "▁happy", "ing", "ly", "中国", "人民", ",").hasSize(88);
    assertThat(new UnigramLattice(model, "▁walking").best().pieces()).containsExactly("▁walk", "ing");
    // The likeliest first, behind the unknown token.
    for (int id = 2; id < 88; id++) {
      assertThat(model.vocabulary().get(id).score()).isLessThanOrEqualTo(model.vocabulary().get(id - 1).score());
    }
  }

  @Test
  void train_anyThreadsAndOrder_givesTheSameBytes() {
    List<String> texts = texts(2, 3000);
    String one = json(texts, options(400, true, 1));
    Collections.shuffle(texts, new Random(1));
    assertThat(json(texts, options(400, true, 4))).isEqualTo(one);
  }

  private static String json(List<String> texts, WordOptions options) {
    PublishedTokenizer tokenizer = new UnigramTrainer(options, UnigramTrainer.Schedule.standard()).train(texts.iterator(), Progress.silent());
    assertThat(tokenizer.vocabSize()).isEqualTo(options.vocabSize());
    return Json.pretty(tokenizer.tokenizer()) + Json.pretty(tokenizer.config());
  }

  @Test
  void model_alphabet_isCoveredThoughTheTextsLackIt() {
    WordOptions options = new WordOptions(120, List.of("<end>"), WordRules.lossless(), 0.9995, "龙𠮷é", false, 2);
    UnigramModel model = model(texts(3, 50), options);
    assertThat(pieces(model)).contains("龙", "𠮷", "é").hasSize(119);
  }

  @Test
  void model_bytes_neverWritesTheirNamesByThem() {
    UnigramModel model = model(texts(4, 50), options(400, true, 2));
    assertThat(model.vocabulary().get(1 + 0x41).text()).isEqualTo("<0x41>");
    for (String text : List.of("<0x41>", "▁<0xFF><0xEA>", "<unk>")) {
      assertThat(new UnigramLattice(model, text).best().ids()).as(text).allSatisfy(id -> assertThat(id == 0 || id > 256).isTrue());
    }
    assertThat(new UnigramLattice(model, "<0x41>").best().pieces()).containsExactly("<", "0", "x", "4", "1", ">");
  }

  @Test
  void model_noText_knowsOnlyTheMarker() {
    UnigramModel model = model(List.of(), options(50, false, 2));
    assertThat(pieces(model)).containsExactlyInAnyOrder("<unk>", "▁");
  }

  @Test
  void model_moreThanThereIs_saysSo() {
    List<String> said = new ArrayList<>();
    Progress progress =
        new Progress() {
          @Override
          public Task start(String name, long total, String unit) {
            return Progress.silent().start(name, total, unit);
          }

          @Override
          public void say(String line) {
            said.add(line);
          }
        };
    UnigramModel model =
        new UnigramTrainer(options(5000, false, 1), UnigramTrainer.Schedule.standard()).model(List.of("aba aba").iterator(), progress);
    assertThat(model.vocabulary()).hasSizeLessThan(20);
    assertThat(said).singleElement().asString().contains("not the 5000");
  }

  @Test
  void options_thatCannotBe_areRefused() {
    assertThatThrownBy(() -> options(200, true, 1)).isInstanceOf(UserException.class).hasMessageContaining("260");
    assertThatThrownBy(() -> new WordOptions(300, List.of("<unk>"), WordRules.lossless(), 1, "", false, 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("<unk>");
    assertThatThrownBy(() -> new WordOptions(300, List.of("a"), WordRules.lossless(), 1, "", false, 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("single character");
    assertThatThrownBy(() -> new WordOptions(300, List.of("<s>"), WordRules.lossless(), 1.5, "", false, 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("1.5");
    assertThatThrownBy(() -> new UnigramTrainer.Schedule(10, 1, 2)).isInstanceOf(UserException.class);
  }
}
