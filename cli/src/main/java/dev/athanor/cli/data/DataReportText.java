package dev.athanor.cli.data;

import dev.athanor.cli.bench.TextTable;
import dev.athanor.cli.model.Amounts;
import dev.athanor.data.engine.Census;
import dev.athanor.data.engine.DataReport;
import dev.athanor.data.engine.StepCount;
import dev.athanor.eval.report.Fact;
import dev.athanor.eval.report.MeasurementPage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import tools.jackson.databind.JsonNode;

/// What a data run did, for people: lines for a terminal, and a page.
public final class DataReportText {
  private static final List<String> FUNNEL =
      List.of("step", "documents in", "dropped", "%", "changed", "text in", "text dropped");
  private static final int REASONS = 3;
  private static final int BUCKETS = 24;

  private final DataReport report;

  public DataReportText(DataReport report) {
    this.report = report;
  }

  /// The funnel and the groups, for a terminal.
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    Census.Size before = report.before().total();
    Census.Size after = report.after().total();
    lines.add("");
    lines.addAll(new TextTable(FUNNEL, report.steps().stream().map(DataReportText::cells).toList()).lines());
    List<String> why = report.steps().stream().filter(step -> step.droppedDocuments() > 0).map(step -> step.name() + ": " + reasons(step.dropped())).toList();
    if (!why.isEmpty()) {
      lines.add("");
      lines.addAll(why);
    }
    lines.add("");
    if (!report.setAside().isEmpty()) {
      long aside = report.setAside().values().stream().mapToLong(Long::longValue).sum();
      lines.add("set aside  %s of %s records: %s".formatted(Amounts.exact(aside), Amounts.exact(report.records()), reasons(report.setAside())));
    }
    lines.add("read       %s documents, %s of text".formatted(Amounts.exact(before.documents()), Amounts.bytes(before.bytes())));
    lines.add(
        "kept       %s documents (%s), %s of text (%s)"
            .formatted(
                Amounts.exact(after.documents()),
                percent(after.documents(), before.documents()),
                Amounts.bytes(after.bytes()),
                percent(after.bytes(), before.bytes())));
    return lines;
  }

  private static List<String> cells(StepCount step) {
    return List.of(
        step.name(),
        Amounts.exact(step.documents()),
        Amounts.exact(step.droppedDocuments()),
        percent(step.droppedDocuments(), step.documents()),
        Amounts.exact(step.changed()),
        Amounts.bytes(step.bytes()),
        Amounts.bytes(step.droppedBytes() + Math.max(0, step.changedBytes())));
  }

  private static String reasons(SortedMap<String, Long> counts) {
    List<Map.Entry<String, Long>> most =
        counts.entrySet().stream().sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())).toList();
    List<String> told = new ArrayList<>(most.stream().limit(REASONS).map(entry -> entry.getKey() + " " + Amounts.exact(entry.getValue())).toList());
    if (most.size() > REASONS) {
      long rest = most.stream().skip(REASONS).mapToLong(Map.Entry::getValue).sum();
      told.add("%d others %s".formatted(most.size() - REASONS, Amounts.exact(rest)));
    }
    return String.join(", ", told);
  }

  private static String percent(long part, long whole) {
    return whole == 0 ? "–" : String.format(Locale.ROOT, "%.1f %%", 100.0 * part / whole);
  }

  /// The page: funnel, mixture before and after, lengths, measures, duplicates.
  public String html() {
    var page = new MeasurementPage(report.name(), "data");
    Census.Size before = report.before().total();
    Census.Size after = report.after().total();
    page.facts(
        "In short",
        List.of(
            Fact.text("records read", Amounts.exact(report.records())),
            Fact.text("documents", Amounts.exact(before.documents()) + ", " + Amounts.bytes(before.bytes()) + " of text"),
            Fact.text("kept", Amounts.exact(after.documents()) + " (" + percent(after.documents(), before.documents()) + "), " + Amounts.bytes(after.bytes()) + " (" + percent(after.bytes(), before.bytes()) + ")"),
            Fact.text("seconds", String.format(Locale.ROOT, "%.1f", report.stages().stream().mapToDouble(DataReport.Stage::seconds).sum()))));
    funnel(page, before);
    mixture(page, "By source", group -> group.substring(0, group.lastIndexOf(" / ")));
    mixture(page, "By language", group -> group.substring(group.lastIndexOf(" / ") + 3));
    lengths(page);
    report.summaries().forEach(summary -> summary(page, summary));
    report.after().measures().forEach((name, values) -> measure(page, name, values));
    page.table(
        "Time", List.of("stage", "seconds"),
        report.stages().stream().map(stage -> List.of(stage.name(), String.format(Locale.ROOT, "%.1f", stage.seconds()))).toList());
    return page.html();
  }

  private void funnel(MeasurementPage page, Census.Size before) {
    Map<String, List<Double>> bars = new LinkedHashMap<>();
    bars.put("read", List.of(100.0, 100.0));
    for (StepCount step : report.steps()) {
      double documents = 100.0 * (step.documents() - step.droppedDocuments()) / Math.max(1, before.documents());
      double text = 100.0 * (step.bytes() - step.droppedBytes() - step.changedBytes()) / Math.max(1, before.bytes());
      bars.put("after " + step.name(), List.of(documents, text));
    }
    page.bars("The funnel", List.of("documents, % of those read", "text, % of that read"), bars, 1);
    page.table("Steps", FUNNEL, report.steps().stream().map(DataReportText::cells).toList());
    List<List<String>> all = new ArrayList<>();
    for (StepCount step : report.steps()) {
      step.dropped().forEach((reason, count) -> all.add(List.of(step.name() + ": " + reason, Amounts.exact(count), percent(count, step.documents()))));
    }
    report.setAside().forEach((reason, count) -> all.add(List.of("set aside: " + reason, Amounts.exact(count), percent(count, report.records()))));
    if (!all.isEmpty()) {
      page.table("Every reason", List.of("reason", "documents", "of those that came"), all);
    }
  }

  private interface Part {
    String of(String group);
  }

  private void mixture(MeasurementPage page, String heading, Part part) {
    SortedMap<String, Census.Size> before = grouped(report.before(), part);
    SortedMap<String, Census.Size> after = grouped(report.after(), part);
    var names = new TreeSet<>(before.keySet());
    names.addAll(after.keySet());
    long all = before.values().stream().mapToLong(Census.Size::bytes).sum();
    long left = after.values().stream().mapToLong(Census.Size::bytes).sum();
    Map<String, List<Double>> bars = new LinkedHashMap<>();
    List<List<String>> rows = new ArrayList<>();
    var none = new Census.Size(0, 0);
    names.stream()
        .sorted(Comparator.comparingLong((String name) -> -Math.max(before.getOrDefault(name, none).bytes(), after.getOrDefault(name, none).bytes())))
        .forEach(
            name -> {
              Census.Size was = before.getOrDefault(name, none);
              Census.Size is = after.getOrDefault(name, none);
              bars.put(name, List.of(100.0 * was.bytes() / Math.max(1, all), 100.0 * is.bytes() / Math.max(1, left)));
              rows.add(
                  List.of(
                      name, Amounts.exact(was.documents()), Amounts.bytes(was.bytes()), percent(was.bytes(), all),
                      Amounts.exact(is.documents()), Amounts.bytes(is.bytes()), percent(is.bytes(), left)));
            });
    page.bars(heading, List.of("before, % of the text", "after, % of the text"), first(bars), 1);
    page.table(heading + ", in figures", List.of("", "documents before", "text", "%", "documents after", "text", "%"), rows);
  }

  private static Map<String, List<Double>> first(Map<String, List<Double>> bars) {
    Map<String, List<Double>> most = new LinkedHashMap<>();
    bars.entrySet().stream().limit(BUCKETS).forEach(bar -> most.put(bar.getKey(), bar.getValue()));
    return most;
  }

  private static SortedMap<String, Census.Size> grouped(Census census, Part part) {
    BinaryOperator<Census.Size> sum = (a, b) -> new Census.Size(a.documents() + b.documents(), a.bytes() + b.bytes());
    var grouped = new TreeMap<String, Census.Size>();
    census.groups().forEach((group, size) -> grouped.merge(part.of(group), size, sum));
    return grouped;
  }

  private void lengths(MeasurementPage page) {
    var powers = new TreeSet<>(report.before().lengths().keySet());
    powers.addAll(report.after().lengths().keySet());
    if (powers.isEmpty()) {
      return;
    }
    long all = report.before().total().documents();
    long left = report.after().total().documents();
    Map<String, List<Double>> bars = new LinkedHashMap<>();
    for (int power = powers.first(); power <= powers.last(); power++) {
      double was = 100.0 * report.before().lengths().getOrDefault(power, 0L) / Math.max(1, all);
      double is = 100.0 * report.after().lengths().getOrDefault(power, 0L) / Math.max(1, left);
      bars.put(Amounts.bytes(1L << power) + " and more", List.of(was, is));
    }
    page.bars("Lengths", List.of("before, % of the documents", "after, % of the documents"), bars, 1);
  }

  /// A histogram of a measure that a tagger wrote, in buckets of equal width between its 1st and 99th percentile.
  private static void measure(MeasurementPage page, String name, SortedMap<Double, Long> values) {
    var histogram = new Histogram(values);
    if (histogram.isEmpty()) {
      return;
    }
    page.bars(name, List.of("% of the documents"), histogram.buckets(BUCKETS), 1);
  }

  /// What a step counted, by name; the most frequent first.
  private static void counts(MeasurementPage page, String step, JsonNode told) {
    Map<String, List<Double>> bars = new LinkedHashMap<>();
    told.properties().stream()
        .sorted(Comparator.comparingLong(entry -> -entry.getValue().longValue()))
        .limit(BUCKETS)
        .forEach(entry -> bars.put(entry.getKey(), List.of(entry.getValue().doubleValue())));
    page.bars(step + ": what it found", List.of("times"), bars, 0);
  }

  /// What a step says of itself: its figures, and its tables, such as the biggest groups of duplicates.
  private static void summary(MeasurementPage page, DataReport.Summary summary) {
    List<Fact> facts = new ArrayList<>();
    JsonNode told = summary.told();
    if (told.properties().stream().allMatch(entry -> entry.getValue().isIntegralNumber())) {
      counts(page, summary.of(), told);
      return;
    }
    for (String key : told.propertyNames()) {
      JsonNode value = told.path(key);
      if (value.isValueNode()) {
        facts.add(Fact.text(key, value.isIntegralNumber() ? Amounts.exact(value.longValue()) : value.asString()));
      }
    }
    if (!facts.isEmpty()) {
      page.facts(summary.of(), facts);
    }
    for (String key : told.propertyNames()) {
      JsonNode list = told.path(key);
      if (list.isArray() && !list.isEmpty() && list.path(0).isObject()) {
        List<String> columns = List.copyOf(list.path(0).propertyNames());
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode item : list) {
          rows.add(columns.stream().map(column -> item.path(column).isContainer() ? item.path(column).toString() : item.path(column).asString()).toList());
        }
        page.table(summary.of() + ": " + key, columns, rows);
      }
    }
  }
}
