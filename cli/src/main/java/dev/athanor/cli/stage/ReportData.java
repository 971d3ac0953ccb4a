package dev.athanor.cli.stage;

import dev.athanor.base.Json;
import dev.athanor.base.run.Artifact;
import dev.athanor.base.run.RunResult;
import dev.athanor.data.Document;
import dev.athanor.data.engine.Curation;
import dev.athanor.data.engine.DataFolder;
import dev.athanor.data.engine.DocumentPass;
import dev.athanor.data.shard.DocumentParts;
import dev.athanor.data.split.Part;
import dev.athanor.data.split.SplitReport;
import dev.athanor.data.split.Splitter;
import dev.athanor.eval.BitsPerByte;
import dev.athanor.eval.Evaluation;
import dev.athanor.eval.GeneratedMethod;
import dev.athanor.eval.Samples;
import dev.athanor.eval.report.Fact;
import dev.athanor.eval.report.Point;
import dev.athanor.eval.report.RunReport;
import dev.athanor.registry.Model;
import dev.athanor.registry.RunRecord;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.Tokenizers;
import dev.athanor.train.TrainingLog;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The artifacts of a run, read as what the report tells of them.
final class ReportData {
  private static final int SAMPLES = 12;
  private static final String CURATE = "curate";

  private final Recipe recipe;
  private final RunResult result;
  private final Path runDir;
  private final PretrainStage.Summary pretrain;
  private final SftStage.@Nullable Summary sft;
  /// Of a decoder.
  private final @Nullable Evaluation evaluation;
  /// Of the others.
  private final RecoverStage.@Nullable Recovery recovery;

  ReportData(Recipe recipe, RunResult result, Path runDir) {
    this.recipe = recipe;
    this.result = result;
    this.runDir = runDir;
    pretrain = metric(PretrainStage.NAME, PretrainStage.SUMMARY, PretrainStage.Summary.class);
    sft = recipe.sft() == null ? null : metric(SftStage.NAME, SftStage.SUMMARY, SftStage.Summary.class);
    boolean decodes = recipe.pretrain().architecture().decodesAlone();
    evaluation =
        decodes ? Json.readFile(folder(EvaluateStage.NAME).resolve(EvaluateStage.EVALUATION), Evaluation.class) : null;
    recovery = decodes ? null : metric(RecoverStage.NAME, RecoverStage.RECOVERY, RecoverStage.Recovery.class);
  }

  /// What a release is remembered by.
  Map<String, Double> scores() {
    Map<String, Double> scores = new LinkedHashMap<>();
    if (recovery != null) {
      scores.put("recovery.loss", recovery.loss());
      scores.put("recovery.perplexity", recovery.perplexity());
      scores.put("recovery.accuracy", recovery.accuracy());
    }
    if (evaluation == null) {
      return scores;
    }
    evaluation.bitsPerByte().forEach((name, figure) -> scores.put("bits_per_byte." + name, figure.overall().bitsPerByte()));
    evaluation.pairLoss().ifPresent(loss -> scores.put("pair_loss", loss.overall().natsPerToken()));
    evaluation.parseRate().ifPresent(rate -> scores.put("parse_rate", rate.rate()));
    return scores;
  }

  String summary(Model released, Path model) {
    String figures =
        scores().entrySet().stream()
            .map(score -> String.format(Locale.ROOT, "  %-24s %.4f", score.getKey(), score.getValue()))
            .collect(Collectors.joining("\n"));
    return "released " + released.id() + "\n" + figures + "\n  model   " + model + "\n  report  "
        + runDir.resolve("report.html").toAbsolutePath().normalize();
  }

  /// What comes after the last artifact, in seconds.
  ///
  /// @param total of the whole run
  record Ending(double report, double release, double total) {}

  RunReport report(RunRecord run, Model released, Path model, Ending ending, String codeVersion) {
    List<RunReport.Stage> stages = stages();
    stages.add(new RunReport.Stage("report", ending.report(), RunReport.Status.COMPUTED, List.of()));
    stages.add(
        new RunReport.Stage(
            "release", ending.release(), RunReport.Status.COMPUTED, List.of(Fact.text("model", released.id()))));
    return new RunReport(
        new RunReport.Header(
            recipe.name(), run.id(), Instant.now(), machine(), ending.total(), codeVersion, price()),
        stages,
        collect(),
        curate(),
        vocabulary(),
        pretrain(),
        sft(),
        evaluation == null ? null : evaluate(evaluation),
        recovery == null
            ? null
            : new RunReport.Recovery(
                recovery.objective(),
                recovery.files(),
                recovery.tokens(),
                recovery.loss(),
                recovery.perplexity(),
                recovery.accuracy()),
        evaluation == null ? List.of() : samples(evaluation),
        release(released, model));
  }

  // ---- parts ----

  private RunReport.Machine machine() {
    return Machine.describe(pretrain.plan().blas());
  }

  private RunReport.@Nullable Price price() {
    Recipe.Price price = recipe.price();
    return price == null ? null : new RunReport.Price(price.perCoreHour(), price.currency());
  }

  /// The stages as people speak of them: all that curates is one.
  private List<RunReport.Stage> stages() {
    List<RunResult.StageResult> curating = result.stages().stream().filter(ReportData::curates).toList();
    List<RunReport.Stage> stages = new ArrayList<>();
    for (RunResult.StageResult stage : result.stages()) {
      if (!curates(stage)) {
        stages.add(stage(stage));
      } else if (stage.equals(curating.getLast())) {
        double seconds = curating.stream().mapToDouble(each -> each.artifact().seconds()).sum();
        boolean reused = curating.stream().allMatch(RunResult.StageResult::reused);
        RunReport.Status status = reused ? RunReport.Status.REUSED : RunReport.Status.COMPUTED;
        stages.add(new RunReport.Stage(CURATE, seconds, status, List.of(Fact.count("kept", number(stage, "kept")))));
      }
    }
    return stages;
  }

  private static boolean curates(RunResult.StageResult stage) {
    return Curation.isStage(stage.name()) || stage.name().equals(SplitStage.NAME);
  }

  private RunReport.Stage stage(RunResult.StageResult stage) {
    List<Fact> facts =
        switch (stage.name()) {
          case Curation.COLLECT ->
              List.of(Fact.count("documents", number(stage, "documents")), Fact.bytes("bytes", number(stage, "bytes")));
          case TokenizerStage.NAME -> List.of(Fact.count("vocabulary", number(stage, "vocab_size")));
          case PretrainStage.NAME ->
              List.of(
                  Fact.count("parameters", pretrain.parameters()),
                  Fact.count("tokens", pretrain.tokens()),
                  Fact.percent("MFU", pretrain.mfu()));
          case SftStage.NAME -> sft == null ? List.of() : List.of(Fact.count("pairs", total(sft.trainPairs())));
          case EvaluateStage.NAME ->
              recovery == null
                  ? List.of(Fact.measure("bits per byte", score("model"), 3, ""))
                  : List.of(Fact.percent("accuracy", recovery.accuracy()));
          default -> List.of();
        };
    RunReport.Status status =
        stage.reused()
            ? RunReport.Status.REUSED
            : stage.name().equals(PretrainStage.NAME) && pretrain.log().notes().stream().anyMatch(note -> note.startsWith("resumed"))
                ? RunReport.Status.RESUMED
                : RunReport.Status.COMPUTED;
    return new RunReport.Stage(stage.name(), stage.artifact().seconds(), status, facts);
  }

  private RunReport.Collect collect() {
    Map<String, Map<String, Long>> licences = new TreeMap<>();
    Map<String, Map<String, Long>> languages = new TreeMap<>();
    DocumentParts collected = Curation.documents(folder(Curation.COLLECT));
    for (int part = 0; part < collected.count(); part++) {
      try (Stream<Document> documents = collected.open(part)) {
        documents.forEach(
            document -> {
              String language = document.metadata().getOrDefault("docLanguage", "none");
              licences.computeIfAbsent(document.origin(), _ -> new TreeMap<>()).merge(document.licence(), 1L, Long::sum);
              languages.computeIfAbsent(document.origin(), _ -> new TreeMap<>()).merge(language, 1L, Long::sum);
            });
      }
    }
    return new RunReport.Collect(
        Curation.sources(folder(Curation.COLLECT)).stream()
            .map(
                report ->
                    new RunReport.Source(
                        report.origin(),
                        report.documents(),
                        report.bytes(),
                        mostFrequent(licences.getOrDefault(report.origin(), Map.of())),
                        mostFrequent(languages.getOrDefault(report.origin(), Map.of())),
                        report.sha256()))
            .toList());
  }

  private RunReport.Curate curate() {
    SplitReport report = Json.readFile(folder(SplitStage.NAME).resolve(Splitter.REPORT), SplitReport.class);
    SplitReport.Split test = report.splits().get(Part.TEST.key());
    return new RunReport.Curate(
        report.documents(),
        report.bytes(),
        steps(),
        Stream.of(Part.values()).map(part -> split(part.key(), report.splits().get(part.key()))).toList(),
        test == null ? Double.NaN : test.duplicatedShare(),
        report.movedToTrain());
  }

  private List<RunReport.Step> steps() {
    DataFolder data = DataFolder.open(runDir.resolve(Curation.FOLDER));
    Map<String, Map<String, Long>> bytes = new TreeMap<>();
    try (Stream<Document> dropped = data.dropped()) {
      dropped.forEach(
          document ->
              bytes
                  .computeIfAbsent(document.metadata().getOrDefault(DocumentPass.DROP_STEP, ""), _ -> new TreeMap<>())
                  .merge(document.metadata().getOrDefault(DocumentPass.DROP_REASON, ""), document.utf8Bytes(), Long::sum));
    }
    return data.report().steps().stream()
        .map(
            step ->
                new RunReport.Step(
                    step.name(),
                    step.documents(),
                    step.changed(),
                    step.dropped().entrySet().stream()
                        .map(
                            reason ->
                                new RunReport.Dropped(
                                    reason.getKey(),
                                    reason.getValue(),
                                    bytes.getOrDefault(step.name(), Map.of()).getOrDefault(reason.getKey(), 0L)))
                        .toList()))
        .toList();
  }

  private static RunReport.Split split(String name, SplitReport.@Nullable Split split) {
    return new RunReport.Split(
        name,
        split == null
            ? List.of()
            : split.docLanguages().entrySet().stream()
                .map(entry -> new RunReport.LanguageShare(entry.getKey(), entry.getValue().documents(), entry.getValue().bytes()))
                .toList());
  }

  private RunReport.Vocabulary vocabulary() {
    Path folder = folder(TokenizerStage.NAME);
    JsonNode statistics = Json.readFile(folder.resolve(TokenizerStage.STATISTICS));
    BpeTokenizer tokenizer = Tokenizers.load(folder.resolve(TokenizerStage.FOLDER));
    return new RunReport.Vocabulary(
        tokenizer.vocabSize(),
        statistics.path("chinese").asDouble(Double.NaN),
        statistics.path("english").asDouble(Double.NaN),
        statistics.path("code").asDouble(Double.NaN),
        List.of(
            RunReport.TokenizedText.of("Chinese", tokenizer, "判断字符串是否为空，空字符串返回默认值。"),
            RunReport.TokenizedText.of("English", tokenizer, "Returns the number of elements in this collection."),
            RunReport.TokenizedText.of(
                "Java", tokenizer, "public static boolean isEmpty(final CharSequence cs) {\n    return cs == null || cs.length() == 0;\n}")));
  }

  private RunReport.Pretrain pretrain() {
    PretrainStage.Plan plan = pretrain.plan();
    String budget = recipe.pretrain().budget() == null ? null : recipe.pretrain().budget().toSeconds() + " s";
    return new RunReport.Pretrain(
        new RunReport.Plan(
            List.of(
                Fact.count("hidden size", plan.model().hiddenSize()),
                Fact.count("layers", plan.model().layers()),
                Fact.count("heads", plan.model().heads()),
                Fact.count("context", recipe.pretrain().contextLength()),
                Fact.text("model", pretrain.model())),
            plan.tokens(),
            budget,
            plan.reason()),
        pretrain.parameters(),
        switch (recipe.pretrain().optimizer()) {
          case MUON -> "Muon (block matrices) + AdamW (the rest)";
          case ADAMW -> "AdamW";
          case ADAM -> "Adam";
          case SGD -> "SGD";
        },
        plan.steps(),
        pretrain.tokens(),
        pretrain.tokensPerSecond(),
        pretrain.mfu(),
        plan.peakGflops(),
        curves(pretrain.log()),
        notes());
  }

  /// The run's own, and what further tokens came to.
  private List<String> notes() {
    List<String> notes = new ArrayList<>(pretrain.log().notes());
    List<TrainingLog.Validation> looks = pretrain.log().validation();
    if (!looks.isEmpty() && !looks.getLast().ahead().isEmpty()) {
      String losses =
          looks.getLast().ahead().stream().map(loss -> String.format(Locale.ROOT, "%.3f", loss)).collect(Collectors.joining(", "));
      notes.add("multi-token prediction: the last validation loss of the tokens after the next one, by distance: " + losses);
    }
    if (!looks.isEmpty()) {
      notes.add(
          String.format(
              Locale.ROOT,
              "%s: %.1f %% of the validation's tokens held for the likeliest at the end, perplexity %.2f",
              recipe.pretrain().objective(),
              100 * looks.getLast().accuracy(),
              Math.exp(looks.getLast().loss())));
    }
    return notes;
  }

  private RunReport.@Nullable Sft sft() {
    if (sft == null) {
      return null;
    }
    List<RunReport.PairCount> counts =
        sft.trainPairs().entrySet().stream()
            .map(
                entry -> {
                  List<String> parts = List.of(entry.getKey().split("/", 2));
                  String kind = parts.get(0).equals("doc_to_method") ? "documentation → method" : "method → documentation";
                  return new RunReport.PairCount(
                      kind, parts.get(1), entry.getValue(), sft.testPairs().getOrDefault(entry.getKey(), 0L));
                })
            .toList();
    List<TrainingLog.Validation> losses = sft.log().validation();
    return new RunReport.Sft(
        counts,
        sft.steps(),
        sft.tokens(),
        losses.isEmpty() ? Double.NaN : losses.getFirst().loss(),
        losses.isEmpty() ? Double.NaN : losses.getLast().loss(),
        curves(sft.log()),
        sft.log().notes());
  }

  private static RunReport.Evaluate evaluate(Evaluation evaluation) {
    return new RunReport.Evaluate(
        Optional.ofNullable(evaluation.bitsPerByte().get("model")).map(figure -> figure.overall().bytes()).orElse(0L),
        bits(evaluation, BitsPerByte::overall),
        groups(evaluation, BitsPerByte::byDuplicatedShare),
        groups(evaluation, BitsPerByte::byDocLanguage),
        groups(evaluation, BitsPerByte::byOrigin),
        evaluation.pairLoss().map(loss -> loss.overall().natsPerToken()).orElse(Double.NaN),
        evaluation.parseRate().map(rate -> (long) rate.accepted()).orElse(0L),
        evaluation.parseRate().map(rate -> (long) rate.total()).orElse(0L));
  }

  private static RunReport.BitsPerByte bits(
      Evaluation evaluation, Function<BitsPerByte, BitsPerByte.@Nullable Score> pick) {
    ToDoubleFunction<String> figure =
        name -> {
          BitsPerByte all = evaluation.bitsPerByte().get(name);
          BitsPerByte.Score score = all == null ? null : pick.apply(all);
          return score == null ? Double.NaN : score.bitsPerByte();
        };
    return new RunReport.BitsPerByte(
        figure.applyAsDouble("model"),
        figure.applyAsDouble("ngram5"),
        figure.applyAsDouble("mixture"),
        figure.applyAsDouble("xz"));
  }

  private static List<RunReport.Score> groups(
      Evaluation evaluation, Function<BitsPerByte, Map<String, BitsPerByte.Score>> grouping) {
    BitsPerByte model = evaluation.bitsPerByte().get("model");
    if (model == null) {
      return List.of();
    }
    List<RunReport.Score> scores = new ArrayList<>();
    grouping
        .apply(model)
        .forEach(
            (group, score) ->
                scores.add(new RunReport.Score(group, score.bytes(), bits(evaluation, all -> grouping.apply(all).get(group)))));
    return scores;
  }

  private static List<RunReport.Sample> samples(Evaluation evaluation) {
    List<Samples.Sample> all = evaluation.samples().samples();
    return SftStage.some(all, SAMPLES).stream()
        .map(
            sample ->
                new RunReport.Sample(
                    sample.prompt(),
                    sample.answer(),
                    sample.language(),
                    sample.verdict().map(ReportData::parse).orElse(RunReport.Parse.NOT_CODE),
                    sample
                        .verdict()
                        .filter(verdict -> verdict != GeneratedMethod.Verdict.ACCEPTED)
                        .map(verdict -> verdict.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                        .orElse(null)))
        .toList();
  }

  private static RunReport.Parse parse(GeneratedMethod.Verdict verdict) {
    return verdict == GeneratedMethod.Verdict.ACCEPTED ? RunReport.Parse.ACCEPTED : RunReport.Parse.REJECTED;
  }

  private RunReport.Release release(Model released, Path model) {
    return new RunReport.Release(
        model.toString(),
        released.sha256(),
        released.name(),
        String.valueOf(released.version()),
        result.stages().stream()
            .map(stage -> new RunReport.Artifact(stage.name(), stage.artifact().digest()))
            .toList(),
        commands(released, model));
  }

  private List<RunReport.Command> commands(Model released, Path model) {
    return evaluation == null
        ? List.of(new RunReport.Command("look at it", "./athanor model inspect " + model))
        : List.of(
            new RunReport.Command("talk to it", "./athanor chat --model " + released.id()),
            new RunReport.Command("let it go on from a prompt", "./athanor generate --model " + released.id() + " --prompt 'public static '"),
            new RunReport.Command("serve it", "./athanor serve " + released.id() + " --port 8080"));
  }

  // ---- reading ----

  private Path folder(String stage) {
    return result.stage(stage).folder();
  }

  private <T> T metric(String stage, String name, Class<T> type) {
    Artifact artifact = result.stage(stage).artifact();
    JsonNode node = artifact.metrics().get(name);
    if (node == null) {
      throw new IllegalStateException(stage + " left no figure named " + name);
    }
    return Json.MAPPER.treeToValue(node, type);
  }

  private static long number(RunResult.StageResult stage, String metric) {
    JsonNode node = stage.artifact().metrics().get(metric);
    return node == null ? 0 : node.asLong();
  }

  private double score(String name) {
    BitsPerByte figure = evaluation == null ? null : evaluation.bitsPerByte().get(name);
    return figure == null ? Double.NaN : figure.overall().bitsPerByte();
  }

  private static long total(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  private static String mostFrequent(Map<String, Long> counts) {
    return counts.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse("unknown");
  }

  private static RunReport.TrainingCurves curves(TrainingLog log) {
    return new RunReport.TrainingCurves(
        points(log, TrainingLog.Step::loss),
        log.validation().stream().map(point -> new Point(point.step(), point.loss())).toList(),
        points(log, TrainingLog.Step::learningRate),
        points(log, TrainingLog.Step::gradientNorm),
        points(log, TrainingLog.Step::tokensPerSecond));
  }

  private static List<Point> points(TrainingLog log, ToDoubleFunction<TrainingLog.Step> value) {
    return log.training().stream().map(step -> new Point(step.step(), value.applyAsDouble(step))).toList();
  }
}
