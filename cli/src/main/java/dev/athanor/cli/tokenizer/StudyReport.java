package dev.athanor.cli.tokenizer;

import dev.athanor.base.Json;
import dev.athanor.cli.bench.TextTable;
import dev.athanor.cli.model.Amounts;
import dev.athanor.eval.report.Curve;
import dev.athanor.eval.report.Fact;
import dev.athanor.eval.report.MeasurementPage;
import dev.athanor.eval.report.Point;
import dev.athanor.tokenizer.Packing;
import dev.athanor.tokenizer.Rarity;
import dev.athanor.tokenizer.SizeStudy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// Vocabularies of several sizes side by side: how they pack texts, what they cost a model, and which is recommended. Its JSON is this
/// record.
///
/// @param tokenizer where the merges come from
/// @param learned the texts that they were learned from
/// @param measured the texts that are measured
/// @param cheapest the size of the least training work for a byte of text
/// @param knee the size farthest above the chord of bytes per token; null of less than three sizes
public record StudyReport(
    String tokenizer, String learned, String measured, StudyModel model, List<Row> rows, int cheapest, @Nullable Integer knee) {

  /// @param packing ratios of all texts together
  /// @param cacheBytesPerByte of keys and values in 16 bits
  public record Row(
      int size,
      int merges,
      Ratios packing,
      Map<String, Ratios> byKind,
      Rarity rarity,
      double rareShare,
      long embeddingParameters,
      double embeddingShare,
      double trainingFlopsPerByte,
      double inferenceFlopsPerByte,
      double cacheBytesPerByte) {}

  /// Ratios are NaN of what does not come in the texts.
  public record Ratios(
      double bytesPerToken,
      double charactersPerToken,
      double tokensPerWord,
      double wordsInOneToken,
      double chineseInOneToken,
      double differentChineseThatAreTokens,
      Packing counts) {
    static Ratios of(Packing packing) {
      return new Ratios(
          packing.bytesPerToken(),
          packing.charactersPerToken(),
          packing.fertility(),
          packing.wordCoverage(),
          packing.hanCoverage(),
          packing.distinctHanCoverage(),
          packing);
    }
  }

  public static StudyReport of(SizeStudy study, StudyModel model, String tokenizer, String learned, String measured) {
    List<Row> rows = study.rows().stream().map(row -> row(row, model)).toList();
    return new StudyReport(tokenizer, learned, measured, model, rows, cheapest(rows), knee(rows));
  }

  private static Row row(SizeStudy.Row row, StudyModel model) {
    Map<String, Ratios> byKind = new LinkedHashMap<>();
    row.byKind().forEach((kind, packing) -> byKind.put(kind, Ratios.of(packing)));
    double bytesPerToken = row.total().bytesPerToken();
    long embedding = model.embeddingParameters(row.size());
    return new Row(
        row.size(),
        row.merges(),
        Ratios.of(row.total()),
        byKind,
        row.rarity(),
        row.rarity().rareShare(),
        embedding,
        embedding / (embedding + model.body()),
        model.trainingFlops(row.size()) / bytesPerToken,
        model.inferenceFlops(row.size()) / bytesPerToken,
        (double) model.cacheBytes() / bytesPerToken);
  }

  private static int cheapest(List<Row> rows) {
    Row best = rows.getFirst();
    for (Row row : rows) {
      best = row.trainingFlopsPerByte < best.trainingFlopsPerByte ? row : best;
    }
    return best.size;
  }

  /// Where a curve bends: the point with the largest distance above the line from its first to its last (Satopää et al., "Finding a
  /// 'Kneedle' in a Haystack", 2011).
  private static @Nullable Integer knee(List<Row> rows) {
    Row first = rows.getFirst();
    Row last = rows.getLast();
    Integer knee = null;
    double farthest = 0;
    for (Row row : rows) {
      double across = (double) (row.size - first.size) / (last.size - first.size);
      double up =
          (row.packing.bytesPerToken - first.packing.bytesPerToken) / (last.packing.bytesPerToken - first.packing.bytesPerToken);
      if (up - across > farthest) {
        farthest = up - across;
        knee = row.size;
      }
    }
    return knee;
  }

  public String json() {
    return Json.pretty(this);
  }

  private List<String> kinds() {
    return List.copyOf(rows.getFirst().byKind.keySet());
  }

  private List<Fact> facts() {
    List<Fact> facts = new ArrayList<>();
    facts.add(Fact.text("merges", tokenizer));
    facts.add(Fact.text("learned from", learned));
    facts.add(Fact.text("measured on", measured));
    facts.add(
        Fact.text(
            "model",
            "%s: width %,d, %s head, sequences of %,d tokens"
                .formatted(model.name(), model.width(), model.tied() ? "tied" : "untied", model.length())));
    return facts;
  }

  /// In words, with the rule of each.
  private List<String> verdicts() {
    List<String> lines = new ArrayList<>();
    boolean atEnd = cheapest == rows.getLast().size;
    lines.add(
        "recommended: %s, the size that takes the least training work for a byte of text%s"
            .formatted(Amounts.exact(cheapest), atEnd && rows.size() > 1 ? "; it is the largest here, and a larger one may take less" : ""));
    Integer bend = knee;
    if (bend != null) {
      lines.add(
          "knee of bytes per token: %s, the size farthest above the line from the smallest to the largest".formatted(Amounts.exact(bend)));
    }
    rows.stream()
        .filter(row -> row.size == cheapest && row.rareShare > 0.1)
        .findFirst()
        .ifPresent(
            row ->
                lines.add(
                    "of its %s learned tokens %s come less than %d times in the texts: a model learns little of those; more text or a smaller"
                        .formatted(Amounts.exact(row.rarity.tokens()), percent(row.rareShare), Rarity.OFTEN)
                        + " vocabulary helps"));
    return lines;
  }

  /// As text.
  public List<String> lines() {
    List<String> lines = new ArrayList<>(facts().stream().map(fact -> "%-13s %s".formatted(fact.label(), fact.text())).toList());
    lines.add("");
    lines.addAll(new TextTable(packingColumns(), rows.stream().map(this::packingCells).toList()).lines());
    lines.add("");
    lines.addAll(new TextTable(COVERAGE, rows.stream().map(StudyReport::coverageCells).toList()).lines());
    lines.add(LEGEND);
    lines.add("");
    lines.addAll(new TextTable(COST, rows.stream().map(StudyReport::costCells).toList()).lines());
    lines.add("");
    lines.addAll(verdicts());
    return lines;
  }

  private static final List<String> COVERAGE =
      List.of(
          "size", "words whole", "tokens/word", "Chinese whole", "different Chinese", "rare tokens", "rarest 5 % up to");
  private static final String LEGEND =
      "whole: in one token. different Chinese: of the different Chinese characters those that are a token. rare: learned tokens that"
          + " come less than " + Rarity.OFTEN + " times in the texts.";
  private static final List<String> COST =
      List.of("size", "vocabulary's parameters", "of the model", "training MFLOP/byte", "inference MFLOP/byte", "keys and values B/byte");

  private List<String> packingColumns() {
    List<String> columns = new ArrayList<>(List.of("size", "merges"));
    kinds().forEach(kind -> columns.add(kind + " B/token"));
    if (kinds().size() > 1) {
      columns.add("all B/token");
    }
    columns.add("characters/token");
    return columns;
  }

  private List<String> packingCells(Row row) {
    List<String> cells = new ArrayList<>(List.of(Amounts.exact(row.size), Amounts.exact(row.merges)));
    row.byKind.values().forEach(ratios -> cells.add(figure("%.3f", ratios.bytesPerToken)));
    if (row.byKind.size() > 1) {
      cells.add(figure("%.3f", row.packing.bytesPerToken));
    }
    cells.add(figure("%.3f", row.packing.charactersPerToken));
    return cells;
  }

  private static List<String> coverageCells(Row row) {
    return List.of(
        Amounts.exact(row.size),
        percent(row.packing.wordsInOneToken),
        figure("%.3f", row.packing.tokensPerWord),
        percent(row.packing.chineseInOneToken),
        percent(row.packing.differentChineseThatAreTokens),
        percent(row.rareShare),
        Amounts.exact(row.rarity.fifthPercentile()));
  }

  private static List<String> costCells(Row row) {
    return List.of(
        Amounts.exact(row.size),
        Amounts.count(row.embeddingParameters),
        percent(row.embeddingShare),
        figure("%,.1f", row.trainingFlopsPerByte / 1e6),
        figure("%,.1f", row.inferenceFlopsPerByte / 1e6),
        figure("%,.0f", row.cacheBytesPerByte));
  }

  private static String percent(double share) {
    return figure("%.1f %%", 100 * share);
  }

  private static String figure(String format, double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, format, value);
  }

  public String html() {
    MeasurementPage page = new MeasurementPage("Vocabulary sizes", "tokenizer study");
    page.facts("What was measured", facts());
    page.text("Recommended", verdicts());
    List<Curve> packing = new ArrayList<>();
    for (String kind : kinds()) {
      packing.add(curve(kind, row -> of(row, kind).bytesPerToken));
    }
    if (kinds().size() > 1) {
      packing.add(curve("all", row -> row.packing.bytesPerToken));
    }
    String x = "ids in all";
    Integer bend = knee;
    if (bend == null) {
      page.chart("Bytes per token", x, "bytes/token", packing);
    } else {
      page.chart("Bytes per token", x, "bytes/token", packing, bend, "knee " + Amounts.exact(bend));
    }
    page.chart(
        "Cost for a byte of text", x, "training MFLOP/byte",
        List.of(curve("training", row -> row.trainingFlopsPerByte / 1e6)), cheapest, "recommended " + Amounts.exact(cheapest));
    page.chart(
        "In one token", x, "%",
        List.of(
            curve("words", row -> 100 * row.packing.wordsInOneToken),
            curve("Chinese characters", row -> 100 * row.packing.chineseInOneToken),
            curve("different Chinese ones", row -> 100 * row.packing.differentChineseThatAreTokens)));
    page.chart("Seldom seen", x, "% of learned tokens", List.of(curve("<" + Rarity.OFTEN + " times", row -> 100 * row.rareShare)));
    page.chart("The vocabulary's share of the parameters", x, "%", List.of(curve("share", row -> 100 * row.embeddingShare)));
    page.table("Packing", packingColumns(), rows.stream().map(this::packingCells).toList());
    if (kinds().size() > 1) {
      kinds().forEach(kind -> page.table("Coverage: " + kind, COVERAGE.subList(0, 5), rows.stream().map(row -> kindCells(row, kind)).toList()));
    }
    page.text("Coverage in all", List.of(LEGEND));
    page.table("Coverage", COVERAGE, rows.stream().map(StudyReport::coverageCells).toList());
    page.table("Cost", COST, rows.stream().map(StudyReport::costCells).toList());
    return page.html();
  }

  private static Ratios of(Row row, String kind) {
    return Objects.requireNonNull(row.byKind.get(kind), kind);
  }

  private static List<String> kindCells(Row row, String kind) {
    Ratios ratios = of(row, kind);
    return List.of(
        Amounts.exact(row.size),
        percent(ratios.wordsInOneToken),
        figure("%.3f", ratios.tokensPerWord),
        percent(ratios.chineseInOneToken),
        percent(ratios.differentChineseThatAreTokens));
  }

  private Curve curve(String name, ToDoubleFunction<Row> y) {
    Function<Row, Point> point = row -> new Point(row.size, y.applyAsDouble(row));
    return new Curve(name, rows.stream().map(point).toList());
  }
}
