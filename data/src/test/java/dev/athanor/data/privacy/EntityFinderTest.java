package dev.athanor.data.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import dev.athanor.data.Documents;
import dev.athanor.data.flow.Span;
import dev.athanor.data.flow.Verdict;
import dev.athanor.inference.WeightFormat;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// With the tiny model of `inference`, which knows people, places and firms in English and Chinese and none of the names here.
@Timeout(120)
class EntityFinderTest {
  private static final Path MODEL = Path.of("../inference/src/test/resources/names");
  private static final Set<PiiKind> ALL = EnumSet.allOf(PiiKind.class);
  private static final List<String> REGIONS = List.of("CN", "US", "GB");
  private static final byte[] KEY = "a key of sixteen bytes or more".getBytes(StandardCharsets.UTF_8);
  private static final EntityFinder PEOPLE = EntityFinder.open(MODEL, EntityModel.of(MODEL), ALL);

  private static PrivacyScanner scanner(EntityFinder entities) {
    return new PrivacyScanner(ALL, 0.5, REGIONS, false, entities);
  }

  private static String cleaned(EntityFinder entities, PrivacyAction action, String text) {
    var cleaner = new PrivacyCleaner(scanner(entities), PrivacyActions.all(action), new PrivacyLimit(Integer.MAX_VALUE, 1), KEY, REGIONS);
    return switch (cleaner.apply(Documents.prose("d", text))) {
      case Verdict.Kept(var document, _) -> document.text();
      case Verdict.Dropped dropped -> throw new AssertionError(dropped);
    };
  }

  @Test
  void find_namesWithoutAWordBesideThem_areFoundInBothLanguages() {
    String text = "Yesterday Desmond Wexler said that the plan was good.\n没有人看见沈誉铭。经理田晓雯没有回答。\nPlease send the book to o.brandvold@contoso.com.";
    assertThat(PrivacyScanner.standard().find(text)).hasSize(1);
    assertThat(cleaned(PEOPLE, PrivacyAction.MASK, text))
        .isEqualTo("Yesterday <NAME> said that the plan was good.\n没有人看见<NAME>。经理<NAME>没有回答。\nPlease send the book to <EMAIL>.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Open the File menu and choose Save As.",
        "The Supreme Court said no on Tuesday.",
        "Machine Learning is a part of Computer Science.",
        "今天天气很好，于是他马上回家了。",
        "方程的解有两个，程序的文件在这里。",
        ""
      })
  void find_capitalsAndSurnamesThatAreNoNames_stay(String text) {
    assertThat(cleaned(PEOPLE, PrivacyAction.MASK, text)).isEqualTo(text);
  }

  @Test
  void find_labelsThatAreAskedFor_arePlacesAndFirmsToo() {
    Map<String, PiiKind> labels = Map.of("PER", PiiKind.NAME, "LOC", PiiKind.PLACE, "ORG", PiiKind.ORGANISATION);
    EntityFinder all = EntityFinder.open(MODEL, new EntityModel(MODEL, labels, 0.5, false, WeightFormat.INT8), ALL);
    assertThat(cleaned(all, PrivacyAction.MASK, "Rosalind Ibarra works for Globex Bank in Paris."))
        .isEqualTo("<NAME> works for <ORGANISATION> in <PLACE>.");
    assertThat(cleaned(PEOPLE, PrivacyAction.MASK, "Rosalind Ibarra works for Globex Bank in Paris.")).isEqualTo("<NAME> works for Globex Bank in Paris.");
  }

  @Test
  void pseudonym_sameNameAnywhere_isTheSameAndASecondPassFindsNothingMore() {
    String text = "Please send the book to Thaddeus Quimby.\nThe letter from Thaddeus Quimby came late.\n请把书交给贾若曦。\n据贾若曦介绍，价格会上涨。";
    String once = cleaned(PEOPLE, PrivacyAction.PSEUDONYM, text);
    assertThat(once).matches("Please send the book to ([A-Z][a-z]+ Doe)\\.\nThe letter from \\1 came late\\.\n请把书交给(某..)。\n据\\2介绍，价格会上涨。");
    assertThat(cleaned(PEOPLE, PrivacyAction.PSEUDONYM, once)).isEqualTo(once);
    String masked = cleaned(PEOPLE, PrivacyAction.MASK, text);
    assertThat(cleaned(PEOPLE, PrivacyAction.MASK, masked)).isEqualTo(masked);
  }

  @Test
  void find_severalThreads_findTheSame() throws Exception {
    List<String> texts =
        IntStream.range(0, 40).mapToObj(i -> "Nobody has seen Percival Dunmore since Friday. 请把书交给贾若曦。".repeat(1 + i % 4) + i).toList();
    List<List<Finding>> alone = texts.stream().map(text -> scanner(PEOPLE).find(text)).toList();
    assertThat(alone).allSatisfy(found -> assertThat(found).isNotEmpty());
    try (ExecutorService threads = Executors.newFixedThreadPool(5)) {
      List<Callable<List<Finding>>> work = texts.stream().<Callable<List<Finding>>>map(text -> () -> scanner(PEOPLE).find(text)).toList();
      List<List<Finding>> together = new ArrayList<>();
      for (Future<List<Finding>> found : threads.invokeAll(work)) {
        together.add(found.get());
      }
      assertThat(together).isEqualTo(alone);
    }
  }

  @Test
  void find_likelyOnly_passesOverSentencesWithoutASign() {
    EntityFinder likely = EntityFinder.open(MODEL, new EntityModel(MODEL, Map.of(), 0.7, true, null), ALL);
    String text = "Yesterday Desmond Wexler said that the plan was good.\n没有人看见沈誉铭。经理田晓雯没有回答。";
    assertThat(scanner(likely).find(text)).isEqualTo(scanner(PEOPLE).find(text)).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"met Barnaby", "James came", "he met ANNA", "报告由段誉铭写成", "и он пришёл к Ивану", "克里斯·帕滕", "حضر احمد", "I said X"})
  void likely_signOfAName_isTaken(String text) {
    assertThat(LikelyNames.within(text, 0, text.length())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"The cat sat on the mat", "I know what i know", "1 + 1 = 2", "这里没有什么", "и он пришёл"})
  void likely_noSign_isPassedOver(String text) {
    assertThat(LikelyNames.within(text, 0, text.length())).isFalse();
  }

  @Test
  void check_mistakes_tellWhatTheModelHas() {
    Map<String, PiiKind> wrong = Map.of("PERSON", PiiKind.NAME);
    assertThatThrownBy(() -> EntityFinder.check(MODEL, new EntityModel(MODEL, wrong, 0.7, false, null), ALL))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no label 'PERSON'; what it tells apart is PER, LOC, ORG");
    Map<String, PiiKind> off = Map.of("LOC", PiiKind.PLACE);
    assertThatThrownBy(() -> EntityFinder.check(MODEL, new EntityModel(MODEL, off, 0.7, false, null), EnumSet.of(PiiKind.NAME)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'LOC' stands for place, which is not looked for");
    Path nothing = Path.of("no/such/folder");
    assertThatThrownBy(() -> EntityFinder.check(nothing, EntityModel.of(nothing), ALL)).isInstanceOf(UserException.class).hasMessageContaining("does not exist");
    assertThatThrownBy(() -> EntityFinder.version(nothing)).isInstanceOf(UserException.class).hasMessageContaining("no model folder");
  }

  // ---- overlaps

  private static Finding finding(PiiKind kind, int from, int to, double confidence) {
    return new Finding(kind, new Span(from, to), confidence, "");
  }

  private static final String TEXT = "Jo Roe jo.roe@contoso.com, Jo A. Roe";

  @Test
  void overlaps_formsOfTheirOwn_goBeforeAnyName() {
    Finding mail = finding(PiiKind.EMAIL, 7, 25, 0.9);
    assertThat(Overlaps.with(TEXT, List.of(mail), List.of(finding(PiiKind.NAME, 7, 13, 0.99)))).containsExactly(mail);
    assertThat(Overlaps.with(TEXT, List.of(mail), List.of(finding(PiiKind.NAME, 0, 36, 0.99))))
        .containsExactly(finding(PiiKind.NAME, 0, 6, 0.99), mail, finding(PiiKind.NAME, 27, 36, 0.99));
  }

  @Test
  void overlaps_ofNames_theLongestStays() {
    Finding rule = finding(PiiKind.NAME, 0, 2, 0.95);
    Finding longer = finding(PiiKind.ORGANISATION, 0, 6, 0.7);
    assertThat(Overlaps.with(TEXT, List.of(rule), List.of(longer))).containsExactly(longer);
    assertThat(Overlaps.with(TEXT, List.of(longer), List.of(rule))).containsExactly(longer);
    Finding surer = finding(PiiKind.NAME, 0, 6, 0.8);
    assertThat(Overlaps.with(TEXT, List.of(longer), List.of(surer))).containsExactly(surer);
    assertThat(Overlaps.with(TEXT, List.of(rule), List.of())).containsExactly(rule);
  }
}
