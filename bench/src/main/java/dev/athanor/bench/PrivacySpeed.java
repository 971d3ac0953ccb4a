package dev.athanor.bench;

import dev.athanor.data.privacy.LabelledText;
import dev.athanor.data.privacy.PrivacyScanner;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
  int megabytes;

  @Option(names = "--document", paramLabel = "<chars>", defaultValue = "5000", description = "about so long are documents (default: 5000)")
  int document;

  @Option(names = "--repeats", paramLabel = "<n>", defaultValue = "5", description = "counted, after two that are not (default: 5)")
  int repeats;

  @Parameters(paramLabel = "<file>", arity = "0..*", description = "UTF-8 texts")
  List<Path> files = new ArrayList<>();

  public static void main(String[] args) {
    System.exit(Benchmark.run(new PrivacySpeed(), args));
  }

  @Override
  public Integer call() throws Exception {
    PrivacyScanner scanner = PrivacyScanner.standard();
    for (Path file : files) {
      measure(file.getFileName().toString(), scanner, documents(head(file)));
    }
    String labelled = LabelledText.all().stream().map(LabelledText::text).collect(Collectors.joining("\n"));
    measure("labelled texts", scanner, documents((labelled + "\n").repeat(60)));
    return 0;
  }

  private void measure(String name, PrivacyScanner scanner, List<String> documents) {
    double size = documents.stream().mapToLong(text -> text.getBytes(StandardCharsets.UTF_8).length).sum() / 1e6;
    List<Double> rates = new ArrayList<>();
    long found = 0;
    for (int round = -2; round < repeats; round++) {
      long begun = cpuNanos();
      found = documents.stream().mapToLong(text -> scanner.find(text).size()).sum();
      double seconds = (cpuNanos() - begun) / 1e9;
      if (round >= 0) {
        rates.add(size / seconds);
      }
    }
    rates.sort(null);
    System.out.printf(
        Locale.ROOT, "%-16s %6.1f MB  %6.1f MB/s (%.1f-%.1f)  %,d found, %.0f a megabyte%n",
        name, size, rates.get(rates.size() / 2), rates.getFirst(), rates.getLast(), found, found / size);
  }

  /// This thread's own time, so that others on the machine do not count.
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private String head(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(megabytes * 1_000_000), StandardCharsets.UTF_8);
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
