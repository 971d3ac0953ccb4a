package dev.athanor.eval.report;

import dev.athanor.eval.report.Block.Bars;
import dev.athanor.eval.report.Block.Column;
import dev.athanor.eval.report.Block.Column.Kind;
import dev.athanor.eval.report.Block.Commands;
import dev.athanor.eval.report.Block.Exchanges;
import dev.athanor.eval.report.Block.Facts;
import dev.athanor.eval.report.Block.Life;
import dev.athanor.eval.report.Block.Lines;
import dev.athanor.eval.report.Block.Paragraph;
import dev.athanor.eval.report.Block.Table;
import dev.athanor.eval.report.Block.Tile;
import dev.athanor.eval.report.Block.Tiles;
import dev.athanor.eval.report.Block.Tokens;
import dev.athanor.eval.report.RunReport.BitsPerByte;
import dev.athanor.eval.report.RunReport.Collect;
import dev.athanor.eval.report.RunReport.Curate;
import dev.athanor.eval.report.RunReport.Evaluate;
import dev.athanor.eval.report.RunReport.Header;
import dev.athanor.eval.report.RunReport.LanguageShare;
import dev.athanor.eval.report.RunReport.Machine;
import dev.athanor.eval.report.RunReport.Pretrain;
import dev.athanor.eval.report.RunReport.Price;
import dev.athanor.eval.report.RunReport.Release;
import dev.athanor.eval.report.RunReport.Score;
import dev.athanor.eval.report.RunReport.Sft;
import dev.athanor.eval.report.RunReport.Split;
import dev.athanor.eval.report.RunReport.Stage;
import dev.athanor.eval.report.RunReport.TrainingCurves;
import dev.athanor.eval.report.RunReport.Vocabulary;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A run's figures in reading order, in words: what the pages for people render. Parts that the run does not have are
/// left out, and so are columns in which nothing is known.
record Outline(String title, List<Section> sections) {
  private static final int DIGEST_SHOWN = 12;
  private static final int GROUPS_DRAWN = 12;
  private static final int LOSS_DECIMALS = 3;

  Outline {
    sections = List.copyOf(sections);
  }

  static Outline of(RunReport report) {
    List<Section> sections = new ArrayList<>();
    sections.add(overview(report));
    sections.add(stages(report));
    if (report.collect() != null) {
      sections.add(collect(report.collect()));
    }
    if (report.curate() != null) {
      sections.add(curate(report.curate()));
    }
    if (report.tokenizer() != null) {
      sections.add(tokenizer(report.tokenizer()));
    }
    if (report.pretrain() != null) {
      sections.add(pretrain(report.pretrain()));
    }
    if (report.sft() != null) {
      sections.add(sft(report.sft()));
    }
    if (report.evaluate() != null) {
      sections.add(evaluate(report.evaluate()));
    }
    if (report.recovery() != null) {
      sections.add(recovery(report.recovery()));
    }
    if (!report.samples().isEmpty()) {
      sections.add(new Section("samples", "Samples", List.of(new Exchanges(report.samples()))));
    }
    if (report.release() != null) {
      sections.add(release(report.release()));
    }
    return new Outline(report.header().recipe(), sections);
  }

  private static Section overview(RunReport report) {
    Header header = report.header();
    Machine machine = header.machine();
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Block.Verdicts(Verdict.of(report)));
    blocks.add(new Tiles(tiles(report)));
    blocks.add(
        new Facts(
            List.of(
                Fact.text("run", header.runId()),
                Fact.text("date", DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'", Locale.ROOT).format(header.date().atOffset(ZoneOffset.UTC))),
                Fact.text("total time", Figures.seconds(header.totalSeconds())),
                Fact.text("code version", header.codeVersion()),
                Fact.text("machine", machine.cpu() + ", " + Figures.count(machine.cores()) + (machine.cores() == 1 ? " core, " : " cores, ") + Figures.bytes(machine.memoryBytes()) + " memory"),
                Fact.text("software", "JDK " + machine.jdk() + ", " + machine.blas() + ", " + machine.os()))));
    return new Section("overview", "Overview", blocks);
  }

  private static List<Tile> tiles(RunReport report) {
    List<Tile> tiles = new ArrayList<>();
    Evaluate evaluate = report.evaluate();
    if (evaluate != null) {
      BitsPerByte bits = evaluate.bitsPerByte();
      String baselines = "5-gram " + bits(bits.ngram5()) + " · xz −9 " + bits(bits.xz());
      tiles.add(new Tile("bits per byte", bits(bits.model()), baselines));
    }
    RunReport.Recovery recovery = report.recovery();
    if (recovery != null) {
      tiles.add(new Tile("accuracy", Figures.percent(recovery.accuracy()), "of what " + recovery.objective() + " asks, held out"));
    }
    Pretrain pretrain = report.pretrain();
    if (pretrain != null) {
      tiles.add(new Tile("parameters", Figures.compact((double) pretrain.parameters()), Figures.compact((double) pretrain.tokens()) + " tokens seen"));
      tiles.add(new Tile("tokens/s", Figures.fixed(pretrain.tokensPerSecond(), 0), "in pre-training"));
      tiles.add(new Tile("MFU", Figures.percent(pretrain.mfu()), "of " + Figures.fixed(pretrain.peakGflops(), 1) + " GFLOP/s sgemm"));
    }
    if (evaluate != null && evaluate.methodsGenerated() > 0) {
      String counts = Figures.count(evaluate.methodsAccepted()) + " of " + Figures.count(evaluate.methodsGenerated()) + " methods";
      tiles.add(new Tile("parse rate", Figures.percent(evaluate.parseRate()), counts));
    }
    if (evaluate != null && Double.isFinite(evaluate.pairLoss())) {
      tiles.add(new Tile("pair loss", loss(evaluate.pairLoss()), "nats per token, held out"));
    }
    return tiles;
  }

  private static Section stages(RunReport report) {
    int cores = report.header().machine().cores();
    Price price = report.header().price();
    List<Stage> stages = report.stages();
    List<List<String>> rows = new ArrayList<>();
    for (Stage stage : stages) {
      String facts = stage.facts().stream().map(f -> f.label() + " " + f.text()).collect(Collectors.joining(" · "));
      rows.add(stageRow(stage.name(), status(stage), stage.seconds(), stage.coreHours(cores), price, facts));
    }
    double seconds = sum(stages, Stage::seconds);
    rows.add(stageRow("all", "", seconds, sum(stages, s -> s.coreHours(cores)), price, ""));
    List<Column> columns = new ArrayList<>(List.of(words("stage"), words("status"), figures("time"), figures("core-hours")));
    if (price != null) {
      columns.add(figures("cost"));
    }
    columns.add(words("key figures"));
    List<LifeDiagram.Box> boxes =
        stages.stream()
            .map(s -> new LifeDiagram.Box(s.name(), s.seconds(), status(s), s.facts().stream().map(f -> f.label() + " " + f.text()).toList()))
            .toList();
    String note = "Core-hours are seconds × " + Figures.count(cores) + " cores. A reused stage shows what it took when it was computed.";
    return new Section(
        "stages", "The life of this model", List.of(new Life(new LifeDiagram(boxes)), known("", columns, rows), new Paragraph(note)));
  }

  private static List<String> stageRow(
      String name, String status, double seconds, double coreHours, @Nullable Price price, String facts) {
    List<String> row = new ArrayList<>(List.of(name, status, Figures.seconds(seconds), Figures.fixed(coreHours, 3)));
    if (price != null) {
      row.add(Figures.fixed(coreHours * price.perCoreHour(), 4) + " " + price.currency());
    }
    row.add(facts);
    return row;
  }

  private static String status(Stage stage) {
    return stage.status().name().toLowerCase(Locale.ROOT);
  }

  private static Section collect(Collect collect) {
    List<List<String>> rows =
        collect.sources().stream()
            .map(
                s ->
                    List.of(
                        s.origin(), Figures.count(s.files()), Figures.bytes(s.bytes()),
                        s.licence() == null ? Figures.UNKNOWN : s.licence(), s.language(), digest(s.sha256())))
            .toList();
    long files = collect.sources().stream().mapToLong(RunReport.Source::files).sum();
    long bytes = collect.sources().stream().mapToLong(RunReport.Source::bytes).sum();
    String sum = Figures.count(files) + " files, " + Figures.bytes(bytes) + " from " + Figures.count(rows.size()) + (rows.size() == 1 ? " source." : " sources.");
    List<Column> columns = List.of(words("origin"), figures("files"), figures("size"), words("licence"), words("documented in"), code("sha256"));
    return new Section("collect", "Collect", List.of(new Paragraph(sum), known("", columns, rows)));
  }

  private static Section curate(Curate curate) {
    long droppedFiles = curate.steps().stream().mapToLong(RunReport.Step::droppedFiles).sum();
    List<Block> blocks = new ArrayList<>();
    blocks.add(
        new Facts(
            List.of(
                Fact.text("kept", Figures.count(curate.keptFiles()) + " files, " + Figures.bytes(curate.keptBytes())),
                Fact.count("dropped files", droppedFiles),
                Fact.percent("held-out bytes that stand word for word in train", curate.leakShare()),
                Fact.count("files moved to their near-duplicates' split", curate.movedByNearDuplicate()))));
    blocks.add(
        known(
            "Steps, in order",
            List.of(words("step"), figures("files that came"), figures("changed"), figures("dropped")),
            curate.steps().stream()
                .map(s -> List.of(s.name(), Figures.count(s.files()), Figures.count(s.changed()), Figures.count(s.droppedFiles())))
                .toList()));
    blocks.add(
        known(
            "Dropped, by step and reason",
            List.of(words("step"), words("reason"), figures("files"), figures("size")),
            curate.steps().stream()
                .flatMap(s -> s.dropped().stream().map(d -> List.of(s.name(), d.reason(), Figures.count(d.files()), Figures.bytes(d.bytes()))))
                .toList()));
    blocks.add(splits(curate.splits()));
    return new Section("curate", "Curate", blocks);
  }

  private static Table splits(List<Split> splits) {
    List<String> languages = splits.stream().flatMap(s -> s.languages().stream()).map(LanguageShare::language).distinct().toList();
    List<Column> columns = new ArrayList<>(List.of(words("split"), figures("files"), figures("size")));
    languages.forEach(l -> columns.add(figures(l)));
    List<List<String>> rows = new ArrayList<>();
    for (Split split : splits) {
      List<String> row = new ArrayList<>(List.of(split.name(), Figures.count(split.files()), Figures.bytes(split.bytes())));
      for (String language : languages) {
        row.add(
            split.languages().stream()
                .filter(l -> l.language().equals(language))
                .map(l -> Figures.count(l.files()) + " files, " + Figures.bytes(l.bytes()))
                .collect(Collectors.joining(", ")));
      }
      rows.add(row);
    }
    return known("Splits, by the documentation's language", columns, rows);
  }

  private static Section tokenizer(Vocabulary vocabulary) {
    Tiles tiles =
        new Tiles(
            List.of(
                new Tile("vocabulary", Figures.count(vocabulary.size()), "tokens"),
                new Tile("Chinese", Figures.fixed(vocabulary.bytesPerTokenChinese(), 2), "bytes per token"),
                new Tile("English", Figures.fixed(vocabulary.bytesPerTokenEnglish(), 2), "bytes per token"),
                new Tile("code", Figures.fixed(vocabulary.bytesPerTokenCode(), 2), "bytes per token")));
    List<Block> blocks = vocabulary.samples().isEmpty() ? List.of(tiles) : List.of(tiles, new Tokens(vocabulary.samples()));
    return new Section("tokenizer", "Tokenizer", blocks);
  }

  private static Section pretrain(Pretrain pretrain) {
    List<Fact> plan = new ArrayList<>();
    if (pretrain.plan().budget() != null) {
      plan.add(Fact.text("budget", pretrain.plan().budget()));
    }
    plan.addAll(pretrain.plan().size());
    plan.add(Fact.count("parameters", pretrain.parameters()));
    plan.add(Fact.count("tokens planned", pretrain.plan().tokens()));
    List<Fact> done =
        List.of(
            Fact.text("optimizer", pretrain.optimizer()),
            Fact.count("steps", pretrain.steps()),
            Fact.count("tokens", pretrain.tokens()),
            Fact.measure("tokens per second", pretrain.tokensPerSecond(), 0, ""),
            Fact.percent("MFU", pretrain.mfu()),
            Fact.measure("measured sgemm peak", pretrain.peakGflops(), 1, "GFLOP/s"));
    List<Block> blocks = new ArrayList<>(List.of(new Paragraph(pretrain.plan().reason()), new Facts(plan), new Facts(done)));
    curves(pretrain.curves(), blocks);
    notes(pretrain.notes(), blocks);
    return new Section("pretrain", "Pre-train", blocks);
  }

  private static void curves(TrainingCurves curves, List<Block> blocks) {
    LineChart.Mark mark =
        Verdict.overfitting(curves.validationLoss())
            .map(p -> new LineChart.Mark(p.step(), "overfitting since step " + Figures.significant(p.step(), 7)))
            .orElse(null);
    List<Curve> losses =
        Stream.of(new Curve("train", curves.trainLoss()), new Curve("validation", curves.validationLoss()))
            .filter(c -> !c.measured().isEmpty())
            .toList();
    LineChart loss = new LineChart("Loss", "nats per token", losses, Axis.Scale.LOG, mark, LineChart.Size.WIDE);
    if (!loss.isEmpty()) {
      blocks.add(new Lines(List.of(loss)));
    }
    List<LineChart> small =
        Stream.of(
                small("Learning rate", "", curves.learningRate()),
                small("Gradient norm", "", curves.gradientNorm()),
                small("Tokens per second", "", curves.tokensPerSecond()))
            .filter(c -> !c.isEmpty())
            .toList();
    if (!small.isEmpty()) {
      blocks.add(new Lines(small));
    }
  }

  private static LineChart small(String title, String unit, List<Point> points) {
    return new LineChart(title, unit, List.of(new Curve(title.toLowerCase(Locale.ROOT), points)), Axis.Scale.LINEAR, null, LineChart.Size.SMALL);
  }

  private static void notes(List<String> notes, List<Block> blocks) {
    notes.forEach(n -> blocks.add(new Paragraph("Note: " + n)));
  }

  private static Section sft(Sft sft) {
    List<Block> blocks = new ArrayList<>();
    blocks.add(
        new Facts(
            List.of(
                Fact.measure("held-out loss before", sft.lossBefore(), LOSS_DECIMALS, ""),
                Fact.measure("held-out loss after", sft.lossAfter(), LOSS_DECIMALS, ""),
                Fact.count("steps", sft.steps()),
                Fact.count("tokens", sft.tokens()))));
    blocks.add(
        known(
            "Instruction pairs",
            List.of(words("kind"), words("language"), figures("train"), figures("held out")),
            sft.pairs().stream().map(p -> List.of(p.kind(), p.language(), Figures.count(p.train()), Figures.count(p.heldOut()))).toList()));
    curves(sft.curves(), blocks);
    notes(sft.notes(), blocks);
    return new Section("sft", "Fine-tune on instructions", blocks);
  }

  private static Section evaluate(Evaluate evaluate) {
    List<Block> blocks = new ArrayList<>();
    String parse =
        evaluate.methodsGenerated() == 0
            ? Figures.UNKNOWN
            : Figures.percent(evaluate.parseRate()) + " (" + Figures.count(evaluate.methodsAccepted()) + " of " + Figures.count(evaluate.methodsGenerated()) + ")";
    blocks.add(new Paragraph("Bits per byte on " + Figures.bytes(evaluate.heldOutBytes()) + " of held-out files; lower is better. The baselines were measured in this run on the same bytes."));
    Score total = new Score("all held-out files", evaluate.heldOutBytes(), evaluate.bitsPerByte());
    scores("In total", List.of(total), blocks);
    scores("By the share of a file that stands in train", evaluate.byDuplicatedShare(), blocks);
    scores("By the documentation's language", evaluate.byLanguage(), blocks);
    scores("By origin", evaluate.byOrigin(), blocks);
    blocks.add(
        new Facts(
            Stream.of(
                    Fact.measure("loss on held-out pairs", evaluate.pairLoss(), LOSS_DECIMALS, "nats per token"),
                    Fact.text("generated methods that the JDK's parser accepts", parse))
                .filter(f -> !f.text().equals(Figures.UNKNOWN))
                .toList()));
    return new Section("evaluate", "Evaluate", blocks);
  }

  private static Section recovery(RunReport.Recovery recovery) {
    return new Section(
        "evaluate",
        "Evaluate",
        List.of(
            new Paragraph(
                "What the model makes good of " + Figures.count(recovery.files()) + " held-out files, by " + recovery.objective() + "."),
            new Facts(
                List.of(
                    Fact.count("tokens to predict", recovery.tokens()),
                    Fact.measure("loss", recovery.loss(), LOSS_DECIMALS, "nats per token"),
                    Fact.measure("perplexity", recovery.perplexity(), 2, ""),
                    Fact.percent("held for the likeliest", recovery.accuracy())))));
  }

  /// The models that were scored, in the order of table and chart.
  private enum Scorer {
    MODEL("model"),
    NGRAM5("5-gram"),
    XZ("xz −9"),
    MIXTURE("model + 5-gram");

    final String label;

    Scorer(String label) {
      this.label = label;
    }

    double bits(BitsPerByte bits) {
      return switch (this) {
        case MODEL -> bits.model();
        case NGRAM5 -> bits.ngram5();
        case XZ -> bits.xz();
        case MIXTURE -> bits.mixture();
      };
    }

    boolean scored(List<Score> scores) {
      return scores.stream().anyMatch(s -> Double.isFinite(bits(s.bitsPerByte())));
    }
  }

  private static void scores(String caption, List<Score> scores, List<Block> blocks) {
    if (scores.isEmpty()) {
      return;
    }
    List<Scorer> scorers = Stream.of(Scorer.values()).filter(s -> s.scored(scores)).toList();
    List<Column> columns = new ArrayList<>(List.of(words("held-out files"), figures("size")));
    scorers.forEach(s -> columns.add(figures(s.label)));
    List<List<String>> rows = new ArrayList<>();
    List<BarChart.Group> groups = new ArrayList<>();
    for (Score score : scores) {
      List<Double> bits = scorers.stream().map(s -> s.bits(score.bitsPerByte())).toList();
      groups.add(new BarChart.Group(score.group(), bits));
      rows.add(Stream.concat(Stream.of(score.group(), Figures.bytes(score.bytes())), bits.stream().map(Outline::bits)).toList());
    }
    List<String> names = scorers.stream().map(s -> s.label).toList();
    blocks.add(known(caption, columns, rows));
    blocks.add(new Bars(new BarChart("Bits per byte: " + caption, names, groups.subList(0, Math.min(GROUPS_DRAWN, groups.size())), Verdict.BITS_DECIMALS)));
  }

  private static Section release(Release release) {
    List<Fact> facts = new ArrayList<>();
    if (release.name() != null) {
      facts.add(Fact.text("registry", release.name() + (release.version() == null ? "" : ":" + release.version())));
    }
    facts.add(Fact.text("model", release.modelPath()));
    facts.add(Fact.text("sha256", release.sha256()));
    List<Block> blocks = new ArrayList<>(List.of(new Facts(facts)));
    blocks.add(
        known(
            "Lineage",
            List.of(words("made by"), code("artifact")),
            release.lineage().stream().map(a -> List.of(a.stage(), digest(a.digest()))).toList()));
    blocks.add(new Commands(release.commands()));
    return new Section("release", "Release", blocks);
  }

  /// A table without the columns in which no row knows anything.
  private static Table known(String caption, List<Column> columns, List<List<String>> rows) {
    int[] kept =
        IntStream.range(0, columns.size())
            .filter(c -> rows.stream().anyMatch(r -> !r.get(c).isEmpty() && !r.get(c).equals(Figures.UNKNOWN)))
            .toArray();
    return new Table(
        caption,
        IntStream.of(kept).mapToObj(columns::get).toList(),
        rows.stream().map(r -> IntStream.of(kept).mapToObj(r::get).toList()).toList());
  }

  private static Column words(String name) {
    return new Column(name, Kind.WORDS);
  }

  private static Column figures(String name) {
    return new Column(name, Kind.FIGURES);
  }

  private static Column code(String name) {
    return new Column(name, Kind.CODE);
  }

  private static String digest(String sha256) {
    return sha256.length() <= DIGEST_SHOWN ? sha256 : sha256.substring(0, DIGEST_SHOWN);
  }

  private static String bits(double value) {
    return Figures.fixed(value, Verdict.BITS_DECIMALS);
  }

  private static String loss(double value) {
    return Figures.fixed(value, LOSS_DECIMALS);
  }

  private static double sum(List<Stage> stages, ToDoubleFunction<Stage> part) {
    return stages.stream().mapToDouble(part).filter(Double::isFinite).sum();
  }
}
