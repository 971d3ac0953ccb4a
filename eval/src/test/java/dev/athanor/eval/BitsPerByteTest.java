package dev.athanor.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.data.Document;
import dev.athanor.data.ngram.NgramModel;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BitsPerByteTest {
  private static final ByteTokenizer TOKENIZER = new ByteTokenizer();

  @Test
  void of_uniformModelOverBytes_isLogOfTheVocabulary() {
    HeldOut heldOut = HeldOut.of(List.of(document("a", "int x;".repeat(20)), document("b", "汉字")), TOKENIZER);
    var scores = new WindowedScores(FormulaModel.uniform(16), 4)
        .score(heldOut.sequences(), Progress.silent().start("test", 1, "tok"));
    BitsPerByte figures = BitsPerByte.of(heldOut, scores);
    assertThat(figures.overall().bitsPerByte()).isCloseTo(Math.log(257) / Math.log(2), within(1e-6));
    assertThat(figures.overall().bytes()).isEqualTo(126);
    assertThat(figures.overall().documents()).isEqualTo(2);
  }

  @Test
  void of_groups_sumToTheWholeAndAreKeyedByMetadata() {
    List<Document> documents =
        List.of(
            document("a", "1234567890").with("duplicatedShare", "0.05").with("docLanguage", "zh"),
            document("a", "12345").with("duplicatedShare", "0.10").with("docLanguage", "en"),
            document("b", "123").with("duplicatedShare", "0.5").with("docLanguage", "en"),
            document("b", "1"));
    HeldOut heldOut = HeldOut.of(documents, TOKENIZER);
    List<float[]> scores = List.of(bits(10, 1), bits(5, 2), bits(3, 4), bits(1, 8));
    BitsPerByte figures = BitsPerByte.of(heldOut, scores);
    assertThat(figures.overall().bitsPerByte()).isCloseTo((10 + 10 + 12 + 8) / 19.0, within(1e-6));
    assertThat(figures.byOrigin()).containsOnlyKeys("a", "b");
    assertThat(value(figures.byOrigin(), "a")).isCloseTo(20 / 15.0, within(1e-6));
    assertThat(figures.byDocLanguage()).containsOnlyKeys("zh", "en", "unknown");
    assertThat(value(figures.byDocLanguage(), "en")).isCloseTo(22 / 8.0, within(1e-6));
    assertThat(figures.byDuplicatedShare()).containsOnlyKeys("0-10%", "10-50%", "50-100%", "unknown");
    assertThat(value(figures.byDuplicatedShare(), "10-50%")).isCloseTo(2, within(1e-6));
    assertThat(value(figures.byDuplicatedShare(), "50-100%")).isCloseTo(4, within(1e-6));
  }

  @Test
  void of_scoresOfOtherTokens_isRefused() {
    HeldOut heldOut = HeldOut.of(List.of(document("a", "12345")), TOKENIZER);
    assertThatThrownBy(() -> BitsPerByte.of(heldOut, List.of(bits(4, 1)))).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void heldOut_document_beginsWithEndOfTextAndHasNoneBehind() {
    HeldOut heldOut = HeldOut.of(List.of(document("a", "ab"), document("a", "")), TOKENIZER);
    assertThat(heldOut.items()).hasSize(1);
    assertThat(heldOut.items().getFirst().ids()).containsExactly(ByteTokenizer.END, 'a', 'b');
    assertThat(heldOut.tokens()).isEqualTo(2);
  }

  @Test
  void heldOut_nothing_saysWhatWouldHelp() {
    assertThatThrownBy(() -> HeldOut.of(List.of(document("a", "")), TOKENIZER))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("held-out");
  }

  @Test
  void upTo_tokens_keepsWholeDocumentsAndAtLeastOne() {
    HeldOut heldOut =
        HeldOut.of(List.of(document("a", "12345"), document("a", "123"), document("a", "1")), TOKENIZER);
    assertThat(heldOut.upTo(8).items()).hasSize(2);
    assertThat(heldOut.upTo(7).items()).hasSize(1);
    assertThat(heldOut.upTo(1).items()).hasSize(1);
    assertThat(heldOut.upTo(100).items()).hasSize(3);
  }

  @Test
  void xz_repetitiveText_isFarBelowEightBitsAndRandomTextIsNot() {
    var noise = new StringBuilder();
    var random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      noise.append((char) ('!' + random.nextInt(64)));
    }
    HeldOut heldOut =
        HeldOut.of(List.of(document("same", "return null;\n".repeat(2000)), document("noise", noise.toString())), TOKENIZER);
    BitsPerByte figures = XzBaseline.measure(heldOut);
    assertThat(value(figures.byOrigin(), "same")).isLessThan(0.1);
    // 64 equally likely characters: 6 bits
    assertThat(value(figures.byOrigin(), "noise")).isBetween(6.0, 6.3);
    assertThat(figures.overall().bytes()).isEqualTo(46_000);
  }

  @Test
  void ngram_trainedOnNothing_agreesWithTheUniformModel() {
    var ngram = NgramModel.train(List.of(), 257, 5);
    var scores = new Evaluator(TOKENIZER, Evaluator.Options.DEFAULT, Progress.silent())
        .language(List.of(document("a", "abc")), List.of(), FormulaModel.uniform(8), ngram);
    assertThat(scores.bitsPerByte()).containsOnlyKeys("model", "ngram5", "xz");
    assertThat(scores.bitsPerByte().get("ngram5")).isEqualTo(scores.bitsPerByte().get("model"));
  }

  private static double value(Map<String, BitsPerByte.Score> scores, String key) {
    return Optional.ofNullable(scores.get(key)).orElseThrow().bitsPerByte();
  }

  private static float[] bits(int tokens, double bitsEach) {
    float[] scores = new float[tokens];
    Arrays.fill(scores, (float) (-bitsEach * Math.log(2)));
    return scores;
  }

  private static Document document(String origin, String text) {
    return new Document(origin + "!" + text.hashCode(), text, origin, "p", "unknown", "java", Map.of());
  }
}
