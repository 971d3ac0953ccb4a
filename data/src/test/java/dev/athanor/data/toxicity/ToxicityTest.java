package dev.athanor.data.toxicity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.data.Document;
import dev.athanor.data.flow.DocumentStep;
import dev.athanor.data.flow.Span;
import dev.athanor.data.flow.Verdict;
import dev.athanor.data.step.Step;
import dev.athanor.data.step.StepContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToxicityTest {
  private static final Path LABELLED = Path.of("src/test/resources/toxicity/labelled.tsv");

  @TempDir Path folder;

  record Case(String label, String language, String text) {}

  record Holder(Step step) {}

  private static List<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    for (String line : Files.readAllLines(LABELLED)) {
      if (!line.startsWith("#")) {
        String[] parts = line.split("\t", 3);
        cases.add(new Case(parts[0], parts[1], parts[2].replace("\\u200b", "\u200b")));
      }
    }
    return cases;
  }

  private DocumentStep open(String yaml) {
    return (DocumentStep)
        Recipes.parse("t", yaml, Holder.class, List.of()).step().open(new StepContext(folder, 1, Progress.silent()));
  }

  private static Document document(String text) {
    return new Document("a", text, "o", "p", "unknown", "text", Map.of());
  }

  private static boolean drops(DocumentStep step, String text) {
    return step.apply(document(text)) instanceof Verdict.Dropped;
  }

  /// What docs/data-lm.md says of the lists.
  @Test
  void lists_labelledSet_reachTheFiguresOfTheDocs() throws IOException {
    DocumentStep step = open("step: toxicity");
    List<Case> cases = cases();
    assertThat(cases).hasSizeGreaterThanOrEqualTo(150);
    for (String language : List.of("en", "zh")) {
      int hits = 0;
      int toxic = 0;
      int alarms = 0;
      int hard = 0;
      List<String> wrong = new ArrayList<>();
      for (Case one : cases) {
        if (!one.language.equals(language)) {
          continue;
        }
        boolean dropped = drops(step, one.text);
        boolean isToxic = one.label.equals("toxic");
        toxic += isToxic ? 1 : 0;
        hits += isToxic && dropped ? 1 : 0;
        hard += one.label.equals("hard") ? 1 : 0;
        alarms += !isToxic && dropped ? 1 : 0;
        if (isToxic != dropped) {
          wrong.add(one.label + ": " + one.text);
        }
      }
      String figures = "%s: precision %d/%d, recall %d/%d, %d hard negatives; %s".formatted(language, hits, hits + alarms, hits, toxic, hard, wrong);
      assertThat(toxic).as(figures).isGreaterThanOrEqualTo(50);
      assertThat(hard).as(figures).isGreaterThanOrEqualTo(40);
      assertThat((double) hits / toxic).as(figures).isGreaterThanOrEqualTo(0.85);
      assertThat((double) hits / (hits + alarms)).as(figures).isGreaterThanOrEqualTo(0.97);
      assertThat((double) alarms / hard).as(figures).isLessThanOrEqualTo(0.03);
    }
  }

  @Test
  void find_hiddenByWidthAndInvisibles_givesTheRawSpan() {
    String text = "好的，你就是个ｓ傻\u200b　逼呀";
    Lexicon.Found found = new Lexicon(List.of()).find(text);
    assertThat(found.hits()).hasSize(1);
    Span span = found.hits().getFirst().span();
    assertThat(text.substring(span.from(), span.to())).isEqualTo("傻\u200b　逼");
    assertThat(found.hits().getFirst().category()).isEqualTo(Category.INSULT);
  }

  @Test
  void apply_oneWordInALongText_isKept() {
    DocumentStep step = open("step: toxicity");
    String novel = "The sailor looked at the sea and said nothing for a long while. ".repeat(40);
    assertThat(drops(step, "He shouted: fuck you! ")).isTrue();
    assertThat(drops(step, novel + "He shouted: fuck you!")).isFalse();
    assertThat(drops(step, "")).isFalse();
  }

  @Test
  void apply_label_marksAndKeeps() {
    DocumentStep step = open("step: {toxicity: {action: label, most: 0}}");
    assertThat(step.apply(document("fuck you, 澳门威尼斯人")))
        .isInstanceOfSatisfying(
            Verdict.Kept.class,
            kept -> assertThat(kept.document().metadata()).containsEntry("toxic", "true").containsEntry("toxicityCategories", "ads,insult"));
    assertThat(step.apply(document("good day"))).isInstanceOfSatisfying(Verdict.Kept.class, kept -> assertThat(kept.document().metadata()).containsEntry("toxic", "false"));
  }

  @Test
  void apply_chosenCategories_othersDoNotCount() {
    DocumentStep step = open("step: {toxicity: {categories: [hate, self-harm]}}");
    assertThat(drops(step, "fuck you")).isFalse();
    assertThat(drops(step, "god hates fags")).isTrue();
  }

  @Test
  void lists_ofTheUser_addTermsAndExceptions() throws IOException {
    Files.writeString(folder.resolve("mine.txt"), "# mine\n[ads]\nshiny coins ~ buy | 购买\n破铜烂铁*\n! fuck you, said no one\n");
    DocumentStep step = open("step: {toxicity: {lists: [mine.txt]}}");
    assertThat(drops(step, "buy shiny coins")).isTrue();
    assertThat(drops(step, "two shiny coins")).isFalse();
    assertThat(drops(step, "一堆破铜烂铁啊")).isTrue();
    assertThat(drops(step, "fuck you, said no one")).isFalse();
    Files.writeString(folder.resolve("mine.txt"), "[ads]\na ~\n");
    assertThatThrownBy(() -> open("step: {toxicity: {lists: [mine.txt]}}")).isInstanceOf(UserException.class).hasMessageContaining("mine.txt:2");
    Files.writeString(folder.resolve("mine.txt"), "[spam]\n");
    assertThatThrownBy(() -> open("step: {toxicity: {lists: [mine.txt]}}")).isInstanceOf(UserException.class).hasMessageContaining("self-harm");
  }

  @Test
  void where_dropped_spansAreTheHits() {
    assertThat(open("step: toxicity").apply(document("ok. Fuck  you! 王八蛋")))
        .isInstanceOfSatisfying(
            Verdict.Dropped.class, dropped -> assertThat(dropped.spans()).containsExactly(new Span(4, 13), new Span(15, 18)));
  }

  /// Against looking for each phrase at each place.
  @Test
  void automaton_randomTexts_findsAllThereIs() {
    Random random = new Random(5);
    for (int trial = 0; trial < 300; trial++) {
      List<String> phrases = new ArrayList<>();
      int count = 1 + random.nextInt(12);
      for (int i = 0; i < count; i++) {
        phrases.add(word(random, 1 + random.nextInt(5)));
      }
      String text = word(random, random.nextInt(60));
      TreeSet<String> found = new TreeSet<>();
      new Automaton(phrases).find(text, (phrase, end) -> found.add(phrase + "@" + end));
      TreeSet<String> wanted = new TreeSet<>();
      for (int p = 0; p < count; p++) {
        for (int at = text.indexOf(phrases.get(p)); at >= 0; at = text.indexOf(phrases.get(p), at + 1)) {
          wanted.add(p + "@" + (at + phrases.get(p).length()));
        }
      }
      assertThat(found).isEqualTo(wanted);
    }
  }

  private static String word(Random random, int length) {
    var word = new StringBuilder();
    for (int i = 0; i < length; i++) {
      word.append("ab操".charAt(random.nextInt(3)));
    }
    return word.toString();
  }
}
