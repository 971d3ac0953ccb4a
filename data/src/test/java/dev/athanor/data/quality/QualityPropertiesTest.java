package dev.athanor.data.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.data.Document;
import dev.athanor.data.Documents;
import dev.athanor.data.flow.Bound;
import dev.athanor.data.flow.Filter;
import dev.athanor.data.flow.Span;
import dev.athanor.data.flow.Verdict;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What holds of every filter.
class QualityPropertiesTest {
  private static final List<Document> KINDS = List.of(document("text"), document("java"), document("html"), document("json"), document("markdown"));

  private static Document document(String language) {
    return new Document("d", "", "o", "p", "unknown", language, Map.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"gopher_quality", "gopher_repetition", "c4", "fineweb", "chinese_quality", "code_quality", "quality"})
  void measure_randomUnicode_givesNumbersAndSpansInside(String name) {
    Filter filter = RuleSteps.filter(name);
    var random = new Random(7);
    for (int i = 0; i < 300; i++) {
      String text = Texts.random(random, random.nextInt(120));
      Document document = KINDS.get(i % KINDS.size()).withText(text);
      assertThat(filter.measure(document).values()).allSatisfy(value -> assertThat(value).isFinite().isNotNegative());
      for (Bound bound : filter.bounds()) {
        assertThat(filter.where(document, bound)).allSatisfy(span -> assertThat(span.to()).isLessThanOrEqualTo(text.length()));
      }
      Map<String, Double> measures = filter.measure(document);
      boolean allowed = filter.bounds().stream().allMatch(bound -> Optional.ofNullable(measures.get(bound.measure())).map(bound::allows).orElse(true));
      assertThat(filter.apply(document) instanceof Verdict.Kept).isEqualTo(allowed);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gopher_quality", "gopher_repetition", "c4", "fineweb", "chinese_quality", "code_quality"})
  void measure_otherLineEnds_isTheSame(String name) {
    Filter filter = RuleSteps.filter(name);
    String text = Texts.CHINESE_TABLE + "\n\nAn English line, and a second one.\n- bullet\nAn English line, and a second one.\n\n" + Texts.CHINESE_POEM;
    Map<String, Double> expected = filter.measure(Documents.prose("d", text));
    for (String end : List.of("\r\n", "\r", "\u2028", "\u0085")) {
      assertThat(filter.measure(Documents.prose("d", text.replace("\n", end)))).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gopher_repetition", "chinese_quality"})
  void measure_textTwice_halfOfItIsDuplicate(String name) {
    String text = Texts.CHINESE_PROSE + "\n\nAnother line of other words that is here only once in all.";
    Map<String, Double> measures = RuleSteps.measure(name, text + "\n\n" + text);
    String prefix = name.equals("chinese_quality") ? "chinese" : "gopher";
    assertThat(measures.get(prefix + ".duplicate_lines")).isEqualTo(0.5, within(1e-9));
    assertThat(measures.get(prefix + ".duplicate_paragraphs")).isEqualTo(0.5, within(1e-9));
    assertThat(RuleSteps.verdict(name, text + "\n\n" + text)).isEqualTo("duplicate lines");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gopher_repetition", "chinese_quality"})
  void measure_fencesOfListings_areNoCopiesButWhatIsInThemIs(String name) {
    String text = Texts.CHINESE_PROSE + "\n```java\nint one;\n```\n其后\n  ```java\nint two;\n```\n```java\nint three;\n```\n";
    String prefix = name.equals("chinese_quality") ? "chinese" : "gopher";
    assertThat(RuleSteps.measure(name, text).get(prefix + ".duplicate_lines")).isZero();
    String copied = text + "```\nint one;\n```\n";
    int lines = (int) copied.lines().filter(line -> !line.isBlank()).count();
    assertThat(RuleSteps.measure(name, copied).get(prefix + ".duplicate_lines")).isEqualTo(1.0 / lines, within(1e-9));
    // Neither is a fence: text behind the language, a listing in one line.
    String inline = text + "```int x```\n```int x```\n``` a b\n``` a b\n";
    int all = (int) inline.lines().filter(line -> !line.isBlank()).count();
    assertThat(RuleSteps.measure(name, inline).get(prefix + ".duplicate_lines")).isEqualTo(2.0 / all, within(1e-9));
  }

  @Test
  void measure_oneLineOfAMegabyte_isLinear() {
    for (String unit : List.of("a", "a ", "国家，", "\"x", "<", "Ab9")) {
      String line = unit.repeat(1_000_000 / unit.length());
      assertThat(RuleSteps.verdict("quality: {profile: english}", document("text").withText(line))).as(unit).isNotEqualTo("kept");
      assertThat(RuleSteps.verdict("quality: {profile: chinese}", document("text").withText(line))).as(unit).isNotEqualTo("kept");
      assertThat(RuleSteps.verdict("quality: {profile: code}", document("java").withText(line))).as(unit).isEqualTo("long lines");
      assertThat(RuleSteps.verdict("quality: {profile: code}", document("html").withText(line))).as(unit).isEqualTo("long lines");
    }
  }

  @Test
  void quality_profileAuto_judgesByTheLanguageFound() {
    Filter filter = RuleSteps.filter("quality");
    Document chinese = Documents.prose("d", Texts.CHINESE_PROSE);
    assertThat(filter.measure(chinese)).containsKey("chinese.han_share").doesNotContainKey("gopher.words");
    assertThat(filter.measure(chinese.with("language", "en"))).containsKeys("gopher.words", "c4.sentences", "fineweb.short_lines", "gopher.top_2_gram");
    assertThat(filter.measure(chinese.with("language", "python"))).containsKey("code.max_line_length");
    assertThat(filter.measure(chinese.with("language", "fr"))).isEmpty();
    assertThat(filter.apply(chinese.with("language", "fr"))).isInstanceOf(Verdict.Kept.class);
    assertThat(filter.measure(Documents.java("o", "A.java", "class A {}"))).containsKey("code.comments");
    assertThat(filter.measure(Documents.prose("d", "Only English here."))).containsKey("gopher.words");
  }

  @Test
  void quality_english_sameVerdictsAsTheFamiliesAlone() {
    Filter together = RuleSteps.filter("quality: {profile: english}");
    Map<String, Double> all = together.measure(Documents.prose("d", Texts.CHINESE_TABLE));
    for (String name : List.of("gopher_quality", "gopher_repetition", "fineweb", "c4: {clean: false, terminal_punctuation: false}")) {
      assertThat(all).containsAllEntriesOf(RuleSteps.measure(name, Texts.CHINESE_TABLE));
    }
  }

  @Test
  void bounds_namesOfMeasures_areMeasured() {
    for (String name : List.of("gopher_quality", "gopher_repetition", "c4", "fineweb", "chinese_quality")) {
      Filter filter = RuleSteps.filter(name);
      var measured = new HashSet<>(filter.measure(Documents.prose("d", "a")).keySet());
      assertThat(filter.bounds()).allSatisfy(bound -> assertThat(measured).contains(bound.measure()));
    }
  }

  @Test
  void tag_filters_writeMeasuresAndDropNothing() {
    Document bad = Documents.prose("d", "if (x) {");
    Verdict verdict = RuleSteps.step("tag: [gopher_quality, c4, {quality: {profile: chinese}}]").apply(bad);
    assertThat(verdict).isInstanceOf(Verdict.Kept.class);
    Document tagged = ((Verdict.Kept) verdict).document();
    assertThat(tagged.text()).isEqualTo(bad.text());
    assertThat(tagged.metadata()).containsEntry("gopher.words", "2.0").containsEntry("c4.sentences", "0.0").containsKey("chinese.ads");
  }

  @Test
  void where_shortLine_isInsideTheLine() {
    Verdict verdict = RuleSteps.step("fineweb").apply(Documents.prose("d", "  Home now.  \nNews now.\n"));
    assertThat(((Verdict.Dropped) verdict).spans()).isEqualTo(List.of(new Span(2, 11), new Span(14, 23)));
  }
}
