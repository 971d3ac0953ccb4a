package dev.athanor.bench;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.data.Document;
import dev.athanor.data.dedup.MinhashDuplicates;
import dev.athanor.data.dedup.Tokens;
import dev.athanor.data.dedup.Unit;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// How fast MinHash signatures are made on one core, beside datasketch on the same documents, in turns.
@Command(
    name = "MinHashSpeed",
    mixinStandardHelpOptions = true,
    description = "Documents and megabytes a second from text to MinHash signature, beside datasketch where --python has it.")
final class MinHashSpeed implements Callable<Integer> {
  private static final String PEERS = "bench/peers/minhash_speed.py";

  @Option(names = "--python", paramLabel = "<python>", description = "with datasketch installed (default: ours alone)")
  @Nullable String python;

  @Option(names = "--document", paramLabel = "<chars>", defaultValue = "4000", description = "about so long are documents (default: 4000)")
  int document;

  @Option(names = "--most", paramLabel = "<n>", defaultValue = "1000", description = "documents of each file (default: 1000)")
  int most;

  @Option(names = "--bands", paramLabel = "<n>", defaultValue = "14", description = "of the signature (default: 14)")
  int bands;

  @Option(names = "--rows", paramLabel = "<n>", defaultValue = "8", description = "of a band (default: 8)")
  int rows;

  @Option(names = "--repeats", paramLabel = "<n>", defaultValue = "5", description = "counted, after two that are not (default: 5)")
  int repeats;

  @Parameters(paramLabel = "<file>", arity = "1..*", description = "UTF-8 texts")
  List<Path> files = new ArrayList<>();

  private static final int SHINGLE = 5;

  public static void main(String[] args) {
    System.exit(Benchmark.run(new MinHashSpeed(), args));
  }

  @Override
  public Integer call() throws Exception {
    System.out.printf("%d × %d permutations, documents of about %d characters, one core; MB/s: median (range)%n", bands, rows, document);
    for (Path file : files) {
      measure(file);
    }
    return 0;
  }

  private void measure(Path file) throws IOException {
    List<Document> documents = documents(file);
    double megabytes = documents.stream().mapToLong(each -> each.text().getBytes(StandardCharsets.UTF_8).length).sum() / 1e6;
    var step = new MinhashDuplicates(new MinhashDuplicates.Lsh(bands, rows), SHINGLE, Tokens.Cut.AUTO, Unit.DOCUMENT, 1, 0, 1);
    Map<String, List<Double>> rates = new LinkedHashMap<>();
    String python = this.python;
    try (Peer peer = python == null ? null : new Peer(python, documents, bands * rows)) {
      for (int round = -2; round < repeats; round++) {
        note(rates, "ours", round, megabytes / ours(step, documents));
        if (peer != null && round > -2) {
          for (String name : List.of("datasketch", "datasketch-hashing")) {
            note(rates, name, round, megabytes / peer.seconds(name));
          }
        }
      }
    }
    System.out.printf(Locale.ROOT, "%n%s: %.1f MB, %,d documents%n", file.getFileName(), megabytes, documents.size());
    double perMegabyte = documents.size() / megabytes;
    rates.forEach(
        (name, all) -> {
          var measured = new Measured(all);
          System.out.printf(Locale.ROOT, "  %-20s %s MB/s, %,.0f documents/s%n", name, measured.text(), measured.median() * perMegabyte);
        });
    List<Double> ours = rates.getOrDefault("ours", List.of());
    rates.forEach(
        (name, all) -> {
          if (!name.equals("ours")) {
            System.out.printf(Locale.ROOT, "  ours : %-13s %s%n", name, ratios(ours, all).text());
          }
        });
  }

  private static Measured ratios(List<Double> ours, List<Double> theirs) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < theirs.size(); i++) {
      ratios.add(ours.get(i) / theirs.get(i));
    }
    return new Measured(ratios);
  }

  private static void note(Map<String, List<Double>> rates, String name, int round, double rate) {
    if (round >= 0) {
      rates.computeIfAbsent(name, _ -> new ArrayList<>()).add(rate);
    }
  }

  private static double ours(MinhashDuplicates step, List<Document> documents) {
    long begun = System.nanoTime();
    long bytes = 0;
    for (Document each : documents) {
      bytes += step.sign(each).length;
    }
    if (bytes == 0) {
      throw new UserException("the documents are empty");
    }
    return (System.nanoTime() - begun) / 1e9;
  }

  /// By lines.
  private List<Document> documents(Path file) throws IOException {
    List<Document> all = new ArrayList<>();
    var text = new StringBuilder();
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null && all.size() < most; line = lines.readLine()) {
        text.append(line).append('\n');
        if (text.length() >= document) {
          String id = "d" + all.size();
          all.add(new Document(id, text.toString(), file.toString(), id, "unknown", "text", Map.of()));
          text.setLength(0);
        }
      }
    }
    return all;
  }

  /// The peer's process, which answers a line with a line.
  private static final class Peer implements AutoCloseable {
    private final Process process;
    private final BufferedReader in;
    private final BufferedWriter out;
    private final Path documents;

    Peer(String python, List<Document> texts, int permutations) throws IOException {
      Path script = Path.of(System.getenv().getOrDefault("ATHANOR_HOME", "."), PEERS);
      if (!Files.exists(script)) {
        throw new UserException("no " + PEERS + " here: start it as bench/run MinHashSpeed in the project's folder");
      }
      documents = Files.createTempFile("documents", ".json");
      Files.writeString(documents, Json.MAPPER.writeValueAsString(texts.stream().map(Document::text).toList()));
      var builder =
          new ProcessBuilder(python, script.toString(), documents.toString(), String.valueOf(permutations), String.valueOf(SHINGLE));
      builder.redirectError(ProcessBuilder.Redirect.INHERIT);
      process = builder.start();
      in = process.inputReader(StandardCharsets.UTF_8);
      out = process.outputWriter(StandardCharsets.UTF_8);
      if (!"ready".equals(in.readLine())) {
        throw new UserException(python + " cannot run " + script + ": it needs the package datasketch");
      }
    }

    double seconds(String name) throws IOException {
      out.write(name);
      out.newLine();
      out.flush();
      String line = in.readLine();
      if (line == null) {
        throw new UserException("the peer's process ended");
      }
      return Double.parseDouble(line.substring(0, line.indexOf(' ')));
    }

    @Override
    public void close() throws IOException {
      process.destroy();
      Files.deleteIfExists(documents);
    }
  }
}
