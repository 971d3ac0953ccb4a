package dev.athanor.cli;

import dev.athanor.base.UserException;
import dev.athanor.cli.data.DocumentView;
import dev.athanor.data.Document;
import dev.athanor.data.SplitMix64;
import dev.athanor.data.engine.DataFolder;
import dev.athanor.data.engine.DocumentPass;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "inspect",
    description = {
      "Page through the documents of a finished data run: those that were dropped, with the reason and the offending part marked, or"
          + " those that were kept. On a terminal Enter shows the next and q ends.",
    },
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  athanor data inspect corpora/web --dropped",
      "  athanor data inspect corpora/web --dropped --step gopher-quality --reason 'mean word length'",
      "  athanor data inspect corpora/web --kept --random --count 5",
      "  athanor data inspect corpora/web --kept --contains '人工智能' --full"
    })
final class DataInspectCommand implements Callable<Integer> {
  @Parameters(paramLabel = "<folder>", description = "of a data run")
  @Nullable Path folder;

  @Option(names = "--dropped", description = "documents that were dropped (this unless --kept)")
  boolean dropped;

  @Option(names = "--kept", description = "documents that came through")
  boolean kept;

  @Option(names = "--step", paramLabel = "<name>", description = "dropped by this step alone")
  @Nullable String step;

  @Option(names = "--reason", paramLabel = "<text>", description = "dropped for a reason that holds this")
  @Nullable String reason;

  @Option(names = "--source", paramLabel = "<name>", description = "of this source")
  @Nullable String source;

  @Option(names = "--language", paramLabel = "<name>", description = "of this language")
  @Nullable String language;

  @Option(names = "--contains", paramLabel = "<text>", description = "with this in the text or the id")
  @Nullable String contains;

  @Option(names = "--random", description = "drawn from all of them, instead of the first")
  boolean random;

  @Option(names = "--seed", paramLabel = "<n>", defaultValue = "1", description = "of what --random draws (default: ${DEFAULT-VALUE})")
  long seed = 1;

  @Option(names = "--count", paramLabel = "<n>", description = "how many (default: 10; on a terminal until q)")
  @Nullable Integer count;

  @Option(names = "--full", description = "the whole text of each, not 2,000 characters around what is marked")
  boolean full;

  private final Terminal terminal;

  DataInspectCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (kept && (dropped || step != null || reason != null)) {
      throw new UserException("--kept documents have neither --step nor --reason; leave --kept out to see the dropped");
    }
    Integer asked = count;
    if (asked != null && asked < 1) {
      throw new UserException("--count must be at least 1, not " + asked);
    }
    DataFolder data = DataFolder.open(Objects.requireNonNull(folder, "picocli requires it"));
    String wanted = step;
    if (wanted != null && data.report().steps().stream().noneMatch(count -> count.name().equals(wanted))) {
      throw new UserException(
          "no step '" + wanted + "' in this run; its steps are " + String.join(", ", data.report().steps().stream().map(count -> count.name()).toList()));
    }
    int most = asked != null ? asked : terminal.interactive() && !random ? Integer.MAX_VALUE : 10;
    try (Stream<Document> all = kept ? data.kept() : data.dropped()) {
      Stream<Document> chosen = all.filter(this::isWanted);
      int shown = show(random ? drawn(chosen, most).iterator() : chosen.iterator(), most);
      if (shown == 0) {
        terminal.out().println("no such document was " + (kept ? "kept" : "dropped"));
      }
    }
    return 0;
  }

  private boolean isWanted(Document document) {
    return (step == null || step.equals(document.metadata().get(DocumentPass.DROP_STEP)))
        && (reason == null || document.metadata().getOrDefault(DocumentPass.DROP_REASON, "").contains(reason))
        && (source == null || source.equals(document.metadata().get(DocumentPass.SOURCE)))
        && (language == null || language.equals(document.metadata().getOrDefault("language", document.language())))
        && (contains == null || document.text().contains(contains) || document.id().contains(contains));
  }

  /// Some of them, each with the same chance (Vitter's algorithm R), in their order.
  private List<Document> drawn(Stream<Document> documents, int most) {
    record Numbered(int number, Document document) {}
    var random64 = new SplitMix64(seed);
    List<Numbered> drawn = new ArrayList<>();
    int number = 0;
    for (Iterator<Document> each = documents.iterator(); each.hasNext(); number++) {
      Document document = each.next();
      if (drawn.size() < most) {
        drawn.add(new Numbered(number, document));
      } else {
        int place = random64.below(number + 1);
        if (place < most) {
          drawn.set(place, new Numbered(number, document));
        }
      }
    }
    return drawn.stream().sorted(java.util.Comparator.comparingInt(Numbered::number)).map(Numbered::document).toList();
  }

  private int show(Iterator<Document> documents, int most) {
    var view = new DocumentView(terminal.interactive(), full ? 0 : 2000);
    var keys = new BufferedReader(new InputStreamReader(terminal.in(), StandardCharsets.UTF_8));
    int shown = 0;
    while (shown < most && documents.hasNext()) {
      if (shown > 0) {
        terminal.out().println("─".repeat(60));
      }
      view.lines(documents.next()).forEach(terminal.out()::println);
      shown++;
      if (terminal.interactive() && shown < most && documents.hasNext() && isEnd(keys)) {
        break;
      }
    }
    return shown;
  }

  private boolean isEnd(BufferedReader keys) {
    terminal.out().print("— Enter: next, q: end — ");
    terminal.out().flush();
    try {
      String line = keys.readLine();
      return line == null || line.strip().equalsIgnoreCase("q");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read from the terminal", e);
    }
  }
}
