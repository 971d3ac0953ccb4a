package dev.athanor.cli;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.cli.bench.TextTable;
import dev.athanor.cli.tokenizer.InputLines;
import dev.athanor.data.privacy.EntityFinder;
import dev.athanor.data.privacy.EntityModel;
import dev.athanor.data.privacy.Finding;
import dev.athanor.data.privacy.LabelledText;
import dev.athanor.data.privacy.PiiKind;
import dev.athanor.data.privacy.PrivacyScanner;
import dev.athanor.data.privacy.PrivacyScores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "privacy-check",
    description = "Say how well personal data and secrets are found, on the built-in labelled texts or on yours; or show what is found in a text.",
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  athanor data privacy-check",
      "  athanor data privacy-check --misses",
      "  athanor data privacy-check --labelled mine.txt --names-model models/ner --names-labels PER=name,LOC=place",
      "  athanor data privacy-check --text 'Call 212-555-0143 or write to jo@contoso.com'",
      "  athanor data privacy-check crawl.txt --json"
    })
final class DataPrivacyCommand implements Callable<Integer> {
  private static final String MARK = "\u001b[30;43m";
  private static final String PLAIN = "\u001b[0m";
  private static final int AROUND = 24;

  @Parameters(arity = "0..1", paramLabel = "<file>", description = "UTF-8 text to look at instead of measuring")
  @Nullable Path file;

  @Option(names = "--text", paramLabel = "<text>", description = "text to look at instead of measuring")
  @Nullable String text;

  @Option(names = "--certainty", paramLabel = "<0…1>", defaultValue = "0.5", description = "the least confidence of a finding (default: 0.5)")
  double certainty;

  @Option(names = "--regions", split = ",", paramLabel = "<code>", defaultValue = "CN,US,GB", description = "whose national telephone numbers are read (default: CN,US,GB)")
  List<String> regions = new ArrayList<>();

  @Option(names = "--labelled", paramLabel = "<file>", description = "texts of your own to measure on: one a line, with marks ⟦kind:text⟧, such as ⟦name:Jo Roe⟧")
  @Nullable Path labelled;

  @Option(names = "--names-model", paramLabel = "<folder>", description = "a model that finds names besides: a classifier of tokens of the BERT kind")
  @Nullable Path namesModel;

  @Option(
      names = "--names-labels",
      split = ",",
      paramLabel = "<label>=<kind>",
      description = "what the model's labels are, such as PER=name,ORG=organisation (default: those for people are names)")
  Map<String, String> namesLabels = new LinkedHashMap<>();

  @Option(names = "--names-certainty", paramLabel = "<0…1>", defaultValue = "0.7", description = "the least probability of what the model finds (default: 0.7)")
  double namesCertainty;

  @Option(names = "--names-likely-only", description = "give the model only sentences that seem to hold a name")
  boolean likelyOnly;

  @Option(names = "--misses", description = "list every label that was not found and every finding without a label")
  boolean misses;

  @Option(names = "--json", description = "print one JSON object")
  boolean json;

  private final Terminal terminal;

  DataPrivacyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    PrivacyScanner scanner = scanner();
    if (text == null && file == null) {
      measure(scanner);
    } else {
      InputLines input = new InputLines(text == null ? List.of() : List.of(text), file, terminal.in());
      show(scanner, input.whole());
    }
    terminal.out().flush();
    return 0;
  }

  private PrivacyScanner scanner() {
    if (!(certainty >= 0 && certainty <= 1)) {
      throw new UserException("--certainty must be from 0 to 1, not " + certainty);
    }
    EntityFinder entities = entities();
    try {
      return new PrivacyScanner(EnumSet.allOf(PiiKind.class), certainty, regions, false, entities);
    } catch (IllegalArgumentException e) {
      throw new UserException("--" + e.getMessage(), e);
    }
  }

  private @Nullable EntityFinder entities() {
    Path folder = namesModel;
    if (folder == null) {
      if (!namesLabels.isEmpty() || likelyOnly) {
        throw new UserException("--names-labels and --names-likely-only go with --names-model");
      }
      return null;
    }
    if (!(namesCertainty >= 0 && namesCertainty <= 1)) {
      throw new UserException("--names-certainty must be from 0 to 1, not " + namesCertainty);
    }
    Map<String, PiiKind> labels = new LinkedHashMap<>();
    namesLabels.forEach((label, kind) -> labels.put(label, kind(kind)));
    return EntityFinder.open(folder, new EntityModel(folder, labels, namesCertainty, likelyOnly, null), EnumSet.allOf(PiiKind.class));
  }

  private static PiiKind kind(String key) {
    return Arrays.stream(PiiKind.values())
        .filter(kind -> kind.key().equals(key))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    "--names-labels: '%s' is no kind; there are %s"
                        .formatted(key, Arrays.stream(PiiKind.values()).map(PiiKind::key).collect(Collectors.joining(", ")))));
  }

  // ---- the labelled texts

  private void measure(PrivacyScanner scanner) {
    Path own = labelled;
    PrivacyScores scores = PrivacyScores.of(scanner, own == null ? LabelledText.all() : LabelledText.read(own));
    if (json) {
      terminal.out().print(Json.pretty(scores));
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    scores.counts().forEach((language, kinds) -> {
      kinds.forEach((kind, counts) -> rows.add(row(language + " " + kind.key(), counts)));
      rows.add(row(language + " all", scores.of(language)));
    });
    rows.add(row("all", scores.total()));
    new TextTable(List.of("language, kind", "labels", "precision", "recall", "F1", "exact bounds"), rows).lines().forEach(terminal.out()::println);
    terminal.out().printf(Locale.ROOT, "%d of %d texts without personal data had something found in them%n", scores.falseAlarms(), scores.negatives());
    if (misses) {
      scores.misses().forEach(terminal.out()::println);
    }
  }

  private static List<String> row(String name, PrivacyScores.Counts counts) {
    return List.of(
        name, String.valueOf(counts.labels()), share(counts.precision()), share(counts.recall()), share(counts.f1()),
        counts.right() == 0 ? "–" : share(counts.exact() / (double) counts.right()));
  }

  private static String share(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  // ---- a text

  private void show(PrivacyScanner scanner, String whole) {
    List<Finding> findings = scanner.find(whole);
    if (json) {
      terminal.out().print(Json.pretty(Map.of("findings", findings.stream().map(finding -> Found.of(finding, whole)).toList())));
      return;
    }
    for (Finding finding : findings) {
      terminal.out().printf(
          Locale.ROOT, "%-16s %.2f  %s  (%s)%n", finding.kind().key(), finding.confidence(), highlighted(whole, finding), finding.why());
    }
    terminal.out().println(findings.isEmpty() ? "nothing was found" : findings.size() + " found");
  }

  /// A finding as JSON tells it.
  private record Found(String kind, int from, int to, String text, double confidence, String why) {
    static Found of(Finding finding, String whole) {
      return new Found(finding.kind().key(), finding.span().from(), finding.span().to(), finding.in(whole), finding.confidence(), finding.why());
    }
  }

  /// The finding between what stands around it, on one line: in colour for a person, else between ⟦ and ⟧.
  private String highlighted(String whole, Finding finding) {
    int from = border(whole, Math.max(0, finding.span().from() - AROUND));
    int to = border(whole, Math.min(whole.length(), finding.span().to() + AROUND));
    String open = terminal.interactive() ? MARK : "⟦";
    String close = terminal.interactive() ? PLAIN : "⟧";
    String line = whole.substring(from, finding.span().from()) + open + finding.in(whole) + close + whole.substring(finding.span().to(), to);
    return line.replace("\r", "").replace('\n', '⏎').replace('\t', ' ');
  }

  private static int border(String whole, int at) {
    return at > 0 && at < whole.length() && Character.isLowSurrogate(whole.charAt(at)) && Character.isHighSurrogate(whole.charAt(at - 1)) ? at - 1 : at;
  }
}
