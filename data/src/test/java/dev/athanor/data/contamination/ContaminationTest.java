package dev.athanor.data.contamination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.athanor.base.UserException;
import dev.athanor.data.Document;
import dev.athanor.data.Documents;
import dev.athanor.data.flow.Verdict;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContaminationTest {
  private static final List<String> FIELDS = List.of("question", "input", "options", "A", "B", "answer", "other.hint");
  private static final Contamination.Rule RULE = new Contamination.Rule(13, 20, 2, 1);
  private static final String ENGLISH =
      "Janet has sixteen ducks that lay one egg each every single day of the week, how many eggs does she sell";
  private static final String CHINESE = "某乡镇进行新区规划，决定以市民公园为中心，在东南西北分别建设一个特色社区，这四个社区是什么";
  @TempDir Path folder;

  private Contamination against(String name, String content, Action action) throws IOException {
    Path file = Files.writeString(folder.resolve(name), content);
    return new Contamination(new EvaluationSets(List.of(file), FIELDS), RULE, action);
  }

  private static String told(Contamination step, String text) {
    return switch (step.apply(Documents.prose("doc", text))) {
      case Verdict.Kept(Document document, _) -> document.metadata().getOrDefault("contamination", "kept");
      case Verdict.Dropped dropped -> dropped.reason() + ": " + dropped.detail();
    };
  }

  @Test
  void jsonl_itemInOtherCaseLinesAndPunctuation_isFound() throws IOException {
    Contamination step = against("set.jsonl", "{\"question\": \"x\"}\n\n{\"question\": \"" + ENGLISH + "\", \"answer\": \"18\"}\n", Action.DROP);
    String wrapped = "So,\n" + ENGLISH.toUpperCase(java.util.Locale.ROOT).replace(" ", "\n  ").replace(",", " — ") + "?\nend";
    assertThat(told(step, wrapped)).isEqualTo("contaminated by set: set#1 (" + (ENGLISH.split(" ", -1).length - 12) + " n-grams)");
    assertThat(told(step, ENGLISH.substring(0, 60))).isEqualTo("kept");
    Verdict verdict = step.apply(Documents.prose("doc", "Before. " + ENGLISH + " After."));
    assertThat(verdict).isInstanceOfSatisfying(Verdict.Dropped.class, dropped -> assertThat(dropped.spans()).singleElement().satisfies(
        span -> assertThat(("Before. " + ENGLISH + " After.").substring(span.from(), span.to())).isEqualTo(ENGLISH)));
  }

  @Test
  void chinese_twentyCharacters_areFoundAndNineteenAreNot() throws IOException {
    Contamination step = against("zh.jsonl", "{\"question\": \"" + CHINESE + "\"}\n", Action.DROP);
    String plain = CHINESE.replace("，", "");
    assertThat(told(step, "据说" + plain.substring(3, 23) + "了")).isEqualTo("contaminated by zh: zh#0 (1 n-gram)");
    assertThat(told(step, "据说" + plain.substring(3, 22) + "了")).isEqualTo("kept");
    assertThat(told(step, CHINESE.replace("在", "\n在"))).startsWith("contaminated by zh: zh#0");
  }

  @Test
  void json_listsNestedFieldsAndExamples_areRead() throws IOException {
    String words = "one two three four five six seven eight nine ten eleven twelve thirteen";
    Contamination step =
        against("tasks.json", "{\"canary\": \"c\", \"examples\": [{\"input\": \"one two three four\", \"options\": [\"five six seven\", \"eight nine\"], "
            + "\"other\": {\"hint\": \"ten eleven twelve thirteen\"}}]}", Action.TAG);
    assertThat(told(step, "zero " + words)).isEqualTo("tasks#0 (1 n-gram)");
  }

  @Test
  void csv_quotedValues_areRead() throws IOException {
    Contamination step =
        against("t.csv", "\ufeff,question,A,B\r\n0,\"one two three, four \"\"five\"\"\nsix\",seven eight nine,ten eleven twelve thirteen\n", Action.TAG);
    assertThat(told(step, "one two three four five six seven eight nine ten eleven twelve thirteen")).isEqualTo("t#0 (1 n-gram)");
    var rows = new CsvRows(new StringReader("a,,\"b\"\"c\"\n\"\n\",x"));
    assertThat(rows.next()).containsExactly("a", "", "b\"c");
    assertThat(rows.next()).containsExactly("\n", "x");
    assertThat(rows.next()).isNull();
  }

  @Test
  void commonPhrases_thatManyItemsHold_tellOfNone() throws IOException {
    String instruction = "If you follow these instructions do you return to the starting point always face forward now";
    var lines = new StringBuilder();
    for (int i = 0; i < 3; i++) {
      lines.append("{\"question\": \"").append(instruction).append(' ').append("step ".repeat(i)).append("w").append(i)
          .append(" alpha").append(i).append(" beta").append(i).append(" gamma").append(i).append("\"}\n");
    }
    Contamination step = against("nav.jsonl", lines.toString(), Action.DROP);
    assertThat(told(step, instruction)).isEqualTo("kept");
    assertThat(told(step, instruction + " w0 alpha0")).isEqualTo("contaminated by nav: nav#0 (2 n-grams)");
    Contamination digits = against("d.jsonl", "{\"question\": \"" + "1 0 ".repeat(20) + "\"}", Action.DROP);
    assertThat(told(digits, "1 0 ".repeat(20))).isEqualTo("kept");
    Contamination hex = against("h.jsonl", "{\"question\": \"0 1 2 3 4 5 6 7 8 9 a b c d e f\"}", Action.DROP);
    assertThat(told(hex, "{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, A, B, C, D, E, F}")).isEqualTo("kept");
    assertThat(digits.report(Map.of()).tasks().getFirst().unchecked()).isEqualTo(1);
  }

  @Test
  void cut_linesThatHoldIt_go() throws IOException {
    Contamination step = against("set.jsonl", "{\"question\": \"" + ENGLISH + "\"}", Action.CUT);
    String half = ENGLISH.replace("every", "\nevery");
    assertThat(step.apply(Documents.prose("doc", "First line.\nQ: " + half + "!\nLast line.")))
        .isInstanceOfSatisfying(Verdict.Kept.class, kept -> {
          assertThat(kept.document().text()).isEqualTo("First line.\nLast line.");
          assertThat(kept.document().metadata()).containsKey("contamination");
        });
    assertThat(told(step, half)).startsWith("contaminated by set: set#0");
  }

  @Test
  void report_byTask_namesItemsAndDocuments() throws IOException {
    Files.createDirectories(folder.resolve("sets/a"));
    try (var gzip = new GZIPOutputStream(Files.newOutputStream(folder.resolve("sets/a/en.jsonl.gz")))) {
      gzip.write(("{\"question\": \"" + ENGLISH + "\"}\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    Files.writeString(folder.resolve("sets/zh.json"), "[{\"question\": \"太短\"}, {\"question\": \"" + CHINESE + "\"}]");
    Files.writeString(folder.resolve("sets/README.md"), "no set");
    var step = new Contamination(new EvaluationSets(List.of(folder.resolve("sets")), FIELDS), RULE, Action.TAG);
    var noted = new TreeMap<String, Long>();
    for (int i = 0; i < 30; i++) {
      step.apply(Documents.prose("doc" + i, "text " + (i % 3 == 0 ? CHINESE : ""))).noted().forEach((item, times) -> noted.merge(item, (long) times, Long::sum));
    }
    assertThat(step.report(noted).tasks()).containsExactly(new ContaminationReport.Task("a/en", 1, 0, 0), new ContaminationReport.Task("zh", 2, 1, 1));
    assertThat(step.report(noted).hits()).containsExactly(new ContaminationReport.Hit("zh#1", 10));
  }

  @Test
  void read_whatIsNoSet_isToldWithItsPlace() throws IOException {
    assertThatThrownBy(() -> against("bad.jsonl", "{\"question\": \"x\"}\n{\n", Action.DROP)).isInstanceOf(UserException.class).hasMessageContaining("bad.jsonl:2");
    assertThatThrownBy(() -> against("none.jsonl", "{\"frage\": \"x\"}\n", Action.DROP)).isInstanceOf(UserException.class).hasMessageContaining("fields");
    assertThatThrownBy(() -> against("a.txt", "x", Action.DROP)).isInstanceOf(UserException.class).hasMessageContaining(".jsonl, .json and .csv");
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> new Contamination(new EvaluationSets(List.of(missing), FIELDS), RULE, Action.DROP)).isInstanceOf(UserException.class);
  }

  /// Every item of the published sets that can be looked for is found in a text that holds it, and prose of other books holds none.
  @Test
  void publishedSets_theirOwnItems_areFoundAndNovelsAreClean() throws IOException {
    Path data = Path.of("../../shared/data");
    assumeTrue(Files.isDirectory(data.resolve("gsm8k")), "no ../../shared/data: the published sets are not here");
    List<Path> sets = List.of(data.resolve("gsm8k/test.jsonl"), data.resolve("humaneval"), data.resolve("bbh"), data.resolve("cmmlu"), data.resolve("agieval"));
    var fields = List.of("question", "Question", "prompt", "input", "options", "A", "B", "C", "D", "answer", "target", "canonical_solution");
    var read = new EvaluationSets(sets, fields);
    var step = new Contamination(read, new Contamination.Rule(13, 20, 5, 1), Action.TAG);
    var items = new ArrayList<EvaluationItem>();
    var noted = new TreeMap<String, Long>();
    read.read(items::add);
    for (EvaluationItem item : items) {
      step.apply(Documents.prose(item.name(), "Some text before.\n" + item.text().replace(" ", "\n") + "\nand after"))
          .noted()
          .forEach((hit, times) -> noted.merge(hit, (long) times, Long::sum));
    }
    int found = step.report(noted).tasks().stream().mapToInt(ContaminationReport.Task::found).sum();
    int unchecked = step.report(noted).tasks().stream().mapToInt(ContaminationReport.Task::unchecked).sum();
    assertThat(items).hasSizeGreaterThan(3000);
    assertThat(found).isEqualTo(items.size() - unchecked);
    assertThat(unchecked).isLessThan(items.size() / 5);
    for (String book : List.of("text/botchan.txt", "text/tinyshakespeare.txt")) {
      assertThat(told(step, Files.readString(data.resolve(book)))).as(book).isEqualTo("kept");
    }
  }
}
