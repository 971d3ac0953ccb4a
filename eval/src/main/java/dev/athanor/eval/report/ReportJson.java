package dev.athanor.eval.report;

import dev.athanor.eval.report.RunReport.BitsPerByte;
import dev.athanor.eval.report.RunReport.Collect;
import dev.athanor.eval.report.RunReport.Curate;
import dev.athanor.eval.report.RunReport.Evaluate;
import dev.athanor.eval.report.RunReport.Header;
import dev.athanor.eval.report.RunReport.Machine;
import dev.athanor.eval.report.RunReport.Pretrain;
import dev.athanor.eval.report.RunReport.Release;
import dev.athanor.eval.report.RunReport.Sample;
import dev.athanor.eval.report.RunReport.Score;
import dev.athanor.eval.report.RunReport.Sft;
import dev.athanor.eval.report.RunReport.Stage;
import dev.athanor.eval.report.RunReport.TrainingCurves;
import dev.athanor.eval.report.RunReport.Vocabulary;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The report for machines. Fractions, seconds and bytes are plain numbers; a figure that was not measured is null; a part that
/// the run does not have is absent. Curves keep at most [#CURVE_POINTS] points, lowest and highest of each stretch.
final class ReportJson {
  static final int CURVE_POINTS = 2000;

  private ReportJson() {}

  static ObjectNode of(RunReport report) {
    ObjectNode root = object();
    Header header = report.header();
    root.put("recipe", header.recipe());
    root.put("run", header.runId());
    root.put("date", header.date().toString());
    number(root, "seconds", header.totalSeconds());
    root.put("code_version", header.codeVersion());
    root.set("machine", machine(header.machine()));
    if (header.price() != null) {
      ObjectNode price = root.putObject("price");
      number(price, "per_core_hour", header.price().perCoreHour());
      price.put("currency", header.price().currency());
    }
    ArrayNode verdicts = root.putArray("verdicts");
    Verdict.of(report).forEach(v -> verdicts.add(v.sentence()));
    root.set("stages", stages(report.stages(), header));
    set(root, "collect", report.collect(), ReportJson::collect);
    set(root, "curate", report.curate(), ReportJson::curate);
    set(root, "tokenizer", report.tokenizer(), ReportJson::tokenizer);
    set(root, "pretrain", report.pretrain(), ReportJson::pretrain);
    set(root, "sft", report.sft(), ReportJson::sft);
    set(root, "evaluate", report.evaluate(), ReportJson::evaluate);
    set(root, "recovery", report.recovery(), ReportJson::recovery);
    root.set("samples", array(report.samples(), ReportJson::sample));
    set(root, "model", report.release(), ReportJson::model);
    return root;
  }

  private static ObjectNode machine(Machine machine) {
    ObjectNode node = object();
    node.put("cpu", machine.cpu());
    node.put("cores", machine.cores());
    node.put("memory_bytes", machine.memoryBytes());
    node.put("blas", machine.blas());
    node.put("jdk", machine.jdk());
    node.put("os", machine.os());
    return node;
  }

  private static ObjectNode stages(List<Stage> stages, Header header) {
    ObjectNode all = object();
    for (Stage stage : stages) {
      ObjectNode node = all.putObject(stage.name());
      double coreHours = stage.coreHours(header.machine().cores());
      number(node, "seconds", stage.seconds());
      node.put("status", stage.status().name().toLowerCase(Locale.ROOT));
      number(node, "core_hours", coreHours);
      if (header.price() != null) {
        number(node, "cost", coreHours * header.price().perCoreHour());
      }
      node.set("figures", facts(stage.facts()));
    }
    return all;
  }

  private static ObjectNode facts(List<Fact> facts) {
    ObjectNode node = object();
    for (Fact fact : facts) {
      if (Double.isFinite(fact.number())) {
        number(node, fact.label(), fact.number());
      } else if (fact.text().equals(Figures.UNKNOWN)) {
        node.putNull(fact.label());
      } else {
        node.put(fact.label(), fact.text());
      }
    }
    return node;
  }

  private static void collect(Collect collect, ObjectNode node) {
    node.set(
        "sources",
        array(
            collect.sources(),
            (s, o) -> {
              o.put("origin", s.origin());
              o.put("files", s.files());
              o.put("bytes", s.bytes());
              o.put("licence", s.licence());
              o.put("language", s.language());
              o.put("sha256", s.sha256());
            }));
  }

  private static void curate(Curate curate, ObjectNode node) {
    ObjectNode kept = node.putObject("kept");
    kept.put("files", curate.keptFiles());
    kept.put("bytes", curate.keptBytes());
    ObjectNode steps = node.putObject("steps");
    for (RunReport.Step step : curate.steps()) {
      ObjectNode each = steps.putObject(step.name()).put("files", step.files()).put("changed", step.changed());
      ObjectNode dropped = each.putObject("dropped");
      step.dropped().forEach(d -> dropped.putObject(d.reason()).put("files", d.files()).put("bytes", d.bytes()));
    }
    ObjectNode splits = node.putObject("splits");
    for (RunReport.Split split : curate.splits()) {
      ObjectNode part = splits.putObject(split.name()).put("files", split.files()).put("bytes", split.bytes());
      ObjectNode languages = part.putObject("by_language");
      split.languages().forEach(l -> languages.putObject(l.language()).put("files", l.files()).put("bytes", l.bytes()));
    }
    number(node, "leak_share", curate.leakShare());
    node.put("moved_by_near_duplicate", curate.movedByNearDuplicate());
  }

  private static void tokenizer(Vocabulary vocabulary, ObjectNode node) {
    node.put("vocabulary", vocabulary.size());
    ObjectNode bytes = node.putObject("bytes_per_token");
    number(bytes, "chinese", vocabulary.bytesPerTokenChinese());
    number(bytes, "english", vocabulary.bytesPerTokenEnglish());
    number(bytes, "code", vocabulary.bytesPerTokenCode());
    node.set(
        "samples",
        array(
            vocabulary.samples(),
            (s, o) -> {
              o.put("label", s.label());
              ArrayNode tokens = o.putArray("tokens");
              s.tokens().forEach(tokens::add);
            }));
  }

  private static void pretrain(Pretrain pretrain, ObjectNode node) {
    ObjectNode plan = node.putObject("plan");
    plan.put("budget", pretrain.plan().budget());
    plan.set("size", facts(pretrain.plan().size()));
    plan.put("tokens", pretrain.plan().tokens());
    plan.put("reason", pretrain.plan().reason());
    node.put("parameters", pretrain.parameters());
    node.put("optimizer", pretrain.optimizer());
    node.put("steps", pretrain.steps());
    node.put("tokens", pretrain.tokens());
    number(node, "tokens_per_second", pretrain.tokensPerSecond());
    number(node, "mfu", pretrain.mfu());
    number(node, "peak_gflops", pretrain.peakGflops());
    overfitting(pretrain.curves(), node);
    node.set("curves", curves(pretrain.curves()));
    strings(node, "notes", pretrain.notes());
  }

  private static void overfitting(TrainingCurves curves, ObjectNode node) {
    Verdict.overfitting(curves.validationLoss())
        .ifPresentOrElse(p -> number(node, "overfitting_since_step", p.step()), () -> node.putNull("overfitting_since_step"));
  }

  private static void sft(Sft sft, ObjectNode node) {
    node.set(
        "pairs",
        array(
            sft.pairs(),
            (p, o) -> o.put("kind", p.kind()).put("language", p.language()).put("train", p.train()).put("held_out", p.heldOut())));
    node.put("steps", sft.steps());
    node.put("tokens", sft.tokens());
    number(node, "loss_before", sft.lossBefore());
    number(node, "loss_after", sft.lossAfter());
    overfitting(sft.curves(), node);
    node.set("curves", curves(sft.curves()));
    strings(node, "notes", sft.notes());
  }

  private static ObjectNode curves(TrainingCurves curves) {
    ObjectNode node = object();
    curve(node, "train_loss", curves.trainLoss());
    curve(node, "validation_loss", curves.validationLoss());
    curve(node, "learning_rate", curves.learningRate());
    curve(node, "gradient_norm", curves.gradientNorm());
    curve(node, "tokens_per_second", curves.tokensPerSecond());
    return node;
  }

  private static void curve(ObjectNode curves, String name, List<Point> points) {
    ObjectNode node = curves.putObject(name);
    ArrayNode steps = node.putArray("step");
    ArrayNode values = node.putArray("value");
    for (Point p : new Curve(name, points).atMost(CURVE_POINTS).points()) {
      add(steps, p.step());
      add(values, p.value());
    }
  }

  private static void evaluate(Evaluate evaluate, ObjectNode node) {
    node.put("held_out_bytes", evaluate.heldOutBytes());
    node.set("bits_per_byte", bits(evaluate.bitsPerByte()));
    node.set("by_duplicated_share", array(evaluate.byDuplicatedShare(), ReportJson::score));
    node.set("by_language", array(evaluate.byLanguage(), ReportJson::score));
    node.set("by_origin", array(evaluate.byOrigin(), ReportJson::score));
    number(node, "pair_loss", evaluate.pairLoss());
    number(node, "parse_rate", evaluate.parseRate());
    node.put("methods_accepted", evaluate.methodsAccepted());
    node.put("methods_generated", evaluate.methodsGenerated());
  }

  private static void recovery(RunReport.Recovery recovery, ObjectNode node) {
    node.put("objective", recovery.objective());
    node.put("files", recovery.files());
    node.put("tokens", recovery.tokens());
    number(node, "loss", recovery.loss());
    number(node, "perplexity", recovery.perplexity());
    number(node, "accuracy", recovery.accuracy());
  }

  private static void score(Score score, ObjectNode node) {
    node.put("group", score.group());
    node.put("bytes", score.bytes());
    node.set("bits_per_byte", bits(score.bitsPerByte()));
  }

  private static ObjectNode bits(BitsPerByte bits) {
    ObjectNode node = object();
    number(node, "model", bits.model());
    number(node, "ngram5", bits.ngram5());
    number(node, "xz", bits.xz());
    if (Double.isFinite(bits.mixture())) {
      number(node, "mixture", bits.mixture());
    }
    return node;
  }

  private static void sample(Sample sample, ObjectNode node) {
    node.put("prompt", sample.prompt());
    node.put("answer", sample.answer());
    node.put("language", sample.language());
    node.put("parse", sample.parse().name().toLowerCase(Locale.ROOT));
    node.put("problem", sample.problem());
  }

  private static void model(Release release, ObjectNode node) {
    node.put("path", release.modelPath());
    node.put("sha256", release.sha256());
    node.put("name", release.name());
    node.put("version", release.version());
    node.set("lineage", array(release.lineage(), (a, o) -> o.put("stage", a.stage()).put("digest", a.digest())));
    node.set("commands", array(release.commands(), (c, o) -> o.put("purpose", c.purpose()).put("line", c.line())));
  }

  private static <T> void set(ObjectNode root, String name, @Nullable T part, BiConsumer<T, ObjectNode> fill) {
    if (part != null) {
      fill.accept(part, root.putObject(name));
    }
  }

  private static <T> ArrayNode array(Collection<T> values, BiConsumer<T, ObjectNode> fill) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    values.forEach(v -> fill.accept(v, array.addObject()));
    return array;
  }

  private static void strings(ObjectNode node, String name, List<String> values) {
    ArrayNode array = node.putArray(name);
    values.forEach(array::add);
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /// JSON has no NaN: what was not measured is null. Whole numbers are written without a point.
  private static void number(ObjectNode node, String name, double value) {
    if (!Double.isFinite(value)) {
      node.putNull(name);
    } else if (isWhole(value)) {
      node.put(name, (long) value);
    } else {
      node.put(name, value);
    }
  }

  private static void add(ArrayNode array, double value) {
    if (!Double.isFinite(value)) {
      array.addNull();
    } else if (isWhole(value)) {
      array.add((long) value);
    } else {
      array.add(value);
    }
  }

  private static boolean isWhole(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15;
  }
}
