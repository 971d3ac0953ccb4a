package dev.athanor.cli.bench;

import dev.athanor.base.Json;
import dev.athanor.eval.report.Curve;
import dev.athanor.eval.report.Fact;
import dev.athanor.eval.report.MeasurementPage;
import dev.athanor.eval.report.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// A benchmark's result: its JSON is this record, field by field. Which rows it has depends on what was measured.
///
/// @param measured "prefill", "decode" or "serve"
/// @param interrupted whether the user stopped it before its end
/// @param workload of serve
public record BenchReport(
    String measured,
    Setting setting,
    boolean interrupted,
    List<PassSpeed.Prefill> prefill,
    List<PassSpeed.Decode> decode,
    @Nullable Workload workload,
    List<Served> serve) {

  public String json() {
    return Json.pretty(this);
  }

  /// As text.
  public List<String> lines() {
    List<String> lines = new ArrayList<>(facts().stream().map(fact -> "%-10s %s".formatted(fact.label(), fact.text())).toList());
    lines.add("");
    lines.addAll(new TextTable(columns(), rows()).lines());
    for (Served row : serve) {
      LatencyLaw law = row.law();
      if (law != null) {
        lines.add(
            String.format(
                Locale.ROOT, "%s: a request takes %,.1f ms + %.2f ms a token (R² %.3f)", row.load(), law.prefillMs(), law.perTokenMs(), law.r2()));
      }
      if (row.failure() != null) {
        lines.add("%s: %d failed, the first so: %s".formatted(row.load(), row.failed(), row.failure()));
      }
    }
    if (interrupted) {
      lines.add("stopped by Ctrl-C: this is what was measured until then");
    }
    return lines;
  }

  private List<Fact> facts() {
    List<Fact> facts = new ArrayList<>();
    facts.add(Fact.text("model", setting.model() + (setting.parameters() > 0 ? String.format(Locale.ROOT, ", %,d parameters", setting.parameters()) : "")));
    if (setting.parameters() > 0) {
      facts.add(Fact.text("kept as", "weights %s, head %s, keys and values %s".formatted(setting.weights(), setting.head(), setting.kv())));
    }
    facts.add(Fact.text("machine", setting.machine() + ", " + setting.threads() + " threads, Java " + setting.java()));
    if (Double.isFinite(setting.readGBs())) {
      facts.add(Fact.measure("memory", setting.readGBs(), 1, "GB/s read"));
    }
    Workload load = workload;
    if (load != null) {
      facts.add(
          Fact.text(
              "requests",
              "prompts of %d tokens%s, answers of %d on average"
                  .formatted(load.prompt(), load.shared() > 0 ? ", the first " + load.shared() + " the same in all" : "", load.tokens())));
    }
    return facts;
  }

  private List<String> columns() {
    return switch (measured) {
      case "prefill" -> List.of("prompt", "tokens/s", "ms");
      case "decode" -> List.of("sequences", "tokens/s in all", "ms a token", "GB/s of weights", "of the memory's");
      default ->
          List.of(
              "load", "requests", "tokens/s", "first token ms p50", "p90", "p99", "between ms p50", "p90", "p99", "whole ms p50", "p99", "from cache",
              "preempted", "guesses right");
    };
  }

  private List<List<String>> rows() {
    List<List<String>> rows = new ArrayList<>();
    for (PassSpeed.Prefill row : prefill) {
      rows.add(List.of("" + row.promptTokens(), row.tokensPerSecond().text(), row.millis().text()));
    }
    for (PassSpeed.Decode row : decode) {
      rows.add(
          List.of(
              "" + row.batch(),
              row.tokensPerSecond().text(),
              row.millisPerToken().text(),
              figure("%.1f", row.weightBytesPerSecond() / 1e9),
              figure("%.0f %%", 100 * row.shareOfBandwidth())));
    }
    for (Served row : serve) {
      rows.add(served(row));
    }
    return rows;
  }

  private static List<String> served(Served row) {
    List<String> cells = new ArrayList<>(List.of(row.load(), "" + row.requests(), figure("%,.1f", row.tokensPerSecond())));
    percentiles(cells, row.firstTokenMs(), true);
    percentiles(cells, row.betweenTokensMs(), true);
    percentiles(cells, row.endToEndMs(), false);
    Served.EngineWork work = row.engine();
    cells.add(work == null ? "–" : figure("%.0f %%", 100 * work.reusedShare()));
    cells.add(work == null ? "–" : "" + work.preemptions());
    cells.add(work == null || work.draftedTokens() == 0 ? "–" : "%d of %d".formatted(work.acceptedTokens(), work.draftedTokens()));
    return cells;
  }

  private static void percentiles(List<String> cells, @Nullable Percentiles of, boolean p90) {
    cells.add(of == null ? "–" : figure("%,.1f", of.p50()));
    if (p90) {
      cells.add(of == null ? "–" : figure("%,.1f", of.p90()));
    }
    cells.add(of == null ? "–" : figure("%,.1f", of.p99()));
  }

  private static String figure(String form, double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, form, value) : "–";
  }

  /// As a page that needs nothing beside it.
  public String html() {
    MeasurementPage page = new MeasurementPage(setting.model(), "benchmark, " + measured);
    page.facts("What was measured", facts()).table("Figures", columns(), rows());
    page.chart(
        "Reading", "tokens of the prompt", "tokens/s", List.of(curve("median", prefill, PassSpeed.Prefill::promptTokens, row -> row.tokensPerSecond().median())));
    page.chart(
        "Throughput of writing", "sequences together", "tokens/s in all",
        List.of(curve("median", decode, PassSpeed.Decode::batch, row -> row.tokensPerSecond().median())));
    page.chart(
        "A token's time", "sequences together", "ms a token",
        List.of(curve("median", decode, PassSpeed.Decode::batch, row -> row.millisPerToken().median())));
    String x = serve.stream().anyMatch(row -> row.load().endsWith("second")) ? "requests a second" : "requests at a time";
    page.chart("Throughput", x, "tokens/s in all", List.of(curve("tokens/s", serve, Served::amount, Served::tokensPerSecond)));
    page.chart("Time to the first token", x, "ms", percentileCurves(Served::firstTokenMs));
    page.chart("Between tokens", x, "ms", percentileCurves(Served::betweenTokensMs));
    page.chart("Whole requests", x, "ms", percentileCurves(Served::endToEndMs));
    if (serve.stream().anyMatch(row -> row.law() != null)) {
      page.table(
          "latency = prefill + n × per token",
          List.of("load", "prefill ms", "ms a token", "R²"),
          serve.stream().map(BenchReport::law).toList());
    }
    return page.html();
  }

  private static List<String> law(Served row) {
    LatencyLaw law = row.law();
    return law == null
        ? List.of(row.load(), "–", "–", "–")
        : List.of(row.load(), figure("%,.1f", law.prefillMs()), figure("%.2f", law.perTokenMs()), figure("%.3f", law.r2()));
  }

  private List<Curve> percentileCurves(java.util.function.Function<Served, @Nullable Percentiles> of) {
    return List.of(
        curve("p50", serve, Served::amount, row -> percentile(of.apply(row), Percentiles::p50)),
        curve("p90", serve, Served::amount, row -> percentile(of.apply(row), Percentiles::p90)),
        curve("p99", serve, Served::amount, row -> percentile(of.apply(row), Percentiles::p99)));
  }

  private static double percentile(@Nullable Percentiles of, ToDoubleFunction<Percentiles> which) {
    return of == null ? Double.NaN : which.applyAsDouble(of);
  }

  private static <T> Curve curve(String name, List<T> rows, ToDoubleFunction<T> x, ToDoubleFunction<T> y) {
    return new Curve(name, rows.stream().map(row -> new Point(x.applyAsDouble(row), y.applyAsDouble(row))).toList());
  }
}
