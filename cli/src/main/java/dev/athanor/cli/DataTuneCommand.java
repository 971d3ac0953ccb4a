package dev.athanor.cli;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.cli.bench.TextTable;
import dev.athanor.cli.data.Histogram;
import dev.athanor.cli.data.Thresholds;
import dev.athanor.cli.model.Amounts;
import dev.athanor.data.engine.DataFolder;
import dev.athanor.data.flow.Bound;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "tune",
    description = {
      "Show what thresholds would drop, from the measures that taggers wrote into the documents: nothing is computed again.",
      "",
      "Without --set the recipe's own thresholds are tried. For each: how many documents lie outside of it, how many of them"
          + " are outside of no other, and where the measure's values lie.",
    },
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  athanor data tune corpora/web",
      "  athanor data tune corpora/web --set gopher.mean_word_length=3..12 --set gopher.words=20..",
      "  athanor data tune corpora/web --measure perplexity.value --language zh"
    })
final class DataTuneCommand implements Callable<Integer> {
  @Parameters(paramLabel = "<folder>", description = "of a data run whose recipe has taggers")
  @Nullable Path folder;

  @Option(names = "--set", paramLabel = "<measure>=<least>..<most>", description = "a threshold to try, either side may be left out; may be repeated")
  List<String> set = new ArrayList<>();

  @Option(names = "--measure", paramLabel = "<measure>", description = "show what every tenth of the documents would cost, for this measure")
  @Nullable String measure;

  @Option(names = "--source", paramLabel = "<name>", description = "documents of this source alone")
  @Nullable String source;

  @Option(names = "--language", paramLabel = "<name>", description = "documents of this language alone")
  @Nullable String language;

  private final Terminal terminal;

  DataTuneCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path place = Objects.requireNonNull(folder, "picocli requires it");
    DataFolder data = DataFolder.open(place);
    Map<String, Bound> bounds = new LinkedHashMap<>();
    if (set.isEmpty()) {
      Thresholds.ofRecipe(data.recipe(), place).forEach(bound -> bounds.merge(bound.measure(), bound, DataTuneCommand::both));
    } else {
      set.stream().map(Thresholds::parse).forEach(bound -> bounds.put(bound.measure(), bound));
    }
    Thresholds tried = Thresholds.over(data, List.copyOf(bounds.values()), source, language, progress());
    if (tried.measures().isEmpty()) {
      throw new UserException(
          place + ": the documents carry no measures" + (source == null && language == null ? "" : " (of this source and language)")
              + "; put filters under tag: in the recipe's steps and run it again");
    }
    String one = measure;
    if (one == null) {
      table(tried);
    } else {
      one(tried, one);
    }
    return 0;
  }

  /// A filter may have one bound for too little and another for too much.
  private static Bound both(Bound one, Bound other) {
    return new Bound(one.measure(), Math.max(one.least(), other.least()), Math.min(one.most(), other.most()), one.reason());
  }

  private Progress progress() {
    return terminal.progress();
  }

  private void table(Thresholds tried) {
    for (Bound bound : tried.bounds()) {
      if (!tried.measures().containsKey(bound.measure()) && !set.isEmpty()) {
        throw unknown(tried, bound.measure());
      }
    }
    List<List<String>> rows = new ArrayList<>();
    for (Thresholds.Tried each : tried.tried()) {
      Histogram values = each.values();
      rows.add(
          List.of(
              each.bound().measure(),
              side(each.bound().least()) + ".." + side(each.bound().most()),
              percent(each.outside(), tried.documents()),
              percent(each.outsideAlone(), tried.documents()),
              Amounts.number(values.quantile(0.01)),
              Amounts.number(values.quantile(0.1)),
              Amounts.number(values.quantile(0.5)),
              Amounts.number(values.quantile(0.9)),
              Amounts.number(values.quantile(0.99))));
    }
    if (rows.isEmpty()) {
      throw new UserException(
          "no filter of the recipe has left its measures in the documents; put filters under tag: and run it again, or try a threshold by --set (there are "
              + String.join(", ", tried.measures().keySet()) + ")");
    }
    new TextTable(List.of("measure", "kept", "dropped", "by it alone", "1 %", "10 %", "50 %", "90 %", "99 %"), rows).lines().forEach(terminal.out()::println);
    terminal.out().println();
    terminal
        .out()
        .printf(
            Locale.ROOT, "together they drop %s of %s documents (%s of the text)%n",
            percent(tried.outsideAny(), tried.documents()), Amounts.exact(tried.documents()), percent(tried.bytesOutsideAny(), tried.bytes()));
  }

  private void one(Thresholds tried, String name) {
    SortedMap<Double, Long> values = tried.measures().get(name);
    if (values == null) {
      throw unknown(tried, name);
    }
    var histogram = new Histogram(values);
    List<List<String>> rows = new ArrayList<>();
    for (int percent : new int[] {1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98, 99}) {
      double value = histogram.quantile(percent / 100.0);
      rows.add(
          List.of(
              Amounts.number(value),
              percent(histogram.outside(value, Double.POSITIVE_INFINITY), histogram.count()),
              percent(histogram.outside(Double.NEGATIVE_INFINITY, value), histogram.count())));
    }
    terminal.out().println(name + ", of " + Amounts.exact(histogram.count()) + " documents");
    new TextTable(List.of("threshold", "dropped as least", "dropped as most"), rows).lines().forEach(terminal.out()::println);
  }

  private static UserException unknown(Thresholds tried, String name) {
    return new UserException("no document carries a measure '" + name + "'; there are " + String.join(", ", tried.measures().keySet()));
  }

  private static String side(double value) {
    return Double.isInfinite(value) ? "" : Amounts.number(value);
  }

  private static String percent(long part, long whole) {
    return whole == 0 ? "–" : String.format(Locale.ROOT, "%.2f %%", 100.0 * part / whole);
  }
}
