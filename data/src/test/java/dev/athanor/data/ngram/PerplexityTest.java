package dev.athanor.data.ngram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.data.Document;
import dev.athanor.data.flow.Verdict;
import dev.athanor.data.ngram.Perplexity.Bucket;
import dev.athanor.data.ngram.Perplexity.Cuts;
import dev.athanor.data.step.PerplexityStep;
import dev.athanor.data.step.Step;
import dev.athanor.data.step.StepContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PerplexityTest {
  private static final String TEXT = "我们今天去公园散步，天气很好。\n我们明天去学校读书，老师很好。\n今天的天气很好，我们去散步。\n";

  @TempDir Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void train() {
    file = folder.resolve("zh.bin");
    new NgramTrainer(new NgramTrainer.Options(3, List.of(), 1, 1, folder), new WordsAndHan())
        .train(List.of(TEXT).iterator(), file, null, Progress.silent());
  }

  private static Document document(String text, String language) {
    return new Document("a", text, "o", "p", "unknown", "text", Map.of("docLanguage", language));
  }

  @Test
  void likelihood_ofLines_isTheSumOfTheirSentences() {
    WordModel model = WordModel.open(file);
    WordModel.Likelihood one = model.likelihood("我们今天\n");
    WordModel.Likelihood both = model.likelihood("我们今天\n\n \n去学校龘\r\n");
    float[] second = model.sentence(List.of("去", "学", "校", "龘"));
    double sum = one.log10();
    for (float score : second) {
      sum += score;
    }
    assertThat(both.log10()).isCloseTo(sum, within(1e-5));
    assertThat(both.units()).isEqualTo(10);
    assertThat(both.unknown()).isEqualTo(1);
    assertThat(both.perplexity()).isCloseTo(Math.pow(10, -sum / 10), within(1e-3));
  }

  @Test
  void apply_thresholds_bucketsAndDrops() {
    WordModel model = WordModel.open(file);
    double good = model.likelihood(TEXT).perplexity();
    var filter = new Perplexity(Map.of("zh", model), new Cuts(good + 1, good + 5, false), List.of(Bucket.HEAD, Bucket.MIDDLE));
    assertThat(filter.apply(document(TEXT, "zh")))
        .isInstanceOfSatisfying(Verdict.Kept.class, kept -> assertThat(kept.document().metadata()).containsEntry("bucket", "head").containsKey("perplexity"));
    assertThat(filter.apply(document("锟斤拷烫烫烫屯屯屯", "zh")))
        .isInstanceOfSatisfying(Verdict.Dropped.class, dropped -> assertThat(dropped.reason()).isEqualTo("perplexity too high"));
    Document english = document("no model for this", "en");
    assertThat(filter.apply(english)).isEqualTo(new Verdict.Kept(english));
    Document empty = document(" \n", "zh");
    assertThat(filter.apply(empty)).isEqualTo(new Verdict.Kept(empty));
    var middle = new Perplexity(Map.of("zh", model), new Cuts(good, good + 1, false), List.of(Bucket.MIDDLE));
    assertThat(middle.apply(document(TEXT, "zh"))).isInstanceOf(Verdict.Dropped.class);
  }

  @Test
  void addReference_percentiles_areOfItsDocuments() {
    double[] reference = new double[1001];
    for (int i = 0; i <= 1000; i++) {
      reference[1000 - i] = 10 + i;
    }
    String before = WordModel.fingerprint(file);
    WordModel.addReference(file, reference);
    WordModel model = WordModel.open(file);
    assertThat(WordModel.fingerprint(file)).isNotEqualTo(before);
    assertThat(model.percentile(9)).isEqualTo(0);
    assertThat(model.percentile(10 + 305)).isCloseTo(30.5, within(1e-9));
    assertThat(model.percentile(5000)).isEqualTo(100);
    var filter = new Perplexity(Map.of("*", model), new Cuts(30, 60, true), List.of(Bucket.TAIL));
    assertThat(filter.apply(document(TEXT, "fr"))).isInstanceOf(Verdict.Dropped.class);
    assertThat(filter.measure(document(TEXT, "fr"))).containsKeys("perplexity.value", "perplexity.percentile", "perplexity.unknown");
    assertThat(filter.tagger().apply(document(TEXT, "fr")))
        .isInstanceOfSatisfying(Verdict.Kept.class, kept -> assertThat(kept.document().metadata()).containsEntry("bucket", "head"));
  }

  record Holder(Step step) {}

  private static Step read(String yaml) {
    return Recipes.parse("test", yaml, Holder.class, List.of()).step();
  }

  @Test
  void step_percentilesWithoutReference_isRefused() {
    var context = new StepContext(folder, 1, Progress.silent());
    assertThatThrownBy(() -> read("step: {perplexity: zh.bin}").open(context)).isInstanceOf(UserException.class).hasMessageContaining("reference");
    Step step = read("step: {perplexity: {models: {zh: zh.bin}, thresholds: [10, 20], keep: [head]}}");
    assertThat(step.open(context)).isInstanceOf(Perplexity.class);
    assertThat(step.version(context)).isNotEqualTo(read("step: {perplexity: {models: {en: zh.bin}, thresholds: [10, 20]}}").version(context));
  }

  @Test
  void step_keysThatContradict_areRefused() {
    assertThatThrownBy(() -> read("step: {perplexity: {thresholds: [1, 2]}}")).hasMessageContaining("model must");
    assertThatThrownBy(() -> read("step: {perplexity: {model: a, keep: [head, tail]}}")).hasMessageContaining("keep must");
    assertThatThrownBy(() -> read("step: {perplexity: {model: a, buckets: [60, 30]}}")).hasMessageContaining("buckets must");
    assertThat(read("step: {perplexity: {model: a}}")).isInstanceOfSatisfying(PerplexityStep.class, s -> assertThat(s.buckets()).containsExactly(30.0, 60.0));
  }
}
