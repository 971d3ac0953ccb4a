package dev.athanor.cli;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.cli.model.ByteSize;
import dev.athanor.cli.model.Inspection;
import dev.athanor.cli.plan.Devices;
import dev.athanor.cli.plan.Plan;
import dev.athanor.cli.plan.PlanText;
import dev.athanor.cli.plan.StoredPrecision;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Footprint;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.families.Families;
import dev.athanor.model.families.Family;
import dev.athanor.model.families.Form;
import dev.athanor.model.families.PublishedShapes;
import dev.athanor.model.families.Setting;
import dev.athanor.model.memory.Adapters;
import dev.athanor.model.memory.CacheNumbers;
import dev.athanor.model.memory.Device;
import dev.athanor.model.memory.InferenceRun;
import dev.athanor.model.memory.TrainingRun;
import dev.athanor.model.memory.UpdateRule;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// The options that say what a family's model is like are those of [Setting], added by [#with].
@Command(
    name = "plan",
    description = {
      "Say what a model takes in memory, to serve and to train, whether it fits, and the nearest that does. Of a checkpoint headers"
          + " alone are read.",
    },
    sortOptions = false,
    abbreviateSynopsis = true,
    footer = {
      "",
      "Examples:",
      "  athanor plan runs/quickstart/model",
      "  athanor plan qwen3-q8_0.gguf --memory 16GiB --precision int8 --sequences 8 --tokens 4096",
      "  athanor plan --shape qwen2.5-7b --device rtx4090 --train",
      "  athanor plan --shape llama-3.1-8b --device a100-80g --devices 8 --zero 3 --train --length 4096",
      "  athanor plan --shape llama-3.1-70b --device h100-80g --train --lora 16 --base int4",
      "  athanor plan --family qwen3 --vocab-size 8192 --hidden-size 512 --layers 8 --heads 8 --intermediate-size 1536 --json"
    })
final class PlanCommand implements Callable<Integer> {
  private static final int DEFAULT_TOKENS = 4096;
  private static final int DEFAULT_LENGTH = 2048;

  @Spec CommandSpec command = CommandSpec.create();

  @Parameters(paramLabel = "<checkpoint>", arity = "0..1", description = "a model's folder or a .gguf file")
  @Nullable Path checkpoint;

  @Option(names = "--shape", paramLabel = "<name>", description = "a known model's shape: ${COMPLETION-CANDIDATES}", completionCandidates = ShapeNames.class)
  @Nullable String shape;

  @Option(
      names = "--family",
      paramLabel = "<name>",
      description = "a model of this family, with the options at the end: ${COMPLETION-CANDIDATES}",
      completionCandidates = SettingOptions.FamilyNames.class)
  @Nullable String family;

  @Option(names = "--device", paramLabel = "<name>", description = "a GPU, such as rtx4090, a100-80g or h100-80g (default: this machine)")
  @Nullable String device;

  @Option(names = "--memory", paramLabel = "<size>", converter = ByteSize.Converter.class, description = "the memory there is, such as 24GiB")
  @Nullable ByteSize memory;

  @Option(names = "--serve", description = "serving alone")
  boolean serve;

  @Option(names = "--train", description = "training alone")
  boolean train;

  @Option(names = "--precision", paramLabel = "<name>", description = "weights to serve: f32, bf16, f16, int8, int4 (default: as a checkpoint stores them, f32 of a shape; bf16 on a GPU)")
  @Nullable String precision;

  @Option(names = "--kv", paramLabel = "<name>", description = "keys and values: f32, f16, int8 (default: f32 here, f16 on a GPU)")
  @Nullable String kv;

  @Option(names = "--sequences", paramLabel = "<n>", defaultValue = "1", description = "served at a time (default: ${DEFAULT-VALUE})")
  int sequences = 1;

  @Option(names = "--tokens", paramLabel = "<n>", description = "of each, prompt and answer (default: 4096, or the model's context)")
  @Nullable Integer tokens;

  @Option(names = "--optimizer", paramLabel = "<name>", defaultValue = "adamw", description = "adamw, sgd, momentum, muon (default: ${DEFAULT-VALUE})")
  String optimizer = "adamw";

  @Option(names = "--products", paramLabel = "<name>", description = "of training: f32 or bf16 (default: f32 here, bf16 on a GPU)")
  @Nullable String products;

  @Option(names = "--micro-batch", paramLabel = "<n>", defaultValue = "1", description = "sequences at a time in training (default: ${DEFAULT-VALUE})")
  int microBatch = 1;

  @Option(names = "--micro-batches", paramLabel = "<n>", defaultValue = "1", description = "a step, whose gradients are added (default: ${DEFAULT-VALUE})")
  int microBatches = 1;

  @Option(names = "--length", paramLabel = "<n>", description = "tokens of each (default: 2048, or the model's context)")
  @Nullable Integer length;

  @Option(names = "--replicas", paramLabel = "<n>", defaultValue = "1", description = "that train side by side in one process (default: ${DEFAULT-VALUE})")
  int replicas = 1;

  @Option(names = "--checkpointing", description = "run each block again in backward")
  boolean checkpointing;

  @Option(names = "--devices", paramLabel = "<n>", defaultValue = "1", description = "that share the training (default: ${DEFAULT-VALUE})")
  int devices = 1;

  @Option(names = "--zero", paramLabel = "<stage>", defaultValue = "0", description = "what they share out: 1 optimizer, 2 gradients, 3 weights too (default: ${DEFAULT-VALUE})")
  int zero;

  @Option(names = "--lora", paramLabel = "<rank>", description = "train adapters of this rank instead of the weights")
  @Nullable Integer lora;

  @Option(names = "--base", paramLabel = "<name>", defaultValue = "bf16", description = "weights under adapters: f32, bf16, int8, int4 (default: ${DEFAULT-VALUE})")
  String base = "bf16";

  @Option(names = "--targets", paramLabel = "<name>", defaultValue = "all", description = "which matrices have adapters: attention or all (default: ${DEFAULT-VALUE})")
  String targets = "all";

  @Option(names = "--json", description = "print one JSON object, in bytes")
  boolean json;

  private final Terminal terminal;

  private PlanCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /// With an option for every setting of a family's model.
  static CommandLine with(Terminal terminal) {
    return SettingOptions.added(new CommandLine(new PlanCommand(terminal)));
  }

  static final class ShapeNames implements Iterable<String> {
    @Override
    public java.util.Iterator<String> iterator() {
      return PublishedShapes.names().iterator();
    }
  }

  private record Named(String name, ModelSpec spec) {}

  @Override
  public Integer call() {
    Named model = model();
    Device place = Devices.of(device, memory);
    boolean both = serve == train;
    Plan plan =
        Plan.of(
            model.name(),
            model.spec(),
            place,
            serve || both ? Optional.of(serving(model.spec(), place)) : Optional.empty(),
            train || both ? Optional.of(training(model.spec(), place)) : Optional.empty());
    if (json) {
      terminal.out().print(Json.pretty(plan));
    } else {
      PlanText.of(plan).forEach(terminal.out()::println);
    }
    return 0;
  }

  private Named model() {
    Map<Setting, JsonNode> settings = SettingOptions.given(command.commandLine());
    long said = Arrays.asList(checkpoint, shape, family).stream().filter(one -> one != null).count();
    if (said != 1) {
      throw new UserException("which model: a checkpoint, --shape or --family, one of them; athanor plan --help says more");
    }
    if (family != null) {
      Family chosen = Families.named(family);
      return new Named("a " + family, chosen.spec(Form.of(chosen).fill(settings)));
    }
    if (!settings.isEmpty()) {
      throw new UserException(settings.keySet().iterator().next().option() + " goes with --family");
    }
    if (shape != null) {
      return new Named(shape, PublishedShapes.named(shape));
    }
    Inspection found = Inspection.of(java.util.Objects.requireNonNull(checkpoint, "said"), false);
    return new Named(
        found.path(),
        found
            .model()
            .orElseThrow(() -> new UserException(found.path() + " does not say what it is of; plan for its folder"))
            .spec());
  }

  private InferenceRun serving(ModelSpec spec, Device place) {
    int most = spec.contextLength();
    int each = tokens == null ? Math.min(DEFAULT_TOKENS, most) : tokens;
    requireWithin("--tokens", each, most);
    requireWithin("--sequences", sequences, Integer.MAX_VALUE);
    String weights = precision == null ? (place.host() ? stored(spec).label() : "bf16") : precision;
    String cache = kv == null ? (place.host() ? "f32" : "f16") : kv;
    return new InferenceRun(
        chosen("--precision", weights, Footprint.Precision.values(), Footprint.Precision::label),
        chosen("--kv", cache, CacheNumbers.values(), CacheNumbers::label),
        sequences,
        each,
        InferenceRun.STEP_TOKENS);
  }

  /// As the engine keeps it unless told otherwise.
  private Footprint.Precision stored(ModelSpec spec) {
    return checkpoint != null && spec instanceof DecoderSpec ? StoredPrecision.of(checkpoint) : Footprint.Precision.F32;
  }

  private TrainingRun training(ModelSpec spec, Device place) {
    int most = spec.contextLength();
    int each = length == null ? Math.min(DEFAULT_LENGTH, most) : length;
    requireWithin("--length", each, most);
    requireWithin("--micro-batch", microBatch, Integer.MAX_VALUE);
    requireWithin("--micro-batches", microBatches, Integer.MAX_VALUE);
    requireWithin("--replicas", replicas, microBatches);
    requireWithin("--devices", devices, Integer.MAX_VALUE);
    if (zero < 0 || zero > 3) {
      throw new UserException("--zero must be 0, 1, 2 or 3, not " + zero);
    }
    if (zero > 0 && devices == 1) {
      throw new UserException("--zero shares out among several devices; say --devices too");
    }
    boolean half =
        switch (products == null ? (place.host() ? "f32" : "bf16") : products) {
          case "f32" -> false;
          case "bf16", "f16" -> true;
          default -> throw new UserException("--products must be f32, bf16 or f16, not '" + products + "'");
        };
    return new TrainingRun(
        microBatch,
        each,
        microBatches,
        replicas,
        half,
        chosen("--optimizer", optimizer, UpdateRule.values(), UpdateRule::label),
        checkpointing,
        devices,
        zero,
        adapters());
  }

  private Optional<Adapters> adapters() {
    if (lora == null) {
      return Optional.empty();
    }
    requireWithin("--lora", lora, 1 << 16);
    return Optional.of(
        new Adapters(
            lora,
            chosen("--targets", targets, Adapters.Targets.values(), Adapters.Targets::label),
            chosen("--base", base, Footprint.Precision.values(), Footprint.Precision::label)));
  }

  private static void requireWithin(String option, int value, int most) {
    if (value < 1 || value > most) {
      throw new UserException(
          most == Integer.MAX_VALUE
              ? option + " must be positive, not " + value
              : "%s must be between 1 and %,d, not %,d".formatted(option, most, value));
    }
  }

  private static <T> T chosen(String option, String said, T[] all, Function<T, String> label) {
    return Arrays.stream(all)
        .filter(one -> label.apply(one).equals(said.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    "%s: '%s' is none of %s"
                        .formatted(option, said, Arrays.stream(all).map(label).collect(Collectors.joining(", ")))));
  }
}
