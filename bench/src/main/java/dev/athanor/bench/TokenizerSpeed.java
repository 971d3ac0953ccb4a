package dev.athanor.bench;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.Tokenizers;
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

/// How fast a byte-level tokenizer encodes, on one core and on all, beside Hugging Face's tokenizers and tiktoken with the same vocabulary
/// and the same documents, in turns.
@Command(
    name = "TokenizerSpeed",
    mixinStandardHelpOptions = true,
    description = "Megabytes of UTF-8 encoded a second, beside Hugging Face's tokenizers and tiktoken where --python has them.")
final class TokenizerSpeed implements Callable<Integer> {
  private static final String PEERS = "bench/peers/tokenizer_speed.py";

  @Option(names = "--tokenizer", required = true, paramLabel = "<folder>", description = "byte-level BPE, such as athanor tokenizer train writes")
  @Nullable Path tokenizer;

  @Option(names = "--python", paramLabel = "<python>", description = "with tokenizers and tiktoken installed (default: ours alone)")
  @Nullable String python;

  @Option(names = "--document", paramLabel = "<chars>", defaultValue = "10000", description = "about so long are documents (default: 10000)")
  int document;

  @Option(names = "--repeats", paramLabel = "<n>", defaultValue = "7", description = "counted, after two that are not (default: 7)")
  int repeats;

  @Parameters(paramLabel = "<file>", arity = "1..*", description = "UTF-8 texts")
  List<Path> files = new ArrayList<>();

  public static void main(String[] args) {
    System.exit(Benchmark.run(new TokenizerSpeed(), args));
  }

  @Override
  public Integer call() throws Exception {
    Path folder = tokenizer;
    if (folder == null) {
      throw new UserException("--tokenizer is missing");
    }
    Tokenizer own = Tokenizers.open(folder);
    int cores = Runtime.getRuntime().availableProcessors();
    System.out.printf("%s, %d cores, documents of about %d characters; MB/s: median (range)%n", folder, cores, document);
    for (Path file : files) {
      measure(own, folder, file, cores);
    }
    runs();
    return 0;
  }

  private void measure(Tokenizer own, Path folder, Path file, int cores) throws IOException {
    List<String> documents = documents(Files.readString(file));
    double megabytes = documents.stream().mapToLong(text -> text.getBytes(StandardCharsets.UTF_8).length).sum() / 1e6;
    Map<String, List<Double>> rates = new LinkedHashMap<>();
    Map<String, Long> tokens = new LinkedHashMap<>();
    try (Peers peers = python == null ? new Peers() : new Peers(python, folder, documents)) {
      for (int round = -2; round < repeats; round++) {
        time(rates, "ours", round, megabytes, tokens, () -> count(own, documents, 1));
        time(rates, "ours-batch", round, megabytes, tokens, () -> count(own, documents, cores));
        for (String peer : peers.names()) {
          if (round < 0 && round > -2) {
            continue;
          }
          Peers.Answer answer = peers.ask(peer);
          tokens.put(peer, answer.tokens);
          if (round >= 0) {
            rates.computeIfAbsent(peer, _ -> new ArrayList<>()).add(megabytes / answer.seconds);
          }
        }
      }
    }
    System.out.printf(Locale.ROOT, "%n%s: %.1f MB, %d documents%n", file.getFileName(), megabytes, documents.size());
    rates.forEach(
        (name, all) -> System.out.printf(Locale.ROOT, "  %-16s %s  %,d tokens%n", name, spread(all), tokens.get(name)));
    ratio(rates, "ours", "hf");
    ratio(rates, "ours", "tiktoken");
    ratio(rates, "ours-batch", "hf-batch");
    ratio(rates, "ours-batch", "tiktoken-batch");
    ratio(rates, "ours-batch", "ours");
  }

  private interface Work {
    long run();
  }

  private static void time(
      Map<String, List<Double>> rates, String name, int round, double megabytes, Map<String, Long> tokens, Work work) {
    long begun = System.nanoTime();
    tokens.put(name, work.run());
    double seconds = (System.nanoTime() - begun) / 1e9;
    if (round >= 0) {
      rates.computeIfAbsent(name, _ -> new ArrayList<>()).add(megabytes / seconds);
    }
  }

  private static long count(Tokenizer own, List<String> documents, int threads) {
    return own.encodeAll(documents, threads).stream().mapToLong(ids -> ids.length).sum();
  }

  /// By lines, so that no piece is cut.
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

  /// One letter, half a mebibyte of it: what stalls encoders whose time grows with the square of the length.
  private void runs() {
    Path folder = tokenizer;
    if (folder == null) {
      return;
    }
    Tokenizer own = Tokenizers.open(folder);
    String run = "a".repeat(512 * 1024);
    double best = Double.MAX_VALUE;
    for (int i = 0; i < 10; i++) {
      long begun = System.nanoTime();
      own.encode(run);
      best = Math.min(best, (System.nanoTime() - begun) / 1e6);
    }
    System.out.printf(Locale.ROOT, "%n512 KiB of one letter: %.1f ms at best%n", best);
  }

  private static String spread(List<Double> rates) {
    List<Double> sorted = rates.stream().sorted().toList();
    return String.format(
        Locale.ROOT, "%7.1f (%.1f-%.1f)", sorted.get(sorted.size() / 2), sorted.getFirst(), sorted.getLast());
  }

  private static void ratio(Map<String, List<Double>> rates, String name, String other) {
    List<Double> ours = rates.get(name);
    List<Double> theirs = rates.get(other);
    if (ours == null || theirs == null) {
      return;
    }
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      ratios.add(ours.get(i) / theirs.get(i));
    }
    System.out.printf("  %s : %s%s%n", name, other, spread(ratios));
  }

  /// The peers' process, which answers a line with a line.
  private static final class Peers implements AutoCloseable {
    record Answer(double seconds, long tokens) {}

    private final @Nullable Process process;
    private final @Nullable BufferedReader in;
    private final @Nullable BufferedWriter out;
    private final @Nullable Path documents;

    Peers() {
      process = null;
      in = null;
      out = null;
      documents = null;
    }

    Peers(String python, Path folder, List<String> texts) throws IOException {
      Path script = Path.of(System.getenv().getOrDefault("ATHANOR_HOME", "."), PEERS);
      if (!Files.exists(script)) {
        throw new UserException("no " + PEERS + " here: start it as bench/run TokenizerSpeed in the project's folder");
      }
      documents = Files.createTempFile("documents", ".json");
      Files.writeString(documents, Json.MAPPER.writeValueAsString(texts));
      ProcessBuilder builder = new ProcessBuilder(python, script.toString(), "encode", folder.toString(), documents.toString());
      builder.redirectError(ProcessBuilder.Redirect.INHERIT);
      process = builder.start();
      in = process.inputReader(StandardCharsets.UTF_8);
      out = process.outputWriter(StandardCharsets.UTF_8);
      if (!"ready".equals(in.readLine())) {
        throw new UserException(python + " cannot run " + script + ": it needs the packages tokenizers and tiktoken");
      }
    }

    List<String> names() {
      return process == null ? List.of() : List.of("hf", "tiktoken", "hf-batch", "tiktoken-batch");
    }

    Answer ask(String name) throws IOException {
      BufferedReader answers = in;
      BufferedWriter questions = out;
      if (answers == null || questions == null) {
        throw new IllegalStateException("there are no peers");
      }
      questions.write(name);
      questions.newLine();
      questions.flush();
      String line = answers.readLine();
      if (line == null) {
        throw new UserException("the peers' process ended");
      }
      int space = line.indexOf(' ');
      return new Answer(Double.parseDouble(line.substring(0, space)), Long.parseLong(line.substring(space + 1)));
    }

    @Override
    public void close() throws IOException {
      if (process != null) {
        process.destroy();
      }
      if (documents != null) {
        Files.deleteIfExists(documents);
      }
    }
  }
}
