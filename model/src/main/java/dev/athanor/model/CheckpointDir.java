package dev.athanor.model;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import dev.athanor.model.families.Families;
import dev.athanor.model.families.Family;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A model's folder in the published Hugging Face layout: `config.json`, `generation_config.json`, `model.safetensors` (or
/// its shards) and the tokenizer's files; with `checksums.json`, a SHA-256 of each of them, when we wrote it.
public final class CheckpointDir implements AutoCloseable {
  public static final String CONFIG = "config.json";
  public static final String GENERATION_CONFIG = "generation_config.json";
  public static final String CHECKSUMS = "checksums.json";
  /// The published tools' default.
  public static final long SHARD_BYTES = 5_000_000_000L;

  private final Path path;
  private final ModelSpec spec;
  private final SpecialTokens special;
  private final SafeTensors tensors;
  private final PublishedTensors weights;

  private CheckpointDir(
      Path path, ModelSpec spec, SpecialTokens special, SafeTensors tensors, PublishedTensors weights) {
    this.path = path;
    this.spec = spec;
    this.special = special;
    this.tensors = tensors;
    this.weights = weights;
  }

  /// Opens a folder and checks it: the checksums where there are some, the configuration, and that exactly the weights that
  /// it calls for are there.
  ///
  /// @throws UserException when it is missing, damaged, not supported or not whole; names the file and what is wrong
  public static CheckpointDir open(Path dir) {
    if (!Files.isDirectory(dir)) {
      throw new UserException("no model folder " + dir + (Files.exists(dir) ? ": it is a file" : ": it does not exist"));
    }
    Path config = dir.resolve(CONFIG);
    if (!Files.exists(config)) {
      throw new UserException(
          "no model in " + dir + ": it holds no " + CONFIG + "; a model's folder is in the published Hugging Face layout");
    }
    verify(dir);
    JsonNode json = Json.readFile(config);
    Family family = family(config, json);
    ModelSpec spec = spec(config, json);
    refusePickle(dir);
    SafeTensors tensors = SafeTensors.open(dir);
    try {
      PublishedTensors weights = PublishedTensors.open(dir.toString(), family, spec, tensors);
      return new CheckpointDir(dir, spec, special(dir, json), tensors, weights);
    } catch (RuntimeException e) {
      tensors.close();
      throw e;
    }
  }

  public Path path() {
    return path;
  }

  public ModelSpec spec() {
    return spec;
  }

  /// What `generation_config.json` says, else `config.json`.
  public SpecialTokens special() {
    return special;
  }

  /// The spec of a model that writes text token by token.
  ///
  /// @throws UserException when it is of another kind
  public DecoderSpec decoder() {
    return switch (spec) {
      case DecoderSpec decoder -> decoder;
      case EncoderSpec _, EncoderDecoderSpec _, VisionSpec _, VisionLanguageSpec _ ->
          throw new UserException(path + " holds a model of kind '" + spec.kind() + "'; what is asked for needs a decoder");
    };
  }

  /// @param name ours, as `WeightNames` gives it
  public StoredTensor tensor(String name) {
    return weights.tensor(name);
  }

  /// A weight as F32.
  public float[] floats(String name) {
    return tensor(name).floats();
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
    write(dir, spec, special, weights, tokenizer, SHARD_BYTES);
  }

  /// @param shardBytes more than these go into several files
  public static void write(
      Path dir,
      ModelSpec spec,
      SpecialTokens special,
      Map<String, StoredTensor> weights,
      MoreFiles tokenizer,
      long shardBytes) {
    List<String> problems = PublishedTensors.problems(spec, weights);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("weights do not fit the spec: " + String.join("; ", problems));
    }
    Family family = Families.of(spec);
    Path target = dir.toAbsolutePath().normalize();
    Path beside = target.resolveSibling("." + target.getFileName() + ".part");
    try {
      deleteFolder(beside);
      Files.createDirectories(beside);
      DType dtype = weights.values().iterator().next().dtype();
      ObjectNode config = family.config(spec, special, dtype);
      SafeTensors.writeFolder(beside, PublishedTensors.publish(family, spec, weights), shardBytes);
      AtomicFile.writeString(beside.resolve(CONFIG), Json.pretty(config));
      AtomicFile.writeString(beside.resolve(GENERATION_CONFIG), Json.pretty(generationConfig(config)));
      tokenizer.writeTo(beside);
      AtomicFile.writeString(beside.resolve(CHECKSUMS), Json.pretty(checksums(beside)));
      replace(beside, target);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + dir + ": " + e.getMessage(), e);
    }
  }

  private static ObjectNode generationConfig(ObjectNode config) {
    ObjectNode generation = Json.MAPPER.createObjectNode();
    generation.set("bos_token_id", config.path("bos_token_id"));
    generation.set("eos_token_id", config.path("eos_token_id"));
    return generation;
  }

  private static Map<String, String> checksums(Path dir) throws IOException {
    Map<String, String> checksums = new TreeMap<>();
    try (Stream<Path> files = Files.list(dir)) {
      files.filter(Files::isRegularFile).forEach(file -> checksums.put(nameOf(file), Sha256.of(file)));
    }
    return checksums;
  }

  private static String nameOf(Path file) {
    return Objects.requireNonNull(file.getFileName(), "a file has a name").toString();
  }

  /// A folder cannot be renamed over another: the old one steps aside first.
  private static void replace(Path beside, Path target) throws IOException {
    Path old = target.resolveSibling("." + target.getFileName() + ".old");
    deleteFolder(old);
    if (Files.exists(target)) {
      Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
    deleteFolder(old);
  }

  private static void deleteFolder(Path dir) throws IOException {
    if (!Files.exists(dir)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(dir)) {
      deepestFirst = new ArrayList<>(all.toList()).reversed();
    }
    for (Path path : deepestFirst) {
      Files.delete(path);
    }
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

  private static ModelSpec spec(Path config, JsonNode json) {
    try {
      return Families.of(json).spec(json);
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
          .map(CheckpointDir::nameOf)
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
    JsonNode generation = Files.exists(file) ? Json.readFile(file) : config;
    JsonNode eos = generation.path("eos_token_id");
    if (eos.isMissingNode() || eos.isNull()) {
      eos = config.path("eos_token_id");
    }
    List<Integer> ids = new ArrayList<>();
    if (eos.isIntegralNumber()) {
      ids.add(eos.asInt());
    }
    for (JsonNode id : eos) {
      ids.add(id.asInt());
    }
    return new SpecialTokens(config.path("bos_token_id").asIntOpt(), ids);
  }
}
