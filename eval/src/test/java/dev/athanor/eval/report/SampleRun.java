package dev.athanor.eval.report;

import dev.athanor.eval.report.RunReport.Artifact;
import dev.athanor.eval.report.RunReport.BitsPerByte;
import dev.athanor.eval.report.RunReport.Collect;
import dev.athanor.eval.report.RunReport.Command;
import dev.athanor.eval.report.RunReport.Curate;
import dev.athanor.eval.report.RunReport.Dropped;
import dev.athanor.eval.report.RunReport.Evaluate;
import dev.athanor.eval.report.RunReport.Header;
import dev.athanor.eval.report.RunReport.LanguageShare;
import dev.athanor.eval.report.RunReport.Machine;
import dev.athanor.eval.report.RunReport.PairCount;
import dev.athanor.eval.report.RunReport.Parse;
import dev.athanor.eval.report.RunReport.Plan;
import dev.athanor.eval.report.RunReport.Pretrain;
import dev.athanor.eval.report.RunReport.Price;
import dev.athanor.eval.report.RunReport.Release;
import dev.athanor.eval.report.RunReport.Sample;
import dev.athanor.eval.report.RunReport.Score;
import dev.athanor.eval.report.RunReport.Sft;
import dev.athanor.eval.report.RunReport.Source;
import dev.athanor.eval.report.RunReport.Split;
import dev.athanor.eval.report.RunReport.Stage;
import dev.athanor.eval.report.RunReport.Status;
import dev.athanor.eval.report.RunReport.Step;
import dev.athanor.eval.report.RunReport.TokenizedText;
import dev.athanor.eval.report.RunReport.TrainingCurves;
import dev.athanor.eval.report.RunReport.Vocabulary;
import dev.athanor.base.Sha256;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;

/// A run of the size and shape of the quickstart, made up for these tests.
final class SampleRun {
  static final BitsPerByte BITS = new BitsPerByte(1.1234, 1.3141, 0.9712, 1.7321);

  private SampleRun() {}

  static RunReport whole() {
    return new RunReport(
        header(), stages(), collect(), curate(), vocabulary(), pretrain(), sft(), evaluate(BITS), samples(), release());
  }

  /// A recipe that only collects and curates: no model, nothing evaluated, nothing released.
  static RunReport bare() {
    Header header = header();
    return new RunReport(
        new Header("data-only", header.runId(), header.date(), header.machine(), 12.5, header.codeVersion(), null),
        List.of(new Stage("collect", 12.5, Status.COMPUTED, List.of())),
        collect(), null, null, null, null, null, List.of(), null);
  }

  static RunReport scored(BitsPerByte bits) {
    return with(evaluate(bits), samples());
  }

  static RunReport with(Evaluate evaluate, List<Sample> samples) {
    RunReport whole = whole();
    return new RunReport(
        whole.header(), whole.stages(), whole.collect(), whole.curate(), whole.tokenizer(), whole.pretrain(), whole.sft(),
        evaluate, samples, whole.release());
  }

  private static Header header() {
    return new Header(
        "quickstart",
        "2026-03-14T08-15-00",
        Instant.parse("2026-03-14T08:15:00Z"),
        new Machine("AMD EPYC 9B14", 2, 8_589_934_592L, "oneMKL 2025.3", "25.0.2", "Linux 6.1 amd64"),
        1107.4,
        "0.1.0 (3587511)",
        new Price(0.04, "EUR"));
  }

  private static List<Stage> stages() {
    return List.of(
        new Stage("collect", 21.4, Status.REUSED, List.of(Fact.count("files", 5213), Fact.bytes("size", 41_200_000))),
        new Stage("curate", 9.1, Status.REUSED, List.of(Fact.count("kept", 4480), Fact.count("dropped", 733), Fact.percent("leak", 0.091))),
        new Stage("tokenizer", 14.8, Status.COMPUTED, List.of(Fact.count("vocabulary", 4096), Fact.measure("code", 3.91, 2, "bytes per token"))),
        new Stage("pretrain", 600.3, Status.RESUMED, List.of(Fact.count("tokens", 6_815_744), Fact.measure("loss", 2.31, 2, ""), Fact.percent("MFU", 0.573))),
        new Stage("sft", 122.0, Status.COMPUTED, List.of(Fact.count("pairs", 8120), Fact.measure("loss", 1.92, 2, ""))),
        new Stage("evaluate", 201.9, Status.COMPUTED, List.of(Fact.measure("bits per byte", 1.1234, 3, ""), Fact.percent("parse rate", 0.640625))),
        new Stage("report", 0.4, Status.COMPUTED, List.of()),
        new Stage("release", 0.9, Status.COMPUTED, List.of(Fact.text("name", "quickstart:3"))));
  }

  private static Collect collect() {
    return new Collect(
        List.of(
            new Source("cn.hutool:hutool-all:5.8.40", 1204, 9_300_000, "MulanPSL-2.0", "zh", Sha256.of("a")),
            new Source("com.alibaba:druid:1.2.27", 1511, 12_400_000, "Apache-2.0", "zh", Sha256.of("b")),
            new Source("com.baomidou:mybatis-plus-core:3.5.14", 212, 900_000, "Apache-2.0", "zh", Sha256.of("c")),
            new Source("org.apache.commons:commons-lang3:3.19.0", 403, 5_100_000, "Apache-2.0", "en", Sha256.of("d")),
            new Source("org.apache.commons:commons-math3:3.6.1", 1103, 9_600_000, "Apache-2.0", "en", Sha256.of("e")),
            new Source("org.apache.commons:commons-compress:1.28.0", 780, 3_900_000, null, "en", Sha256.of("f"))));
  }

  private static Curate curate() {
    return new Curate(
        4480,
        36_100_000,
        List.of(
            new Step("normalise", 5213, 1200, List.of()),
            new Step("generated", 5213, 0, List.of(new Dropped("generated", 80, 2_000_000), new Dropped("minified", 8, 100_000))),
            new Step("near-empty", 5125, 0, List.of(new Dropped("near-empty", 433, 240_000))),
            new Step("exact", 4692, 0, List.of(new Dropped("exact duplicate", 212, 1_900_000)))),
        List.of(
            new Split("train", List.of(new LanguageShare("zh", 2210, 17_900_000), new LanguageShare("en", 1830, 14_600_000))),
            new Split("validation", List.of(new LanguageShare("zh", 120, 980_000), new LanguageShare("en", 98, 820_000))),
            new Split("test", List.of(new LanguageShare("zh", 118, 970_000), new LanguageShare("en", 104, 830_000)))),
        0.0912,
        341);
  }

  private static Vocabulary vocabulary() {
    return new Vocabulary(
        4096, 2.94, 3.62, 3.91,
        List.of(
            new TokenizedText("Chinese", List.of("判断", "字符", "串", "是否", "为", "空", "，", "‹e5 9b›", "‹8a›", "则", "返回", " true", "。")),
            new TokenizedText("English", List.of("Returns", " the", " first", " index", " of", " the", " el", "ement", ".")),
            new TokenizedText("code", List.of("public", " static", " boolean", " is", "Blank", "(", "CharSequence", " str", ")", " {", "\n", "    ", "return", " str", " ==", " null", ";", "\n", "}"))));
  }

  private static List<Point> curve(int points, int stride, DoubleUnaryOperator value) {
    List<Point> curve = new ArrayList<>();
    for (int i = 1; i <= points; i++) {
      curve.add(new Point(i * (double) stride, value.applyAsDouble(i / (double) points)));
    }
    return curve;
  }

  private static TrainingCurves curves(int steps, double from, double to, boolean overfits) {
    Random random = new Random(7);
    double range = from - to;
    return new TrainingCurves(
        curve(steps, 1, t -> to + range * Math.exp(-7 * t) + 0.09 * random.nextGaussian()),
        curve(12, steps / 12, t -> to + 0.12 + range * Math.exp(-7 * t) + (overfits ? 0.5 * Math.max(0, t - 0.6) : 0)),
        curve(steps, 1, t -> 3e-3 * Math.min(1, t * 20) * (1 - 0.95 * t)),
        curve(steps, 1, t -> 0.4 + Math.exp(-9 * t) + 0.08 * Math.abs(random.nextGaussian())),
        curve(steps, 1, t -> 11_300 + 250 * random.nextGaussian()));
  }

  private static Pretrain pretrain() {
    return new Pretrain(
        new Plan(
            List.of(Fact.count("width", 192), Fact.count("layers", 2), Fact.count("heads", 6), Fact.count("context", 256)),
            6_815_744,
            "10m",
            "Measured 11,402 tokens/s at width 192 with 2 layers over 12 steps: the budget of 10 min is best spent on 6.8 M tokens of this size."),
        1_930_000, "Muon + AdamW", 3328, 6_815_744, 11_359.6, 0.573, 84.31, curves(3328, 8.3, 2.2, false), List.of("resumed at step 1,200 after an interruption"));
  }

  private static Sft sft() {
    return new Sft(
        List.of(
            new PairCount("documentation → method", "zh", 2204, 101),
            new PairCount("documentation → method", "en", 1860, 88),
            new PairCount("method → documentation", "zh", 2204, 101),
            new PairCount("method → documentation", "en", 1860, 88)),
        420, 610_304, 3.4127, 1.9214, curves(420, 3.4, 1.8, true), List.of());
  }

  static Evaluate evaluate(BitsPerByte bits) {
    return new Evaluate(
        1_800_000,
        bits,
        List.of(
            new Score("hardly (under 10 %)", 610_000, new BitsPerByte(1.41, 1.50, 1.29, 1.80)),
            new Score("partly (10 to 50 %)", 820_000, new BitsPerByte(1.06, 1.21, 0.92, Double.NaN)),
            new Score("mostly (over 50 %)", 370_000, new BitsPerByte(0.72, 0.70, 0.52, 1.12))),
        List.of(new Score("zh", 970_000, new BitsPerByte(1.21, 1.38, 1.04, 1.80)), new Score("en", 830_000, new BitsPerByte(1.01, 1.22, 0.88, 1.64))),
        List.of(
            new Score("cn.hutool:hutool-all:5.8.40", 520_000, new BitsPerByte(1.22, 1.40, 1.06, 1.82)),
            new Score("com.alibaba:druid:1.2.27", 640_000, new BitsPerByte(1.03, 1.19, 0.90, 1.61)),
            new Score("org.apache.commons:commons-lang3:3.19.0", 640_000, new BitsPerByte(1.11, 1.33, 0.97, 1.75))),
        1.9214,
        41,
        64);
  }

  static List<Sample> samples() {
    return List.of(
        new Sample("/** 判断字符串是否为空白 */", "public static boolean isBlank(CharSequence str) {\n    return str == null || str.length() == 0;\n}", "zh", Parse.ACCEPTED, null),
        new Sample("/** Returns the largest value of the array. */", "public static <T> T max(T[] array) {\n    for (int i = 0; i < array.length; i++) {\n        if (array[i] > max) {\n}", "en", Parse.REJECTED, "line 5: reached end of file while parsing"),
        new Sample("public int size() { return map.size(); }", "返回集合中元素的数量。", "zh", Parse.NOT_CODE, null));
  }

  private static Release release() {
    return new Release(
        "runs/quickstart/model",
        Sha256.of("model"),
        "quickstart",
        "3",
        List.of(new Artifact("collect", Sha256.of("1")), new Artifact("curate", Sha256.of("2")), new Artifact("tokenizer", Sha256.of("3")), new Artifact("pretrain", Sha256.of("4")), new Artifact("sft", Sha256.of("5"))),
        List.of(
            new Command("Talk to it", "./athanor chat quickstart:3"),
            new Command("Serve it", "./athanor serve quickstart:3 --port 8080"),
            new Command("Generate once", "./athanor generate --model runs/quickstart/model --prompt '/** 求和 */' --greedy")));
  }
}
