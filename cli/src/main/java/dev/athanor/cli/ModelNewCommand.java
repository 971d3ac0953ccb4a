package dev.athanor.cli;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.AtomicPath;
import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.cli.model.Amounts;
import dev.athanor.cli.model.ByteSize;
import dev.athanor.cli.model.OutputPlace;
import dev.athanor.cli.model.TokenizerFiles;
import dev.athanor.cli.model.WeightDType;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.CheckpointWriter;
import dev.athanor.model.DType;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.EncoderDecoderSpec;
import dev.athanor.model.EncoderSpec;
import dev.athanor.model.InitialWeights;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.TensorSource;
import dev.athanor.model.VisionLanguageSpec;
import dev.athanor.model.VisionSpec;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import dev.athanor.model.families.Families;
import dev.athanor.model.families.Family;
import dev.athanor.model.families.Form;
import dev.athanor.model.families.Setting;
import dev.athanor.model.vision.ImageProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// The options that say what the model is are those of [Setting], added by [#with].
@Command(
    name = "new",
    description = {
      "Make a checkpoint with fresh weights, in the layout of any family. What is not said is as the published configuration"
          + " has it by default.",
    },
    sortOptions = false,
    abbreviateSynopsis = true,
    footer = {
      "",
      "Examples:",
      "  athanor model new --family qwen3 --tokenizer runs/quickstart/model --hidden-size 256 --layers 4 \\",
      "      --heads 8 --kv-heads 4 --head-dim 32 --intermediate-size 768 --context 1024 --out models/small",
      "  athanor model new --family mixtral --vocab-size 8192 --hidden-size 256 --layers 4 --heads 8 \\",
      "      --intermediate-size 512 --experts 8 --out models/mixture",
      "  athanor model new --family athanor --vocab-size 8192 --hidden-size 256 --layers 8 --heads 4 \\",
      "      --intermediate-size 768 --attention-every 4 --state-size 64 --out models/hybrid",
      "  athanor model new --config models/published --layers 2 --dtype bf16 --out models/shallow"
    })
final class ModelNewCommand implements Callable<Integer> {
  @Spec CommandSpec command = CommandSpec.create();

  @Option(names = "--family", paramLabel = "<name>", description = "one of ${COMPLETION-CANDIDATES}", completionCandidates = SettingOptions.FamilyNames.class)
  @Nullable String family;

  @Option(
      names = "--config",
      paramLabel = "<file>",
      description = "begin with this config.json, or that of this folder, instead of the family's defaults")
  @Nullable Path config;

  @Option(
      names = "--tokenizer",
      paramLabel = "<dir>",
      description = "copy this folder's tokenizer; the vocabulary is its own where --vocab-size does not say another")
  @Nullable Path tokenizer;

  @Option(names = "--seed", paramLabel = "<n>", defaultValue = "1", description = "equal seeds give equal bits (default: ${DEFAULT-VALUE})")
  long seed;

  @Option(
      names = "--dtype",
      paramLabel = "<dtype>",
      defaultValue = "f32",
      converter = WeightDType.class,
      description = "f32, bf16 or f16 (default: ${DEFAULT-VALUE})")
  DType dtype = DType.F32;

  @Option(
      names = "--shard-size",
      paramLabel = "<size>",
      defaultValue = "5GB",
      converter = ByteSize.Converter.class,
      description = "more goes into several files (default: ${DEFAULT-VALUE})")
  ByteSize shardSize = new ByteSize(CheckpointDir.SHARD_BYTES);

  @Option(names = "--out", paramLabel = "<dir>", description = "the folder to write")
  @Nullable Path out;

  @Option(names = "--force", description = "replace a checkpoint that is there")
  boolean force;

  private final Terminal terminal;

  private ModelNewCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /// With an option for every setting.
  static CommandLine with(Terminal terminal) {
    return SettingOptions.added(new CommandLine(new ModelNewCommand(terminal)));
  }

  @Override
  public Integer call() throws IOException {
    if (out == null) {
      throw new UserException("--out must say which folder to write");
    }
    OutputPlace.require(out, force, List.of());
    TokenizerFiles files = tokenizer == null ? null : TokenizerFiles.of(tokenizer);
    JsonNode base = config == null ? null : Json.readFile(Files.isDirectory(config) ? config.resolve(CheckpointDir.CONFIG) : config);
    Family chosen = family(base);
    JsonNode json = json(chosen, base, files);
    ModelSpec spec = spec(chosen, json);
    requireRoom(spec, files);
    SpecialTokens special = files == null ? SpecialTokens.of(json) : files.special();
    write(out, new CheckpointWriter(chosen, spec, special, shardSize.bytes()), files);
    terminal
        .out()
        .printf(
            "%s: %s, %s, %s parameters, %s, seed %d%n",
            out,
            spec.kind(),
            chosen.modelType(),
            Amounts.count(spec.parameters()),
            dtype.name().toLowerCase(Locale.ROOT),
            seed);
    return 0;
  }

  private Family family(@Nullable JsonNode base) {
    if (base == null) {
      if (family == null) {
        throw new UserException("--family or --config must say what the model is; see athanor model new --help");
      }
      return Families.named(family);
    }
    Family stated = Families.of(base);
    if (family != null && !family.equals(stated.modelType())) {
      throw new UserException(config + " is of family '" + stated.modelType() + "', not '" + family + "'");
    }
    return stated;
  }

  private JsonNode json(Family chosen, @Nullable JsonNode base, @Nullable TokenizerFiles files) {
    Map<Setting, JsonNode> values = SettingOptions.given(command.commandLine());
    Form form = Form.of(chosen);
    if (files != null && base == null && form.knows(Setting.VOCAB_SIZE)) {
      values.putIfAbsent(Setting.VOCAB_SIZE, JsonNodeFactory.instance.numberNode(files.tokens()));
    }
    return base == null ? form.fill(values) : form.change(base, values);
  }

  private static ModelSpec spec(Family chosen, JsonNode json) {
    ModelSpec spec;
    try {
      spec = chosen.spec(json);
    } catch (UserException e) {
      throw new UserException("no model of family '" + chosen.modelType() + "' is like that: " + e.getMessage(), e);
    }
    if (!chosen.holds(spec)) {
      throw new UserException(
          "no model of family '" + chosen.modelType() + "' is like that: the hidden size must be a multiple of the heads");
    }
    return spec;
  }

  private static void requireRoom(ModelSpec spec, @Nullable TokenizerFiles files) {
    OptionalInt vocabulary =
        switch (spec) {
          case DecoderSpec decoder -> OptionalInt.of(decoder.vocabSize());
          case EncoderSpec encoder -> OptionalInt.of(encoder.vocabSize());
          case EncoderDecoderSpec both -> OptionalInt.of(both.vocabSize());
          case VisionLanguageSpec both -> OptionalInt.of(both.decoder().vocabSize());
          case VisionSpec _ -> OptionalInt.empty();
        };
    if (files != null && vocabulary.isPresent() && vocabulary.getAsInt() < files.tokens()) {
      throw new UserException(
          "the tokenizer in %s has %d tokens, more than the vocabulary of %d"
              .formatted(files.folder(), files.tokens(), vocabulary.getAsInt()));
    }
  }

  private void write(Path place, CheckpointWriter writer, @Nullable TokenizerFiles files) {
    List<WeightSpec> specs = WeightNames.weights(writer.spec());
    long bytes = writer.spec().parameters() * dtype.bytes();
    try (Progress.Task task = terminal.progress().start("draw", bytes, "B")) {
      SequencedMap<String, TensorSource> weights = new LinkedHashMap<>();
      for (WeightSpec weight : specs) {
        weights.put(
            weight.name(),
            TensorSource.rounded(weight.name(), dtype, weight.shape(), new InitialWeights(weight, seed))
                .counted(task::advance));
      }
      AtomicPath.write(place, folder -> writer.fill(folder, weights, into -> writeMore(into, writer.spec(), files)));
    }
  }

  private static void writeMore(Path folder, ModelSpec spec, @Nullable TokenizerFiles files) throws IOException {
    if (files != null) {
      files.copyTo(folder);
    }
    OptionalInt imageSize =
        switch (spec) {
          case VisionSpec vision -> OptionalInt.of(vision.imageSize());
          case VisionLanguageSpec both -> OptionalInt.of(both.vision().imageSize());
          case DecoderSpec _, EncoderSpec _, EncoderDecoderSpec _ -> OptionalInt.empty();
        };
    if (imageSize.isPresent()) {
      AtomicFile.writeString(
          folder.resolve(ImageProcessor.FILE), Json.pretty(ImageProcessor.clip(imageSize.getAsInt()).json()));
    }
  }
}
