package dev.athanor.data.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.data.Document;
import dev.athanor.data.flow.DocumentStep;
import dev.athanor.data.flow.Verdict;
import dev.athanor.data.step.Step;
import dev.athanor.data.step.StepContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifierTrainerTest {
  private static final String[] GOOD = {"研究", "方法", "结果", "theory", "evidence", "数据", "分析", "history"};
  private static final String[] BAD = {"点击", "下载", "免费", "buy", "cheap", "优惠", "click", "bonus"};
  private static final String[] BOTH = {"的", "the", "我们", "and", "今天", "of", "是", "in"};

  @TempDir Path folder;

  private static List<String> texts(String[] own, long seed, int count) {
    Random random = new Random(seed);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      var text = new StringBuilder();
      for (int w = 0; w < 12; w++) {
        String[] from = random.nextInt(4) == 0 ? own : BOTH;
        text.append(from[random.nextInt(from.length)]).append(' ');
      }
      texts.add(text.append(i).toString());
    }
    return texts;
  }

  private static Map<String, Iterator<String>> examples() {
    Map<String, Iterator<String>> examples = new LinkedHashMap<>();
    examples.put("good", texts(GOOD, 1, 400).iterator());
    examples.put("bad", texts(BAD, 2, 400).iterator());
    return examples;
  }

  private ClassifierTrainer.Trained train(int chars) {
    var features = new Features(2, chars == 0 ? 0 : 2, chars, 1 << 12);
    return new ClassifierTrainer(new ClassifierTrainer.Options(features, 0.3, 5, 0.2, 1000, 7, folder)).train(examples(), Progress.silent());
  }

  @Test
  void train_twoKinds_areToldApart() {
    for (int chars : new int[] {0, 4}) {
      ClassifierTrainer.Trained trained = train(chars);
      assertThat(trained.quality().examples()).isBetween(120L, 200L);
      assertThat(trained.quality().accuracy()).isGreaterThan(0.93);
      assertThat(trained.quality().labels().getFirst().auc()).isGreaterThan(0.97);
      float[] p = trained.model().probabilities("今天的研究方法和结果");
      assertThat(p[0]).isGreaterThan(0.8f);
      assertThat((double) p[0] + p[1]).isCloseTo(1, within(1e-6));
      assertThat(trained.model().probabilities(" \n")).containsExactly(0, 0);
    }
  }

  @Test
  void train_again_givesTheSameBytesAndReadsThemBack() throws IOException {
    LinearModel model = train(0).model();
    model.write(folder.resolve("a"));
    train(0).model().write(folder.resolve("b"));
    assertThat(Files.mismatch(folder.resolve("a"), folder.resolve("b"))).isEqualTo(-1);
    String text = "click here 免费下载";
    assertThat(TextClassifier.open(folder.resolve("a")).probabilities(text)).isEqualTo(model.probabilities(text));
    assertThat(folder).isDirectoryNotContaining(path -> path.getFileName().toString().startsWith(".examples"));
    byte[] bytes = Files.readAllBytes(folder.resolve("a"));
    bytes[bytes.length / 2] ^= 4;
    Path damaged = Files.write(folder.resolve("c"), bytes);
    assertThatThrownBy(() -> TextClassifier.open(damaged)).isInstanceOf(UserException.class).hasMessageContaining("damaged");
  }

  @Test
  void train_oneLabelOrNoText_isRefused() {
    var trainer = new ClassifierTrainer(new ClassifierTrainer.Options(new Features(1, 0, 0, 64), 1, 1, 0, 10, 1, folder));
    assertThatThrownBy(() -> trainer.train(Map.of("a", List.of("x").iterator()), Progress.silent())).isInstanceOf(UserException.class);
    assertThatThrownBy(() -> trainer.train(Map.of("a", List.of("x").iterator(), "b", List.of(" ").iterator()), Progress.silent()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'b'");
  }

  /// Of 3 × 2 pairs are 4 in order, one tied: (4 + ½) / 6.
  @Test
  void auc_withTies_countsThemHalf() {
    assertThat(Quality.auc(new double[] {0.9, 0.5, 0.3}, new double[] {0.5, 0.2})).isCloseTo(4.5 / 6, within(1e-12));
  }

  record Holder(Step step) {}

  @Test
  void step_leastProbability_keepsAndDrops() {
    train(0).model().write(folder.resolve("q.bin"));
    Step step = Recipes.parse("t", "step: {classifier: {model: q.bin, label: good}}", Holder.class, List.of()).step();
    var context = new StepContext(folder, 1, Progress.silent());
    var filter = (DocumentStep) step.open(context);
    assertThat(filter.apply(document("研究的数据分析 evidence"))).isInstanceOf(Verdict.Kept.class);
    assertThat(filter.apply(document("click 免费 bonus 优惠")))
        .isInstanceOfSatisfying(Verdict.Dropped.class, dropped -> assertThat(dropped.detail()).contains("classifier.good").contains("less than"));
    assertThatThrownBy(() -> Recipes.parse("t", "step: {classifier: {model: q.bin, label: fine}}", Holder.class, List.of()).step().open(context))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("good, bad");
  }

  private static Document document(String text) {
    return new Document("a", text, "o", "p", "unknown", "text", Map.of());
  }

  @Test
  void features_supplementaryCharacters_areWhole() {
    var features = new Features(1, 1, 2, 1 << 20);
    // The word, then of <𝒜𝒷>: <, <𝒜, 𝒜, 𝒜𝒷, 𝒷, 𝒷>, >.
    assertThat(features.of("𝒜𝒷", 10)).hasSize(8);
    assertThat(features.of("好 好", 10)).hasSize(2);
    assertThat(features.of("a b c d", 2)).hasSize(2);
  }
}
