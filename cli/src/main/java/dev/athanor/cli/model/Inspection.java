package dev.athanor.cli.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.athanor.base.UserException;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.Footprint;
import dev.athanor.model.ModelPart;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.SafeTensors;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.families.Families;
import dev.athanor.model.families.PublishedWeight;
import dev.athanor.model.gguf.GgufModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/// What a checkpoint is, without computing with it: a model's folder, a `.safetensors` or a `.gguf` file. Only headers are read, and
/// of a file alone less is known than of a folder. Its JSON is what `athanor model inspect --json` prints.
///
/// @param model empty where a file does not say what it is of
/// @param checksums whether the folder has them, and whether they were compared; empty of a file
/// @param tensors in the file's order
public record Inspection(
    String path,
    Format format,
    Optional<Model> model,
    Stored stored,
    Optional<TokenizerFacts> tokenizer,
    Optional<Checksums> checksums,
    List<Tensor> tensors) {

  public enum Format {
    @JsonProperty("folder")
    FOLDER,
    @JsonProperty("safetensors")
    SAFETENSORS,
    @JsonProperty("gguf")
    GGUF
  }

  public enum Checksums {
    @JsonProperty("none")
    NONE,
    @JsonProperty("present")
    PRESENT,
    @JsonProperty("verified")
    VERIFIED
  }

  /// @param architecture the class that the published library loads it with; of a GGUF file, what llama.cpp calls it
  /// @param memory of the weights, in bytes, by precision
  /// @param cache numbers kept of a sequence; see [Footprint.Cache]
  public record Model(
      String family,
      String architecture,
      String kind,
      long parameters,
      long activeParameters,
      Map<String, ModelPart.Parameters> parts,
      Map<String, Long> memory,
      Optional<Footprint.Cache> cache,
      ModelSpec spec) {

    static Model of(String family, String architecture, ModelSpec spec) {
      Map<String, ModelPart.Parameters> parts = new LinkedHashMap<>();
      ModelPart.parameters(spec).forEach((part, parameters) -> parts.put(part.label(), parameters));
      Map<String, Long> memory = new LinkedHashMap<>();
      for (Footprint.Precision precision : Footprint.Precision.values()) {
        memory.put(precision.label(), Footprint.weights(spec, precision));
      }
      return new Model(
          family,
          architecture,
          spec.kind(),
          spec.parameters(),
          ModelPart.activeParameters(spec),
          parts,
          memory,
          Footprint.cache(spec),
          spec);
    }
  }

  /// @param numbers how many are stored of each type
  public record Stored(int files, long bytes, int tensors, Map<String, Long> numbers) {}

  /// @param ours what Athanor calls the weights in it; none where it follows from the rest or is not known
  public record Tensor(String name, List<String> ours, long[] shape, String dtype) {
    public Tensor {
      shape = shape.clone();
    }

    @Override
    public long[] shape() {
      return shape.clone();
    }
  }

  /// @param verify a folder's checksums are compared, which reads all of it
  /// @throws UserException when there is no checkpoint, or it is damaged or not whole
  public static Inspection of(Path path, boolean verify) {
    if (Files.isDirectory(path)) {
      try (CheckpointDir dir = verify ? CheckpointDir.open(path) : CheckpointDir.look(path)) {
        return folder(dir, verify);
      }
    }
    String name = String.valueOf(path.getFileName());
    if (!Files.exists(path)) {
      throw new UserException("no model at " + path + ": there is neither a folder nor a file of this name");
    }
    if (name.endsWith(".safetensors")) {
      try (SafeTensors file = SafeTensors.open(path)) {
        return safeTensors(path, file);
      }
    }
    if (name.endsWith(".gguf")) {
      try (GgufModel model = GgufModel.open(path)) {
        return gguf(path, model);
      }
    }
    throw new UserException(
        path
            + " is no checkpoint that Athanor reads: those are a model's folder, a .safetensors or a .gguf file"
            + (name.matches(".*\\.(bin|pt|pth|pkl|ckpt)") ? "; a pickle is a program and is not run" : ""));
  }

  /// The same without the list of tensors, which is long.
  public Inspection withoutTensors() {
    return new Inspection(path, format, model, stored, tokenizer, checksums, List.of());
  }

  private static Inspection folder(CheckpointDir dir, boolean verified) {
    Map<String, List<String>> ours = new HashMap<>();
    for (PublishedWeight weight : dir.family().layout(dir.spec())) {
      ours.put(weight.name(), weight.parts());
    }
    List<Tensor> tensors = tensors(dir.stored(), name -> ours.getOrDefault(dir.layoutName(name), List.of()));
    boolean has = Files.exists(dir.path().resolve(CheckpointDir.CHECKSUMS));
    return new Inspection(
        dir.path().toString(),
        Format.FOLDER,
        Optional.of(Model.of(dir.family().modelType(), dir.family().architecture(dir.spec()), dir.spec())),
        stored(dir.stored()),
        TokenizerFacts.of(dir.path()),
        Optional.of(!has ? Checksums.NONE : verified ? Checksums.VERIFIED : Checksums.PRESENT),
        tensors);
  }

  private static Inspection safeTensors(Path path, SafeTensors file) {
    return new Inspection(
        path.toString(),
        Format.SAFETENSORS,
        Optional.empty(),
        stored(file),
        Optional.empty(),
        Optional.empty(),
        tensors(file, _ -> List.of()));
  }

  private static Inspection gguf(Path path, GgufModel model) {
    Map<String, Long> numbers = new TreeMap<>();
    List<Tensor> tensors = new ArrayList<>();
    model
        .file()
        .tensors()
        .forEach(
            (name, tensor) -> {
              numbers.merge(tensor.type().name(), tensor.elements(), Long::sum);
              tensors.add(new Tensor(name, model.ours(name), tensor.shape(), tensor.type().name()));
            });
    String architecture = model.file().text("general.architecture").orElse("");
    return new Inspection(
        path.toString(),
        Format.GGUF,
        Optional.of(Model.of(Families.of(model.spec()).modelType(), "GGUF " + architecture, model.spec())),
        new Stored(1, size(path), tensors.size(), numbers),
        TokenizerFacts.of(model),
        Optional.empty(),
        tensors);
  }

  private static Stored stored(SafeTensors tensors) {
    Map<String, Long> numbers = new TreeMap<>();
    for (String name : tensors.names()) {
      StoredTensor tensor = tensors.tensor(name);
      numbers.merge(tensor.dtype().name(), tensor.elements(), Long::sum);
    }
    long bytes = tensors.files().stream().mapToLong(Inspection::size).sum();
    return new Stored(tensors.files().size(), bytes, tensors.names().size(), numbers);
  }

  /// From a stored name to ours.
  private interface Names {
    List<String> ours(String stored);
  }

  private static List<Tensor> tensors(SafeTensors stored, Names names) {
    return stored.names().stream()
        .map(
            name ->
                new Tensor(name, names.ours(name), stored.tensor(name).shape(), stored.tensor(name).dtype().name()))
        .toList();
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + Objects.requireNonNullElse(e.getMessage(), ""), e);
    }
  }
}
