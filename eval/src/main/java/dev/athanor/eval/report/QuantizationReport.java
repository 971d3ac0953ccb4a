package dev.athanor.eval.report;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.eval.report.Block.Column;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// What quantizing a model came to, every variant beside the model as it was.
///
/// @param model its folder
/// @param machine what the speeds were measured on
/// @param evaluation the text that perplexity and KL were measured on
/// @param tokens of it that were predicted
/// @param calibration what the methods that calibrate looked at; empty where none did
public record QuantizationReport(
    String model, String machine, String evaluation, long tokens, String calibration, List<Variant> variants) {
  public QuantizationReport {
    variants = List.copyOf(variants);
  }

  /// @param kl the mean of KL(model ‖ variant) in nats
  /// @param agreement the share of tokens where both find the same one likeliest
  /// @param diskBytes of the weights in files
  /// @param memoryBytes of the weights in the engine
  /// @param prefill tokens of a prompt a second
  /// @param decode tokens a second of one sequence
  public record Variant(
      String name,
      double perplexity,
      double perplexityRise,
      double kl,
      double agreement,
      long diskBytes,
      long memoryBytes,
      double prefill,
      double decode) {}

  /// A line for each variant under a line of headings, in columns.
  public List<String> lines() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(columns().stream().map(Column::name).toList());
    rows.addAll(rows());
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String padding = " ".repeat(widths[i] - row.get(i).length());
      line.append(i == 0 ? row.get(i) + padding : "  " + padding + row.get(i));
    }
    return line.toString().stripTrailing();
  }

  private static List<Column> columns() {
    List<Column> columns = new ArrayList<>(List.of(new Column("variant", Column.Kind.WORDS)));
    for (String name :
        List.of("perplexity", "rise", "KL (nats)", "same top-1", "on disk", "in memory", "prefill tok/s", "decode tok/s")) {
      columns.add(new Column(name, Column.Kind.FIGURES));
    }
    return columns;
  }

  private List<List<String>> rows() {
    return variants.stream()
        .map(
            v ->
                List.of(
                    v.name,
                    Figures.fixed(v.perplexity, 4),
                    Figures.fixed(100 * v.perplexityRise, 3) + " %",
                    Figures.fixed(v.kl, 5),
                    Figures.fixed(100 * v.agreement, 2) + " %",
                    Figures.bytes(v.diskBytes),
                    Figures.bytes(v.memoryBytes),
                    Figures.fixed(v.prefill, 0),
                    Figures.fixed(v.decode, 0)))
        .toList();
  }

  /// Writes the page for people and the same for machines; each is there whole or not at all.
  public void write(Path html, Path json) {
    AtomicFile.writeString(json, Json.pretty(this));
    AtomicFile.writeString(html, HtmlPage.of(outline(), "quantization report"));
  }

  private Outline outline() {
    List<Block> quality = new ArrayList<>();
    quality.add(
        new Block.Paragraph(
            "Measured with the engine on %s tokens of %s, token by token against the model as it was."
                .formatted(Figures.count(tokens), evaluation)));
    if (!calibration.isEmpty()) {
      quality.add(new Block.Paragraph("Calibrated on " + calibration + "."));
    }
    quality.add(new Block.Table("Variants", columns(), rows()));
    quality.add(bars("KL to the model, millinats", v -> 1000 * v.kl, 2));
    quality.add(bars("Perplexity above the model's, %", v -> 100 * v.perplexityRise, 3));
    List<Block> cost = new ArrayList<>();
    cost.add(new Block.Paragraph("On " + machine + ". A prompt at once (prefill), then one sequence token by token (decode)."));
    cost.add(bars("Weights in memory, MB", v -> v.memoryBytes / 1e6, 1));
    cost.add(bars("Decode, tokens/s", Variant::decode, 0));
    cost.add(bars("Prefill, tokens/s", Variant::prefill, 0));
    return new Outline(
        model, List.of(new Section("quality", "What it says", quality), new Section("cost", "What it takes", cost)));
  }

  private Block bars(String title, ToDoubleFunction<Variant> value, int decimals) {
    List<BarChart.Group> groups =
        variants.stream()
            .map(v -> new BarChart.Group(v.name, List.of(Math.max(0, value.applyAsDouble(v)))))
            .toList();
    return new Block.Bars(new BarChart(title, List.of(title), groups, decimals));
  }
}
