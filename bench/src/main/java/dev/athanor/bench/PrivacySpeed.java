package dev.athanor.bench;

import dev.athanor.data.privacy.EntityFinder;
import dev.athanor.data.privacy.EntityModel;
import dev.athanor.data.privacy.LabelledText;
import dev.athanor.data.privacy.PiiKind;
import dev.athanor.data.privacy.PrivacyScanner;
import dev.athanor.inference.WeightFormat;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// How fast personal data is looked for on one core: in files, and in the labelled texts again and again, which are as full of it as a text
/// can be. `bench/peers/privacy_speed.py` does the same with Presidio.
@Command(
    name = "PrivacySpeed",
    mixinStandardHelpOptions = true,
    description = "Megabytes of UTF-8 a second of one core's time, looking for personal data.")
final class PrivacySpeed implements Callable<Integer> {
  @Option(names = "--megabytes", paramLabel = "<n>", defaultValue = "20", description = "of each file, from its beginning (default: 20)")
  double megabytes;

  @Option(names = "--document", paramLabel = "<chars>", defaultValue = "5000", description = "about so long are documents (default: 5000)")
  int document;

  @Option(names = "--repeats", paramLabel = "<n>", defaultValue = "5", description = "counted (default: 5)")
  int repeats;

  @Option(names = "--warm-ups", paramLabel = "<n>", defaultValue = "2", description = "that are not counted (default: 2)")
  int warmUps;

  @Option(names = "--names-model", paramLabel = "<folder>", description = "a model that finds names besides; bench/peers/random_ner.py makes one to measure")
  @Nullable Path namesModel;

  @Option(names = "--names-weights", paramLabel = "<format>", description = "how its matrices are kept: F32, INT8, … (default: as stored)")
  @Nullable WeightFormat namesWeights;

  @Option(names = "--names-likely-only", description = "give the model only sentences that seem to hold a name")
  boolean likelyOnly;

  @Parameters(paramLabel = "<file>", arity = "0..*", description = "UTF-8 texts")
  List<Path> files = new ArrayList<>();

  public static void main(String[] args) {
    System.exit(Benchmark.run(new PrivacySpeed(), args));
  }

  @Override
  public Integer call() throws Exception {
    PrivacyScanner scanner = scanner();
    for (Path file : files) {
      measure(file.getFileName().toString(), scanner, documents(head(file)));
    }
    if (namesModel != null) {
      return 0;
    }
    String labelled = LabelledText.all().stream().map(LabelledText::text).collect(Collectors.joining("\n"));
    measure("labelled texts", scanner, documents((labelled + "\n").repeat(60)));
    return 0;
  }

  private PrivacyScanner scanner() {
    Path folder = namesModel;
    if (folder == null) {
      return PrivacyScanner.standard();
    }
    Set<PiiKind> all = EnumSet.allOf(PiiKind.class);
    EntityModel model = new EntityModel(folder, Map.of(), 0.7, likelyOnly, namesWeights);
    return new PrivacyScanner(all, 0.5, List.of("CN", "US", "GB"), false, EntityFinder.open(folder, model, all));
  }

  private void measure(String name, PrivacyScanner scanner, List<String> documents) {
    double size = documents.stream().mapToLong(text -> text.getBytes(StandardCharsets.UTF_8).length).sum() / 1e6;
    List<Double> rates = new ArrayList<>();
    long found = 0;
    for (int round = -warmUps; round < repeats; round++) {
      long begun = cpuNanos();
      found = documents.stream().mapToLong(text -> scanner.find(text).size()).sum();
      double seconds = (cpuNanos() - begun) / 1e9;
      if (round >= 0) {
        rates.add(size / seconds);
      }
    }
    rates.sort(null);
    System.out.printf(
        Locale.ROOT, "%-16s %6.2f MB  %8.4f MB/s (%.4f-%.4f)  %,d found, %.0f a megabyte%n",
        name, size, rates.get(rates.size() / 2), rates.getFirst(), rates.getLast(), found, found / size);
  }

  /// This thread's own time, so that others on the machine do not count.
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private String head(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes((int) (megabytes * 1e6)), StandardCharsets.UTF_8);
    }
  }

  private List<String> documents(String text) {
    List<String> all = new ArrayList<>();
    for (int start = 0; start < text.length(); ) {
      int end = text.indexOf('\n', Math.min(start + document, text.length() - 1));
      int stop = end < 0 ? text.length() : end + 1;
      all.add(text.substring(start, stop));
      start = stop;
    }
    return all;
  }
}
