package dev.athanor.eval.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Json;
import dev.athanor.eval.report.RunReport.BitsPerByte;
import dev.athanor.eval.report.RunReport.Collect;
import dev.athanor.eval.report.RunReport.Evaluate;
import dev.athanor.eval.report.RunReport.Parse;
import dev.athanor.eval.report.RunReport.Sample;
import dev.athanor.eval.report.RunReport.Source;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;

class ReportWriterTest {
  @TempDir Path dir;

  private String written(RunReport report, String file) {
    ReportWriter.write(dir, report);
    try {
      return Files.readString(dir.resolve(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private JsonNode json(RunReport report) {
    return Json.tree(written(report, ReportWriter.JSON));
  }

  private static double at(JsonNode root, String pointer) {
    JsonNode node = root.at(pointer);
    assertThat(node.isNumber()).as(pointer).isTrue();
    return node.asDouble();
  }

  @Test
  void write_wholeRun_givesThePromisedKeys() {
    JsonNode root = json(SampleRun.whole());
    assertThat(at(root, "/stages/pretrain/seconds")).isEqualTo(600.3);
    assertThat(root.at("/stages").propertyNames())
        .containsExactly("collect", "curate", "tokenizer", "pretrain", "sft", "evaluate", "report", "release");
    assertThat(at(root, "/pretrain/tokens_per_second")).isEqualTo(11_359.6);
    assertThat(at(root, "/pretrain/mfu")).isEqualTo(0.573);
    assertThat(at(root, "/pretrain/peak_gflops")).isEqualTo(84.31);
    assertThat(at(root, "/pretrain/tokens")).isEqualTo(6_815_744);
    assertThat(at(root, "/evaluate/bits_per_byte/model")).isEqualTo(1.1234);
    assertThat(at(root, "/evaluate/bits_per_byte/ngram5")).isEqualTo(1.3141);
    assertThat(at(root, "/evaluate/bits_per_byte/xz")).isEqualTo(1.7321);
    assertThat(at(root, "/evaluate/bits_per_byte/mixture")).isEqualTo(0.9712);
    assertThat(at(root, "/evaluate/parse_rate")).isEqualTo(0.640625);
    assertThat(root.at("/model/path").asString()).isEqualTo("runs/quickstart/model");
    assertThat(root.at("/model/sha256").asString()).hasSize(64);
  }

  @Test
  void write_figuresNotMeasured_areNullInJson() {
    BitsPerByte bits = new BitsPerByte(1.2, Double.NaN, Double.NaN, Double.POSITIVE_INFINITY);
    Evaluate evaluate = new Evaluate(10, bits, List.of(), List.of(), List.of(), Double.NaN, 0, 0);
    RunReport report = SampleRun.with(evaluate, List.of());
    JsonNode root = json(report);
    assertThat(root.at("/evaluate/bits_per_byte/ngram5").isNull()).isTrue();
    assertThat(root.at("/evaluate/bits_per_byte/xz").isNull()).isTrue();
    assertThat(root.at("/evaluate/bits_per_byte").has("mixture")).isFalse();
    assertThat(root.at("/evaluate/parse_rate").isNull()).isTrue();
    assertThat(written(report, ReportWriter.JSON)).doesNotContain("NaN", "Infinity");
    assertThat(written(report, ReportWriter.HTML)).doesNotContain("NaN", "Infinity<", "parse rate</span>");
    assertThat(written(report, ReportWriter.MARKDOWN)).doesNotContain("NaN").contains("no baseline was measured");
  }

  @Test
  void write_wholeRun_headlineFiguresAgreeEverywhere() {
    RunReport report = SampleRun.whole();
    String html = written(report, ReportWriter.HTML);
    String markdown = written(report, ReportWriter.MARKDOWN);
    Block.Tiles tiles =
        Outline.of(report).sections().getFirst().blocks().stream()
            .filter(Block.Tiles.class::isInstance)
            .map(Block.Tiles.class::cast)
            .findFirst()
            .orElseThrow();
    assertThat(tiles.tiles())
        .extracting(Block.Tile::value)
        .containsExactly("1.123", "1.93 M", "11,360", "57.3 %", "64.1 %", "1.921");
    for (Block.Tile tile : tiles.tiles()) {
      assertThat(html).contains("<span class=\"value\">" + tile.value() + "</span><span class=\"detail\">" + tile.detail() + "</span>");
      assertThat(markdown).contains("| " + tile.label() + " | " + tile.value() + " | " + tile.detail() + " |");
    }
    for (Verdict verdict : Verdict.of(report)) {
      assertThat(html).contains(Text.html(verdict.sentence()));
      assertThat(markdown).contains(verdict.sentence());
      assertThat(json(report).at("/verdicts").toString()).contains(verdict.sentence());
    }
  }

  @Test
  void write_bareRun_leavesOtherPartsOut() {
    RunReport report = SampleRun.bare();
    JsonNode root = json(report);
    assertThat(root.propertyNames())
        .contains("collect", "stages")
        .doesNotContain("curate", "tokenizer", "pretrain", "sft", "evaluate", "model");
    String html = written(report, ReportWriter.HTML);
    assertThat(html).contains("id=\"collect\"").doesNotContain("id=\"pretrain\"", "id=\"sft\"", "id=\"release\"", "cost</th>");
    assertThat(written(report, ReportWriter.MARKDOWN)).contains("## Collect").doesNotContain("## Pre-train");
  }

  @Test
  void write_hostileText_isEscapedEverywhere() {
    String hostile = "</pre></svg><script>alert('x')</script>\" onload=\"x()\" ```\n# no | cell \u0000\u202e \ud800";
    RunReport whole = SampleRun.whole();
    Collect collect = new Collect(List.of(new Source(hostile, 1, 2, hostile, hostile, hostile)));
    Evaluate evaluate =
        new Evaluate(1, SampleRun.BITS, List.of(), List.of(), List.of(new RunReport.Score(hostile, 1, SampleRun.BITS)), 1, 1, 1);
    RunReport report =
        new RunReport(
            whole.header(),
            List.of(new RunReport.Stage(hostile, 1, RunReport.Status.COMPUTED, List.of(Fact.text(hostile, hostile)))),
            collect, null,
            new RunReport.Vocabulary(300, 1, 1, 1, List.of(new RunReport.TokenizedText(hostile, List.of(hostile)))),
            null, null, evaluate,
            List.of(new Sample(hostile, hostile, hostile, Parse.REJECTED, hostile)),
            new RunReport.Release(hostile, hostile, hostile, hostile, List.of(), List.of(new RunReport.Command(hostile, hostile))));
    String html = written(report, ReportWriter.HTML);
    assertThat(html.split("<script", -1)).as("only the page's own script").hasSize(2);
    assertThat(html).doesNotContain("\" onload", "\u0000", "\u202e").contains("&lt;script&gt;");
    String markdown = written(report, ReportWriter.MARKDOWN);
    assertThat(markdown).contains("````text\n").doesNotContain("\u0000", "\u202e");
    assertThat(outsideFences(markdown)).contains("&lt;script&gt;").doesNotContain("<script>");
    assertThat(json(report).at("/collect/sources/0/origin").asString()).startsWith("</pre></svg><script>");
  }

  private static String outsideFences(String markdown) {
    return Pattern.compile("^(`{3,})\\w*\\n.*?^\\1$", Pattern.MULTILINE | Pattern.DOTALL).matcher(markdown).replaceAll("");
  }

  @Test
  void write_chineseText_survives() {
    RunReport report = SampleRun.whole();
    assertThat(written(report, ReportWriter.HTML)).contains("判断字符串是否为空白", "<span class=\"t0\">判断</span>", "返回集合中元素的数量。");
    assertThat(written(report, ReportWriter.MARKDOWN)).contains("判断字符串是否为空白", "判断│字符│串");
    assertThat(json(report).at("/samples/2/answer").asString()).isEqualTo("返回集合中元素的数量。");
  }

  @Test
  void write_anyLocale_formatsTheSame() {
    String here = written(SampleRun.whole(), ReportWriter.HTML);
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertThat(written(SampleRun.whole(), ReportWriter.HTML)).isEqualTo(here);
      Locale.setDefault(Locale.GERMANY);
      assertThat(written(SampleRun.whole(), ReportWriter.HTML)).isEqualTo(here);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void write_hugeRun_keepsTheHtmlSmallAndTheJsonWhole() throws IOException {
    Sample long1 = new Sample("长".repeat(9000), "<&>".repeat(3000), "zh", Parse.REJECTED, "x".repeat(5000));
    RunReport whole = SampleRun.with(SampleRun.evaluate(SampleRun.BITS), Collections.nCopies(60, long1));
    Source source = Objects.requireNonNull(whole.collect()).sources().getFirst();
    RunReport report =
        new RunReport(
            whole.header(), whole.stages(), new Collect(Collections.nCopies(900, source)), whole.curate(), whole.tokenizer(),
            whole.pretrain(), whole.sft(), whole.evaluate(), whole.samples(), whole.release());
    JsonNode root = json(report);
    assertThat(Files.size(dir.resolve(ReportWriter.HTML))).isLessThan(500_000);
    assertThat(root.at("/samples")).hasSize(60);
    assertThat(root.at("/samples/0/answer").asString()).hasSize(9000);
    assertThat(root.at("/collect/sources")).hasSize(900);
    assertThat(root.at("/pretrain/curves/train_loss/value").size()).isBetween(1900, 2000);
    assertThat(written(report, ReportWriter.HTML)).contains("and 800 more rows in report.json");
  }

  @Test
  void write_quickstartSize_isUnder300Kilobytes() throws IOException {
    ReportWriter.write(dir, SampleRun.whole());
    assertThat(Files.size(dir.resolve(ReportWriter.HTML))).isBetween(50_000L, 300_000L);
  }

  @Test
  void write_wholeRun_everySvgIsWellFormed() throws Exception {
    Matcher svg = Pattern.compile("<svg.*?</svg>", Pattern.DOTALL).matcher(written(SampleRun.whole(), ReportWriter.HTML));
    int found = 0;
    while (svg.find()) {
      DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg.group())));
      found++;
    }
    assertThat(found).as("life, four pre-training and four fine-tuning curves, four bar charts").isEqualTo(13);
  }

  @Test
  void write_noStages_stillWrites() {
    RunReport bare = SampleRun.bare();
    RunReport report = new RunReport(bare.header(), List.of(), null, null, null, null, null, null, List.of(), null);
    assertThat(written(report, ReportWriter.HTML)).contains("id=\"overview\"").doesNotContain("NaN");
    assertThat(json(report).at("/stages")).isEmpty();
  }

  @Test
  void write_overAnOlderReport_replacesIt() {
    ReportWriter.write(dir, SampleRun.whole());
    assertThat(written(SampleRun.bare(), ReportWriter.MARKDOWN)).startsWith("# data-only: run report").doesNotContain("quickstart");
    assertThat(dir.toFile().list()).containsExactlyInAnyOrder("report.html", "report.md", "report.json");
  }

  @Test
  void write_recoveryOfAnEncoder_isInEveryForm() {
    RunReport whole = SampleRun.whole();
    RunReport report =
        new RunReport(
            whole.header(), whole.stages(), whole.collect(), whole.curate(), whole.tokenizer(), whole.pretrain(), null, null,
            new RunReport.Recovery("masked LM", 12, 3456, 1.25, Math.exp(1.25), 0.625), List.of(), whole.release());
    assertThat(written(report, ReportWriter.HTML)).contains("12 held-out files, by masked LM", "62.5", "3.49");
    assertThat(written(report, ReportWriter.MARKDOWN)).contains("12 held-out files, by masked LM", "3,456", "1.250");
    assertThat(json(report).at("/recovery/accuracy").asDouble()).isEqualTo(0.625);
    assertThat(json(report).at("/recovery/tokens").asLong()).isEqualTo(3456);
  }
}
