package dev.athanor.model.adapter;

import dev.athanor.base.UserException;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.SafeTensors;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import dev.athanor.model.families.Family;
import dev.athanor.model.families.PublishedWeight;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// A low-rank adapter as PEFT saves it: `adapter_config.json` and `adapter_model.safetensors`, whose tensors are named
/// `base_model.model.<module>.lora_A.weight` and `….lora_B.weight` after the modules of the model that it was trained over.
///
/// It is small beside its base, and in memory as a whole: the folder is not needed afterwards.
///
/// @param path for messages
/// @param changes of the base's published tensors
public record LoraAdapter(Path path, AdapterConfig config, List<Change> changes) {
  public static final String FILE = "adapter_model.safetensors";

  private static final String PREFIX = "base_model.model.";
  private static final String A = ".lora_A.weight";
  private static final String B = ".lora_B.weight";
  private static final int SHOWN = 6;

  /// @param tensor that is changed, by the family's name
  /// @param whole what is added to it, upright: [out, in] even where the file stores it [in, out]
  /// @param parts the same by our weights, which lie below each other in it
  public record Change(PublishedWeight tensor, LowRank whole, List<LowRank> parts) {
    public Change {
      parts = List.copyOf(parts);
    }
  }

  public LoraAdapter {
    changes = List.copyOf(changes);
  }

  /// Reads an adapter of a model.
  ///
  /// @throws UserException telling the file and every tensor that is missing, unexpected, or does not fit the model
  public static LoraAdapter open(Path dir, Family family, ModelSpec spec) {
    if (!Files.isDirectory(dir)) {
      throw new UserException("no adapter folder " + dir + (Files.exists(dir) ? ": it is a file" : ": it does not exist"));
    }
    AdapterConfig config = AdapterConfig.read(dir);
    Path file = dir.resolve(FILE);
    if (!Files.exists(file)) {
      throw new UserException(
          Files.exists(dir.resolve("adapter_model.bin"))
              ? dir.resolve("adapter_model.bin")
                  + " is a pickle: reading it would run whatever program it holds; save the adapter as "
                  + FILE
              : "no weights in " + dir + ": it holds no " + FILE);
    }
    try (SafeTensors tensors = SafeTensors.open(file)) {
      return new LoraAdapter(dir, config, new Reading(file, config, family, spec, tensors).changes());
    }
  }

  /// Bytes of its numbers.
  public long bytes() {
    return changes.stream().mapToLong(change -> Float.BYTES * ((long) change.whole.a().length + change.whole.b().length)).sum();
  }

  /// Numbers that were trained.
  public long parameters() {
    return bytes() / Float.BYTES;
  }

  /// What it adds to our weights.
  public List<LowRank> weights() {
    return changes.stream().flatMap(change -> change.parts.stream()).toList();
  }

  /// One look through a file.
  private record Reading(Path file, AdapterConfig config, Family family, ModelSpec spec, SafeTensors tensors) {
    private record Module(PublishedWeight tensor, List<WeightSpec> parts) {
      long out() {
        return parts.stream().mapToLong(part -> part.shape()[0]).sum();
      }

      long in() {
        return parts.getFirst().shape()[1];
      }

      boolean isMatrix() {
        return parts.stream()
            .allMatch(
                part ->
                    switch (part.role()) {
                      case MATRIX, EXPERT, HEAD -> true;
                      case EMBEDDING, TABLE, CONVOLUTION, VECTOR -> false;
                    });
      }
    }

    List<Change> changes() {
      Map<String, Module> known = modules();
      SequencedMap<String, Module> changed = new LinkedHashMap<>();
      List<String> problems = new ArrayList<>();
      List<String> strangers = new ArrayList<>();
      for (String name : new TreeSet<>(tensors.names())) {
        String module = module(name);
        Module found = module.isEmpty() ? null : known.get(family.currentName(module + ".weight", spec));
        if (found == null) {
          strangers.add(name);
        } else if (!found.isMatrix()) {
          problems.add(name + ": " + module + " is no matrix of the model");
        } else {
          changed.put(module, found);
        }
      }
      if (!strangers.isEmpty()) {
        problems.add("unexpected: " + some(strangers) + "; supported are lora_A and lora_B of the model's matrices");
      }
      List<String> missing = missing(known, changed);
      if (!missing.isEmpty()) {
        problems.add("missing: " + some(missing));
      }
      changed.forEach((name, module) -> check(name, module, problems));
      if (problems.isEmpty() && changed.isEmpty()) {
        problems.add("it holds no tensors");
      }
      if (!problems.isEmpty()) {
        String base = config.base().isEmpty() ? "" : " (its adapter_config.json names the base " + config.base() + ")";
        throw new UserException(file + " does not fit this model of family '" + family.modelType() + "'" + base + ": " + some(problems, "; "));
      }
      return changed.entrySet().stream().map(entry -> change(entry.getKey(), entry.getValue())).toList();
    }

    /// The model's matrices by their published tensors' names.
    private Map<String, Module> modules() {
      Map<String, WeightSpec> ours = WeightNames.weights(spec).stream().collect(Collectors.toMap(WeightSpec::name, w -> w));
      Map<String, Module> modules = new LinkedHashMap<>();
      for (PublishedWeight tensor : family.layout(spec)) {
        List<WeightSpec> parts = new ArrayList<>();
        for (String part : tensor.parts()) {
          WeightSpec weight = ours.get(part);
          if (weight != null && weight.shape().length == 2) {
            parts.add(weight);
          }
        }
        if (parts.size() == tensor.parts().size()) {
          modules.put(tensor.name(), new Module(tensor, parts));
        }
      }
      return modules;
    }

    /// Empty where the name is none of a low-rank half.
    private static String module(String name) {
      String half = name.endsWith(A) ? A : B;
      return name.startsWith(PREFIX) && name.endsWith(half) && name.length() > PREFIX.length() + half.length()
          ? name.substring(PREFIX.length(), name.length() - half.length())
          : "";
    }

    /// Halves, and both halves of what the configuration targets.
    private List<String> missing(Map<String, Module> known, Map<String, Module> changed) {
      List<String> missing = new ArrayList<>();
      for (String module : changed.keySet()) {
        for (String half : List.of(A, B)) {
          if (!tensors.has(PREFIX + module + half)) {
            missing.add(PREFIX + module + half);
          }
        }
      }
      config
          .targets()
          .ifPresent(
              targets ->
                  known.forEach(
                      (name, module) -> {
                        String bare = name.substring(0, name.length() - ".weight".length());
                        if (name.endsWith(".weight") && module.isMatrix() && targets.has(bare) && !changed.containsValue(module)) {
                          missing.add(PREFIX + bare + A);
                        }
                      }));
      return missing;
    }

    private void check(String name, Module module, List<String> problems) {
      int rank = config.rank(name);
      check(PREFIX + name + A, problems, rank, module.in());
      check(PREFIX + name + B, problems, module.out(), rank);
    }

    private void check(String name, List<String> problems, long... shape) {
      if (!tensors.has(name)) {
        return;
      }
      StoredTensor tensor = tensors.tensor(name);
      if (!Arrays.equals(tensor.shape(), shape)) {
        problems.add("%s has shape %s, not %s".formatted(name, Arrays.toString(tensor.shape()), Arrays.toString(shape)));
      } else if (!tensor.dtype().holdsWeights()) {
        problems.add("%s is stored as %s; supported are F32, F16, BF16".formatted(name, tensor.dtype()));
      } else {
        for (float value : tensor.floats()) {
          if (!Float.isFinite(value)) {
            problems.add(name + " holds " + value);
            return;
          }
        }
      }
    }

    private Change change(String name, Module module) {
      LowRank whole =
          new LowRank(
              module.tensor.parts().getFirst(),
              config.rank(name),
              Math.toIntExact(module.in()),
              Math.toIntExact(module.out()),
              tensors.floats(PREFIX + name + A),
              tensors.floats(PREFIX + name + B),
              config.scale(name));
      List<LowRank> parts = new ArrayList<>();
      int row = 0;
      for (WeightSpec part : module.parts) {
        int rows = Math.toIntExact(part.shape()[0]);
        parts.add(whole.rows(part.name(), row, row + rows));
        row += rows;
      }
      return new Change(module.tensor, whole, parts);
    }

    private static String some(List<String> names) {
      return some(names, ", ");
    }

    private static String some(List<String> names, String between) {
      return names.size() <= SHOWN
          ? String.join(between, names)
          : String.join(between, names.subList(0, SHOWN)) + between + (names.size() - SHOWN) + " more";
    }
  }
}
