package dev.athanor.cli;

import dev.athanor.base.UserException;
import dev.athanor.cli.model.ByteSize;
import dev.athanor.inference.CpuOptions;
import dev.athanor.inference.EngineOptions;
import dev.athanor.inference.Eviction;
import dev.athanor.inference.KvFormat;
import dev.athanor.inference.WeightFormat;
import dev.athanor.inference.WeightFormats;
import dev.athanor.tensor.Device;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How a model is run: what every command that generates takes.
final class EngineFlags {
  private static final int DEFAULT_SINKS = 16;
  private static final long DEFAULT_SPILL = 4_000_000_000L;
  private static final int MOST_THREADS = 1024;

  @Option(
      names = "--weights",
      paramLabel = "<format>",
      description = "keep the matrices as f32, f16, bf16, int8 or int4 (default: as they are stored; of a .gguf file q8_0 as int8, q4_0 as int4)")
  @Nullable String weights;

  @Option(
      names = "--head",
      paramLabel = "<format>",
      description = "the vocabulary's matrix (default: as the others, but int8 where those are int4)")
  @Nullable String head;

  @Option(names = "--kv", paramLabel = "<format>", description = "keep keys and values as f32, f16 or int8 (default: f32)")
  String kv = "f32";

  @Option(
      names = "--kv-tokens",
      paramLabel = "<n>",
      description = "tokens whose keys and values are kept at most, of all requests together (default: what memory allows)")
  @Nullable Long kvTokens;

  @Option(names = "--threads", paramLabel = "<n>", description = "that compute (default: all cores)")
  @Nullable Integer threads;

  @Option(names = "--max-running", paramLabel = "<n>", description = "requests computed together (default: 8)")
  int maxRunning = EngineOptions.DEFAULT.maxRunning();

  @Option(
      names = "--step-tokens",
      paramLabel = "<n>",
      description = "tokens computed in one step at most; fewer hold others up less (default: 128)")
  int stepTokens = EngineOptions.DEFAULT.stepTokens();

  @Option(names = "--no-prefix-cache", description = "compute again what earlier requests began with")
  boolean noPrefixCache;

  @Option(names = "--no-speculation", description = "do not guess tokens from the text; the text is the same either way")
  boolean noSpeculation;

  @Option(
      names = "--kv-window",
      paramLabel = "<n>",
      description = "keep keys and values of the last n tokens and of the first ones alone; takes less memory and changes the text")
  @Nullable Integer kvWindow;

  @Option(names = "--kv-sinks", paramLabel = "<n>", description = "first tokens that --kv-window keeps (default: 16)")
  @Nullable Integer kvSinks;

  @Option(
      names = "--kv-spill",
      paramLabel = "<folder>",
      description = "requests that give their memory to others leave what is computed in a file there, instead of computing it again")
  @Nullable Path kvSpill;

  @Option(
      names = "--kv-spill-size",
      paramLabel = "<size>",
      converter = ByteSize.Converter.class,
      description = "that the file takes at most (default: 4GB)")
  @Nullable ByteSize kvSpillSize;

  @Option(
      names = "--draft-model",
      paramLabel = "<model>",
      description = "a smaller model of the same vocabulary guesses tokens; the text is the same, and comes sooner where it is often right")
  @Nullable String draftModel;

  @Option(
      names = "--runner",
      paramLabel = "<name>",
      description = "cpu: the kernels written in Java; torch: LibTorch (default: cpu, or torch with --device or --gpu-layers)")
  @Nullable String runner;

  @Option(
      names = "--device",
      paramLabel = "<device>",
      description = "where LibTorch computes: cpu or cuda (default: cuda with --gpu-layers, else cpu)")
  @Nullable String device;

  @Option(
      names = "--gpu-layers",
      paramLabel = "<n>",
      description = "only the model's first n layers over LibTorch, the others by the kernels written in Java")
  @Nullable Integer gpuLayers;

  /// @throws UserException that names the option
  Launch launch() {
    return new Launch(options(), placement());
  }

  private Placement placement() {
    Backend backend =
        runner == null
            ? device == null && gpuLayers == null ? Backend.CPU : Backend.TORCH
            : parse("--runner", runner, Backend.class);
    requirePositive("--gpu-layers", gpuLayers == null ? 1 : gpuLayers);
    Device where =
        device == null ? (gpuLayers == null ? Device.CPU : Device.CUDA) : parse("--device", device, Device.class);
    return switch (backend) {
      case CPU -> {
        if (device != null || gpuLayers != null) {
          throw new UserException("--device and --gpu-layers say what LibTorch computes, and --runner cpu leaves it out; leave one out");
        }
        yield new Placement.Kernels();
      }
      case TORCH -> gpuLayers == null ? new Placement.Torch(where) : new Placement.Hybrid(where, gpuLayers);
    };
  }

  private enum Backend {
    CPU,
    TORCH
  }

  /// @throws UserException that names the option
  EngineOptions options() {
    requirePositive("--threads", threads == null ? 1 : threads);
    if (threads != null && threads > MOST_THREADS) {
      throw new UserException("--threads must be at most " + MOST_THREADS + ", not " + threads);
    }
    requirePositive("--kv-tokens", kvTokens == null ? 1 : kvTokens);
    requirePositive("--max-running", maxRunning);
    requirePositive("--step-tokens", stepTokens);
    CpuOptions defaults = EngineOptions.DEFAULT.runner();
    CpuOptions kernels =
        new CpuOptions(
            new WeightFormats(format("--weights", weights), format("--head", head)),
            parse("--kv", kv, KvFormat.class),
            kvTokens == null ? defaults.kvTokens() : kvTokens,
            eviction(),
            threads == null ? defaults.threads() : threads);
    if (draftModel != null && noSpeculation) {
      throw new UserException("--draft-model guesses tokens and --no-speculation forbids it; leave one out");
    }
    return new EngineOptions(
        maxRunning,
        EngineOptions.DEFAULT.maxWaiting(),
        EngineOptions.DEFAULT.maxPromptTokens(),
        stepTokens,
        !noPrefixCache,
        !noSpeculation,
        spill(),
        draftModel == null ? null : Path.of(draftModel),
        kernels);
  }

  private Eviction eviction() {
    requirePositive("--kv-window", kvWindow == null ? 1 : kvWindow);
    if (kvSinks != null && (kvWindow == null || kvSinks < 0)) {
      throw new UserException("--kv-sinks is at least 0, and needs --kv-window");
    }
    return kvWindow == null ? Eviction.NONE : new Eviction(kvSinks == null ? DEFAULT_SINKS : kvSinks, kvWindow);
  }

  private EngineOptions.@Nullable Spill spill() {
    if (kvSpill == null) {
      if (kvSpillSize != null) {
        throw new UserException("--kv-spill-size needs --kv-spill");
      }
      return null;
    }
    return new EngineOptions.Spill(kvSpill, kvSpillSize == null ? DEFAULT_SPILL : kvSpillSize.bytes());
  }

  private static Optional<WeightFormat> format(String option, @Nullable String value) {
    return value == null ? Optional.empty() : Optional.of(parse(option, value, WeightFormat.class));
  }

  static <E extends Enum<E>> E parse(String option, String value, Class<E> type) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equalsIgnoreCase(value)) {
        return constant;
      }
    }
    String all =
        Arrays.stream(type.getEnumConstants())
            .map(constant -> constant.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "));
    throw new UserException(option + " is one of " + all + ", not '" + value + "'");
  }

  static void requirePositive(String option, long value) {
    if (value < 1) {
      throw new UserException(option + " must be at least 1, not " + value);
    }
  }
}
