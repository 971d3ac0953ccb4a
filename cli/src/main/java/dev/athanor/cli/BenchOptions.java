package dev.athanor.cli;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.UserException;
import dev.athanor.cli.bench.BenchReport;
import dev.athanor.cli.bench.RandomWeights;
import dev.athanor.cli.bench.Setting;
import dev.athanor.inference.CpuOptions;
import dev.athanor.inference.CpuRunner;
import dev.athanor.inference.Runner;
import dev.athanor.inference.StoredFormats;
import dev.athanor.inference.WeightFormat;
import dev.athanor.inference.WeightFormats;
import dev.athanor.model.DecoderWeights;
import dev.athanor.model.WeightSource;
import dev.athanor.model.families.PublishedShapes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What a benchmark measures, and where its result goes.
final class BenchOptions {
  @Parameters(
      arity = "0..1",
      paramLabel = "<model>",
      description = "a model folder, a .gguf file or a released model's name (default: the one released last)")
  @Nullable String named;

  @Option(names = "--model", paramLabel = "<model>", description = "the same")
  @Nullable String model;

  @Option(
      names = "--shape",
      paramLabel = "<name>",
      description = "random weights in a known model's shape: ${COMPLETION-CANDIDATES}",
      completionCandidates = PlanCommand.ShapeNames.class)
  @Nullable String shape;

  @Option(names = "--json", paramLabel = "<file>", description = "write the result as JSON; - for standard output, instead of the table")
  @Nullable String json;

  @Option(names = "--html", paramLabel = "<file>", description = "write the result as a page with charts")
  @Nullable Path html;

  /// The model that is named, by one way at most.
  @Nullable String reference() {
    if (model != null && named != null) {
      throw new UserException("the model is named twice, as '" + named + "' and by --model as '" + model + "'");
    }
    String said = model == null ? named : model;
    if (said != null && shape != null) {
      throw new UserException("a model or --shape, one of them, not both '" + said + "' and '" + shape + "'");
    }
    return said;
  }

  /// Fails before anything is measured where a result could not be written.
  void check() {
    for (Path file : files()) {
      if (Files.isDirectory(file)) {
        throw new UserException(file + " is a folder; name a file to write the result to");
      }
    }
    var _ = reference();
  }

  private List<Path> files() {
    Optional<Path> data = Optional.ofNullable(json).filter(file -> !file.equals("-")).map(Path::of);
    return java.util.stream.Stream.concat(data.stream(), Optional.ofNullable(html).stream()).toList();
  }

  /// What is called so, its weights open.
  ///
  /// @param path null where they are made up
  record Named(String name, DecoderWeights weights, @Nullable Path path) implements AutoCloseable {
    /// @throws UserException when made-up weights are to run where only files can
    Runner runner(Launch launch) {
      if (path != null) {
        return launch.placement().open(path, launch.engine().runner());
      }
      if (!(launch.placement() instanceof Placement.Kernels)) {
        throw new UserException("--shape runs on the CPU's kernels alone; for LibTorch write a model with athanor model new and name it");
      }
      return CpuRunner.of(weights, launch.engine().runner());
    }

    @Override
    public void close() {
      if (weights instanceof WeightSource source) {
        source.close();
      }
    }
  }

  Named open(ModelOpener opener) {
    String said = reference();
    if (shape != null) {
      return new Named(shape, RandomWeights.of(shape, PublishedShapes.named(shape)), null);
    }
    ModelOpener.Place place = opener.place(said);
    return new Named(place.name(), StoredFormats.open(place.path()), place.path());
  }

  /// Of weights that are run here.
  static Setting setting(Named named, CpuOptions options, double readBytes) {
    WeightFormats formats = StoredFormats.of(named.weights(), options.weights());
    String blocks = formats.blocks().map(WeightFormat::key).orElse("stored");
    String head =
        formats.head().map(WeightFormat::key).orElse(formats.blocks().filter(format -> format == WeightFormat.INT4).isPresent() ? "int8" : blocks);
    return new Setting(
        version(),
        named.name(),
        named.weights().decoder().parameters(),
        blocks,
        head,
        options.kv().name().toLowerCase(Locale.ROOT),
        options.threads(),
        Runtime.version().toString(),
        machine(),
        readBytes / 1e9);
  }

  /// Of a model that a server runs.
  static Setting setting(String model, String url) {
    return new Setting(
        version(), model + " at " + url, 0, "", "", "", Runtime.getRuntime().availableProcessors(), Runtime.version().toString(), machine(), Double.NaN);
  }

  private static String version() {
    return new Athanor.Version().getVersion()[0].replaceAll("^athanor | \\(Java.*$", "");
  }

  private static String machine() {
    return "%s %s, %d processors"
        .formatted(System.getProperty("os.name"), System.getProperty("os.arch"), Runtime.getRuntime().availableProcessors());
  }

  /// Prints the result and writes it where it is wanted.
  void tell(BenchReport report, Terminal terminal) {
    if ("-".equals(json)) {
      terminal.out().print(report.json());
    } else {
      report.lines().forEach(terminal.out()::println);
    }
    terminal.out().flush();
    if (json != null && !json.equals("-")) {
      AtomicFile.writeString(Path.of(json), report.json());
      terminal.err().println("wrote " + json);
    }
    if (html != null) {
      AtomicFile.writeString(html, report.html());
      terminal.err().println("wrote " + html);
    }
  }

  static void requireWithin(String option, long value, long least, long most) {
    if (value < least || value > most) {
      throw new UserException(
          most == Integer.MAX_VALUE
              ? "%s must be at least %,d, not %,d".formatted(option, least, value)
              : "%s must be between %,d and %,d, not %,d".formatted(option, least, most, value));
    }
  }
}
