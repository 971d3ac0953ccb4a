package dev.athanor.model;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import dev.athanor.model.families.Family;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
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

  private final Path path;
  private final ModelSpec spec;
  private final SpecialTokens special;
  private final SafeTensors tensors;

  private CheckpointDir(Path path, ModelSpec spec, SpecialTokens special, SafeTensors tensors) {
    this.path = path;
    this.spec = spec;
    this.special = special;
    this.tensors = tensors;
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
    ModelSpec spec = spec(config, json);
    SafeTensors tensors = SafeTensors.open(dir);
    try {
      checkWeights(dir, spec, tensors);
      return new CheckpointDir(dir, spec, special(dir, json), tensors);
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

  public StoredTensor tensor(String name) {
    return tensors.tensor(name);
  }

  /// A weight as F32.
  public float[] floats(String name) {
    return tensors.floats(name);
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
    List<String> problems = problems(spec, weights);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("weights do not fit the spec: " + String.join("; ", problems));
    }
    Path target = dir.toAbsolutePath().normalize();
    Path beside = target.resolveSibling("." + target.getFileName() + ".part");
    try {
      deleteFolder(beside);
      Files.createDirectories(beside);
      DType dtype = weights.values().iterator().next().dtype();
      ObjectNode config = Family.of(spec).config(spec, special, dtype);
      SafeTensors.write(beside.resolve(SafeTensors.FILE), weights);
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
      return Family.of(json).spec(json);
    } catch (UserException e) {
      throw new UserException(config + ": " + e.getMessage(), e);
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

  private static void checkWeights(Path dir, ModelSpec spec, SafeTensors tensors) {
    Map<String, StoredTensor> weights = new LinkedHashMap<>();
    for (String name : tensors.names()) {
      // A tied head may be stored twice, and old Llama checkpoints store what follows from the configuration.
      boolean spare = (spec.tiedHead() && name.equals(WeightNames.head())) || name.endsWith("rotary_emb.inv_freq");
      if (!spare) {
        weights.put(name, tensors.tensor(name));
      }
    }
    List<String> problems = problems(spec, weights);
    if (!problems.isEmpty()) {
      throw new UserException("the weights in " + dir + " do not fit its " + CONFIG + ": " + String.join("; ", problems));
    }
  }

  private static List<String> problems(ModelSpec spec, Map<String, StoredTensor> weights) {
    Map<String, StoredTensor> unexpected = new TreeMap<>(weights);
    List<String> missing = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (WeightSpec weight : WeightNames.weights(spec)) {
      StoredTensor tensor = unexpected.remove(weight.name());
      if (tensor == null) {
        missing.add(weight.name());
      } else if (!Arrays.equals(tensor.shape(), weight.shape())) {
        problems.add(
            "%s has shape %s, not %s"
                .formatted(weight.name(), Arrays.toString(tensor.shape()), Arrays.toString(weight.shape())));
      }
    }
    if (!missing.isEmpty()) {
      problems.add("missing: " + String.join(", ", missing));
    }
    if (!unexpected.isEmpty()) {
      problems.add("unexpected: " + String.join(", ", unexpected.keySet()));
    }
    return problems;
  }
}
