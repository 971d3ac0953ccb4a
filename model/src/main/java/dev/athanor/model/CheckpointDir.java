package dev.athanor.model;

import dev.athanor.base.AtomicPath;
import dev.athanor.base.Json;
import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import dev.athanor.model.families.Families;
import dev.athanor.model.families.Family;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// A model's folder in the published Hugging Face layout: `config.json`, `generation_config.json`, `model.safetensors` (or
/// its shards) and the tokenizer's files; with `checksums.json`, a SHA-256 of each of them, when we wrote it.
public final class CheckpointDir implements WeightSource {
  public static final String CONFIG = "config.json";
  public static final String GENERATION_CONFIG = "generation_config.json";
  public static final String CHECKSUMS = "checksums.json";
  /// The published tools' default.
  public static final long SHARD_BYTES = 5_000_000_000L;

  private final Path path;
  private final JsonNode config;
  private final Family family;
  private final ModelSpec spec;
  private final SafeTensors tensors;
  private final CompressedTensors compressed;
  private final PublishedTensors weights;

  private CheckpointDir(
      Path path,
      JsonNode config,
      Family family,
      ModelSpec spec,
      SafeTensors tensors,
      CompressedTensors compressed,
      PublishedTensors weights) {
    this.path = path;
    this.config = config;
    this.family = family;
    this.spec = spec;
    this.tensors = tensors;
    this.compressed = compressed;
    this.weights = weights;
  }

  /// Opens a folder and checks it: the checksums where there are some, the configuration, and that exactly the weights that
  /// it calls for are there.
  ///
  /// @throws UserException when it is missing, damaged, not supported or not whole; names the file and what is wrong
  public static CheckpointDir open(Path dir) {
    requireModel(dir);
    verify(dir);
    return read(dir);
  }

  /// The same without the checksums, which take as long as reading all of it: to look at a model, not to use it.
  public static CheckpointDir look(Path dir) {
    requireModel(dir);
    return read(dir);
  }

  private static void requireModel(Path dir) {
    if (!Files.isDirectory(dir)) {
      throw new UserException("no model folder " + dir + (Files.exists(dir) ? ": it is a file" : ": it does not exist"));
    }
    if (!Files.exists(dir.resolve(CONFIG))) {
      throw new UserException(
          "no model in " + dir + ": it holds no " + CONFIG + "; a model's folder is in the published Hugging Face layout");
    }
  }

  private static CheckpointDir read(Path dir) {
    Path config = dir.resolve(CONFIG);
    JsonNode json = Json.readFile(config);
    Family family = family(config, json);
    ModelSpec spec = spec(config, family, json);
    refusePickle(dir);
    SafeTensors tensors = SafeTensors.open(dir);
    try {
      CompressedTensors compressed = CompressedTensors.of(dir.toString(), json, tensors);
      PublishedTensors weights = PublishedTensors.open(dir.toString(), family, spec, tensors, compressed);
      return new CheckpointDir(dir, json, family, spec, tensors, compressed, weights);
    } catch (RuntimeException e) {
      tensors.close();
      throw e;
    }
  }

  @Override
  public Path path() {
    return path;
  }

  /// Whether some weights are whole numbers with scales.
  public boolean isQuantized() {
    return !compressed.entries().isEmpty();
  }

  public ModelSpec spec() {
    return spec;
  }

  public Family family() {
    return family;
  }

  /// The content of `config.json`.
  public JsonNode config() {
    return config;
  }

  /// What `generation_config.json` says, else `config.json`.
  public SpecialTokens special() {
    return special(path, config);
  }

  /// The spec of a model that writes text token by token.
  ///
  /// @throws UserException when it is of another kind
  @Override
  public DecoderSpec decoder() {
    return switch (spec) {
      case DecoderSpec decoder -> decoder;
      case EncoderSpec _, EncoderDecoderSpec _, VisionSpec _, VisionLanguageSpec _ ->
          throw new UserException(path + " holds a model of kind '" + spec.kind() + "'; what is asked for needs a decoder");
    };
  }

  /// A weight as the folder keeps it.
  ///
  /// @param name ours, as `WeightNames` gives it
  @Override
  public StoredWeight weight(String name) {
    return weights.weight(name);
  }

  /// The same as numbers: F32 where it is quantized.
  ///
  /// @param name ours, as `WeightNames` gives it
  public StoredTensor tensor(String name) {
    return weights.tensor(name);
  }

  /// The tensors as the folder stores them, by its own names: those that follow from the rest (see [Family#isSpare]) among them.
  public SafeTensors stored() {
    return tensors;
  }

  /// Whether a stored tensor is, or holds, weights of the model.
  public boolean holdsWeights(String storedName) {
    return !family.isSpare(layoutName(storedName), spec);
  }

  /// The name that the family's layout has for a stored tensor; of a part of a quantized matrix, the matrix's.
  public String layoutName(String storedName) {
    return family.currentName(
        compressed.isPart(storedName) ? CompressedTensors.matrix(storedName) : storedName, spec);
  }

  /// Whether a stored tensor is a part of a quantized matrix: its codes, its scales or its shape.
  public boolean isQuantized(String storedName) {
    return compressed.isPart(storedName);
  }

  /// The digest of the weights' file; of the list `digest name` of the shards where there are several.
  public String sha256() {
    if (tensors.files().size() == 1) {
      return Sha256.of(tensors.files().getFirst());
    }
    return Sha256.of(
        tensors.files().stream()
            .map(file -> Sha256.of(file) + " " + file.getFileName() + "\n")
            .collect(Collectors.joining()));
  }

  @Override
  public void close() {
    tensors.close();
  }

  /// Writes the files that belong to the folder besides the weights and the configuration.
  @FunctionalInterface
  public interface MoreFiles {
    void writeTo(Path dir) throws IOException;
  }

  /// Writes a folder whole: beside its place, then renamed. What stood there before is replaced.
  ///
  /// @param weights exactly those that `WeightNames.weights(spec)` lists, all of one dtype
  /// @param tokenizer writes the tokenizer's files into the folder that it is given
  public static void write(
      Path dir, ModelSpec spec, SpecialTokens special, Map<String, StoredTensor> weights, MoreFiles tokenizer) {
    AtomicPath.write(dir, folder -> new CheckpointWriter(spec, special).fill(folder, weights, tokenizer));
  }

  private static void verify(Path dir) {
    Path file = dir.resolve(CHECKSUMS);
    if (!Files.exists(file)) {
      return;
    }
    for (var entry : Json.readFile(file).properties()) {
      Path checked = dir.resolve(entry.getKey());
      if (!Files.exists(checked)) {
        throw new UserException(checked + " is missing, though " + CHECKSUMS + " lists it");
      }
      String expected = entry.getValue().asString("");
      String actual = Sha256.of(checked);
      if (!actual.equals(expected)) {
        throw new UserException(
            checked + " is damaged: its SHA-256 is " + actual + " and should be " + expected + " (" + CHECKSUMS + ")");
      }
    }
  }

  private static ModelSpec spec(Path config, Family family, JsonNode json) {
    try {
      return family.spec(json);
    } catch (UserException e) {
      throw new UserException(config + ": " + e.getMessage(), e);
    }
  }

  private static Family family(Path config, JsonNode json) {
    try {
      return Families.of(json);
    } catch (UserException e) {
      throw new UserException(config + ": " + e.getMessage(), e);
    }
  }

  /// Pickled weights are programs: reading them runs what they say.
  private static void refusePickle(Path dir) {
    if (Files.exists(dir.resolve(SafeTensors.FILE)) || Files.exists(dir.resolve(SafeTensors.INDEX))) {
      return;
    }
    try (Stream<Path> files = Files.list(dir)) {
      files
          .map(file -> Objects.requireNonNull(file.getFileName(), "a file has a name").toString())
          .filter(name -> name.matches(".*\\.(bin|pt|pth|pkl|ckpt)"))
          .sorted()
          .findFirst()
          .ifPresent(
              name -> {
                throw new UserException(
                    dir.resolve(name)
                        + " is a pickle: reading it would run whatever program it holds, so it is not read. Take the same"
                        + " model's .safetensors files, or convert it where you trust it, with the safetensors package");
              });
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + dir + ": " + e.getMessage(), e);
    }
  }

  private static SpecialTokens special(Path dir, JsonNode config) {
    Path file = dir.resolve(GENERATION_CONFIG);
    SpecialTokens stated = SpecialTokens.of(config);
    if (!Files.exists(file)) {
      return stated;
    }
    List<Integer> eos = SpecialTokens.of(Json.readFile(file)).eos();
    return eos.isEmpty() ? stated : new SpecialTokens(stated.bos(), eos);
  }
}
