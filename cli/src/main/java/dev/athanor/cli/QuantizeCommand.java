package dev.athanor.cli;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.cli.model.Amounts;
import dev.athanor.cli.model.OutputPlace;
import dev.athanor.cli.quantize.Comparison;
import dev.athanor.cli.quantize.QuantizedOutput;
import dev.athanor.cli.quantize.Samples;
import dev.athanor.cli.quantize.Texts;
import dev.athanor.eval.report.QuantizationReport;
import dev.athanor.inference.KvFormat;
import dev.athanor.inference.WeightFormat;
import dev.athanor.inference.quantize.Method;
import dev.athanor.inference.quantize.PostTraining;
import dev.athanor.inference.quantize.WeightChoices;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.StoredWeight;
import dev.athanor.model.gguf.GgufModel;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.Tokenizers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "quantize",
    description = "Make whole numbers of 8 or 4 bits of a trained decoder's matrices, and say what that costs.",
    sortOptions = false,
    abbreviateSynopsis = true,
    footer = {
      "",
      "Methods: rtn rounds to the nearest and needs no text. awq scales columns whose inputs are",
      "large before it rounds, gptq makes up for the rounding of a column with the next ones,",
      "awq-gptq does both. These look at a text: --calibration, or what the model writes itself.",
      "",
      "Examples:",
      "  athanor quantize runs/quickstart/model --weights int8 --method rtn",
      "  athanor quantize runs/quickstart/model --method gptq --calibration train.jsonl.gz --output small",
      "  athanor quantize models/qwen --keep layers.0=int8,self_attn.o_proj=int8,head=f16 --output small",
      "  athanor quantize models/qwen --format gguf --output qwen-q4.gguf",
      "  athanor quantize runs/quickstart/model --evaluate validation.jsonl.gz --compare --kv"
    })
final class QuantizeCommand implements Callable<Integer> {
  /// Of one text that is looked at; memory and time grow with it, and little is learned from more.
  private static final int LONGEST = 512;

  @Parameters(paramLabel = "<model>", description = "a decoder's folder")
  @Nullable Path model;

  @Option(names = "--method", paramLabel = "<method>", description = "rtn, awq, gptq or awq-gptq (default: awq-gptq for int4, rtn for int8)")
  @Nullable String method;

  @Option(names = "--weights", paramLabel = "<format>", defaultValue = "int4", description = "of the blocks' matrices: int8 or int4 (default: ${DEFAULT-VALUE})")
  String weights = "int4";

  @Option(names = "--head", paramLabel = "<format>", description = "the vocabulary's matrix (default: int8)")
  @Nullable String head;

  @Option(
      names = "--keep",
      paramLabel = "<part>=<format>",
      split = ",",
      description = "other choices, by a part of the weights' names: head=f32, layers.0=int8, mlp.down_proj=f16")
  SequencedMap<String, String> keep = new LinkedHashMap<>();

  @Option(
      names = "--calibration",
      paramLabel = "<file>",
      description = "text to look at, plain or .jsonl(.gz) with a 'text' a line (default: what the model writes itself)")
  @Nullable Path calibration;

  @Option(names = "--tokens", paramLabel = "<n>", defaultValue = "16384", description = "of it (default: ${DEFAULT-VALUE})")
  long tokens = 16_384;

  @Option(names = "--seed", paramLabel = "<n>", defaultValue = "1", description = "of what the model writes itself (default: ${DEFAULT-VALUE})")
  long seed = 1;

  @Option(
      names = "--format",
      paramLabel = "<format>",
      description = "folder (compressed-tensors) or gguf (default: gguf where the output's name ends so)")
  @Nullable String format;

  @Option(names = "--output", paramLabel = "<place>", description = "a folder, or a file that ends in .gguf (default: beside the model)")
  @Nullable Path output;

  @Option(names = "--force", description = "replace a checkpoint that is there")
  boolean force;

  @Option(names = "--evaluate", paramLabel = "<file>", description = "measure perplexity, KL and speed, on this text")
  @Nullable Path evaluate;

  @Option(names = "--evaluate-tokens", paramLabel = "<n>", defaultValue = "50000", description = "of it (default: ${DEFAULT-VALUE})")
  long evaluateTokens = 50_000;

  @Option(names = "--compare", description = "measure the other methods beside it, and int8")
  boolean compare;

  @Option(names = "--kv", description = "measure keys and values in f16 and int8 too")
  boolean kv;

  @Option(names = "--report", paramLabel = "<file>", description = "the page to write what was measured to, with .json beside it (default: <output>.report.html)")
  @Nullable Path report;

  @Option(names = "--threads", paramLabel = "<n>", description = "that compute (default: all cores)")
  @Nullable Integer threads;

  private final Terminal terminal;

  QuantizeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /// What was asked for, once it is known to be possible.
  private record Plan(Method method, WeightFormat weights, QuantizedOutput format, Path output, WeightChoices choices) {
    String name() {
      return weights.key() + " " + method.key();
    }
  }

  @Override
  public Integer call() {
    Path from = Objects.requireNonNull(model, "picocli requires it");
    requirePossible(from);
    Progress progress = terminal.progress();
    try (CheckpointDir dir = CheckpointDir.open(from)) {
      if (dir.isQuantized()) {
        throw new UserException(from + " is quantized already; quantize the model that it was made of");
      }
      Plan plan = plan(from, dir.decoder());
      Texts measured = evaluate == null ? Texts.NONE : texts("--evaluate", evaluate, dir, Integer.MAX_VALUE, evaluateTokens);
      Texts looked = calibration(plan, dir, progress);
      Map<String, StoredWeight> quantized = quantize(plan.method, plan.choices, looked, dir, progress);
      plan.format.write(dir, quantized, plan.output);
      if (!looked.what().isEmpty()) {
        terminal.out().println("calibrated on " + looked.what());
      }
      if (calibration != null && !plan.method.calibrates()) {
        terminal.out().println(plan.name() + " looks at no text: --calibration is not of it");
      }
      terminal.out().println("wrote " + plan.output);
      if (evaluate != null) {
        compare(plan, dir, quantized, looked, measured, progress);
      }
    }
    return 0;
  }

  private void requirePossible(Path from) {
    if (from.toString().endsWith(".gguf")) {
      throw new UserException(from + " is a GGUF file; make a folder of it first: athanor model convert " + from + " <folder>");
    }
    if (evaluate == null && (compare || kv || report != null)) {
      throw new UserException("--compare, --kv and --report go with --evaluate <file>, the text to measure on");
    }
    EngineFlags.requirePositive("--tokens", tokens);
    EngineFlags.requirePositive("--evaluate-tokens", evaluateTokens);
    EngineFlags.requirePositive("--threads", threads == null ? 1 : threads);
    for (Path file : Arrays.asList(calibration, evaluate)) {
      if (file != null && !Files.isRegularFile(file)) {
        throw new UserException("no such file: " + file);
      }
    }
  }

  private Plan plan(Path from, DecoderSpec spec) {
    WeightFormat wanted =
        Stream.of(WeightFormat.INT8, WeightFormat.INT4)
            .filter(format -> format.key().equalsIgnoreCase(weights))
            .findFirst()
            .orElseThrow(
                () -> new UserException("--weights is int8 or int4 here, not '" + weights + "'; athanor model convert writes f32, bf16 and f16"));
    Method chosen = method(wanted);
    QuantizedOutput kind = output == null || format != null ? format() : kind(output);
    String suffix = kind == QuantizedOutput.GGUF ? ".gguf" : "";
    Path place =
        output == null
            ? from.toAbsolutePath().normalize().resolveSibling(from.toAbsolutePath().normalize().getFileName() + "-" + wanted.key() + "-" + chosen.key() + suffix)
            : output;
    if (kind != kind(place)) {
      throw new UserException("--format " + kind.key() + " does not go with --output " + place + ": GGUF files end in .gguf, folders do not");
    }
    OutputPlace.require(place, force, List.of(from));
    if (kind == QuantizedOutput.GGUF) {
      GgufModel.requireWritable(spec);
    }
    return new Plan(chosen, wanted, kind, place, choices(spec, wanted));
  }

  private WeightChoices choices(DecoderSpec spec, WeightFormat wanted) {
    SequencedMap<String, WeightFormat> kept = new LinkedHashMap<>();
    keep.forEach((part, name) -> kept.put(part, EngineFlags.parse("--keep " + part, name, WeightFormat.class)));
    Optional<WeightFormat> vocabulary =
        head == null ? Optional.empty() : Optional.of(EngineFlags.parse("--head", head, WeightFormat.class));
    return WeightChoices.of(spec, wanted, vocabulary, kept);
  }

  private Method method(WeightFormat wanted) {
    if (method == null) {
      return wanted == WeightFormat.INT8 ? Method.RTN : Method.AWQ_GPTQ;
    }
    String all = Arrays.stream(Method.values()).map(Method::key).collect(Collectors.joining(", "));
    return Method.of(method).orElseThrow(() -> new UserException("--method is one of " + all + ", not '" + method + "'"));
  }

  private QuantizedOutput format() {
    return format == null ? QuantizedOutput.FOLDER : EngineFlags.parse("--format", format, QuantizedOutput.class);
  }

  private static QuantizedOutput kind(Path place) {
    return place.toString().endsWith(".gguf") ? QuantizedOutput.GGUF : QuantizedOutput.FOLDER;
  }

  private int threads() {
    return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
  }

  private static Tokenizer tokenizer(CheckpointDir dir) {
    if (!Tokenizers.isIn(dir.path())) {
      throw new UserException("%s has no %s to read a text with; --method rtn needs none".formatted(dir.path(), Tokenizers.FILE));
    }
    return Tokenizers.open(dir.path());
  }

  private static Texts texts(String option, Path file, CheckpointDir dir, int longest, long most) {
    return Texts.read(option, file, tokenizer(dir), longest, most);
  }

  private Texts calibration(Plan plan, CheckpointDir dir, Progress progress) {
    if (!plan.method.calibrates() && !compare) {
      return Texts.NONE;
    }
    if (calibration != null) {
      Texts read = texts("--calibration", calibration, dir, Math.min(LONGEST, dir.decoder().contextLength()), tokens);
      return read.named("%s tokens of %s".formatted(Amounts.exact(read.tokens()), calibration));
    }
    return Samples.write(dir, tokenizer(dir).endOfText(), tokens, seed, threads(), progress);
  }

  private Map<String, StoredWeight> quantize(
      Method by, WeightChoices choices, Texts looked, CheckpointDir dir, Progress progress) {
    return new PostTraining(by, choices, by.calibrates() ? looked.ids() : List.of(), threads()).of(dir, progress);
  }

  private void compare(
      Plan plan, CheckpointDir dir, Map<String, StoredWeight> quantized, Texts looked, Texts measured, Progress progress) {
    QuantizationReport result;
    try (Comparison comparison = new Comparison(dir, measured, threads(), progress)) {
      comparison.addOriginal();
      if (compare) {
        WeightChoices bytes = choices(dir.decoder(), WeightFormat.INT8);
        comparison.add("int8 rtn", dir.with(quantize(Method.RTN, bytes, looked, dir, progress)));
        WeightChoices nibbles = choices(dir.decoder(), WeightFormat.INT4);
        for (Method each : Method.values()) {
          boolean done = each == plan.method && plan.weights == WeightFormat.INT4;
          comparison.add(
              "int4 " + each.key(), dir.with(done ? quantized : quantize(each, nibbles, looked, dir, progress)));
        }
      }
      if (!compare || (plan.weights == WeightFormat.INT8 && plan.method != Method.RTN)) {
        comparison.add(plan.name(), dir.with(quantized));
      }
      if (kv) {
        comparison.add(KvFormat.F16);
        comparison.add(KvFormat.INT8);
      }
      result =
          new QuantizationReport(
              dir.path().toString(),
              "%d threads, Java %s".formatted(threads(), Runtime.version()),
              measured.what(),
              measured.tokens(),
              looked.what(),
              comparison.variants());
    }
    result.lines().forEach(terminal.out()::println);
    Path page = report == null ? plan.output.resolveSibling(plan.output.getFileName() + ".report.html") : report;
    String name = String.valueOf(page.getFileName());
    Path json = page.resolveSibling(name.endsWith(".html") ? name.substring(0, name.length() - 5) + ".json" : name + ".json");
    result.write(page, json);
    terminal.out().println("wrote " + page + " and " + json);
  }
}
