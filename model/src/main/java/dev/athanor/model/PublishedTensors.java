package dev.athanor.model;

import dev.athanor.base.UserException;
import dev.athanor.model.families.Family;
import dev.athanor.model.families.PublishedWeight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Our weights by our names, over the tensors of a published checkpoint by its family's names.
final class PublishedTensors {
  /// Where one of ours lies: rows `from` to `to` of a published tensor.
  private record Place(PublishedWeight tensor, long from, long to, long[] shape) {}

  private final Map<String, Place> places = new HashMap<>();
  private final Map<String, StoredTensor> stored;
  private final Map<String, CompressedTensors.Entry> quantized;

  private PublishedTensors(
      Family family, ModelSpec spec, Map<String, StoredTensor> stored, Map<String, CompressedTensors.Entry> quantized) {
    this.stored = stored;
    this.quantized = quantized;
    Map<String, WeightSpec> ours =
        WeightNames.weights(spec).stream().collect(Collectors.toMap(WeightSpec::name, weight -> weight));
    for (PublishedWeight tensor : family.layout(spec)) {
      long row = 0;
      for (String part : tensor.parts()) {
        long[] shape = of(ours, part).shape();
        places.put(part, new Place(tensor, row, row + shape[0], shape));
        row += shape[0];
      }
    }
  }

  /// @throws UserException telling every tensor that is missing, unexpected, or of another shape or dtype than the spec's
  static PublishedTensors open(
      String source, Family family, ModelSpec spec, SafeTensors tensors, CompressedTensors compressed) {
    SequencedMap<String, StoredTensor> current = new LinkedHashMap<>();
    for (String name : tensors.names()) {
      String now = family.currentName(name, spec);
      if (!compressed.isPart(name) && !family.isSpare(now, spec)) {
        current.put(now, tensors.tensor(name));
      }
    }
    Map<String, CompressedTensors.Entry> quantized = new HashMap<>();
    compressed
        .entries()
        .forEach(
            (name, entry) -> {
              String now = family.currentName(name, spec);
              if (!family.isSpare(now, spec)) {
                quantized.put(now, entry);
              }
            });
    SequencedMap<String, TensorSource> found = new LinkedHashMap<>(current);
    Set<String> transposed =
        family.layout(spec).stream().filter(PublishedWeight::transposed).map(PublishedWeight::name).collect(Collectors.toSet());
    quantized.forEach((name, entry) -> found.put(name, standIn(entry, transposed.contains(name))));
    List<String> problems = problems(shapes(family, spec), found);
    if (!problems.isEmpty()) {
      throw new UserException("the weights in " + source + " do not fit its config.json: " + String.join("; ", problems));
    }
    return new PublishedTensors(family, spec, current, quantized);
  }

  /// Of the shape that the matrix has where it is not quantized.
  private static TensorSource standIn(CompressedTensors.Entry entry, boolean transposed) {
    long[] shape = transposed ? new long[] {entry.cols(), entry.rows()} : new long[] {entry.rows(), entry.cols()};
    return new LazyTensor(
        DType.F32,
        shape,
        _ -> {
          throw new IllegalStateException("a stand-in is not written");
        });
  }

  /// One of our weights: in memory where it is quantized, a view where the checkpoint stores it as we do. Of families that store
  /// matrices [in, out], those that are quantized are [out, in] all the same.
  StoredWeight weight(String name) {
    Place place = places.get(name);
    CompressedTensors.Entry entry = place == null ? null : quantized.get(place.tensor.name());
    if (place == null || entry == null) {
      return tensor(name);
    }
    QuantizedMatrix whole = entry.load();
    return place.tensor.parts().size() == 1 ? whole : whole.rows(place.from, place.to);
  }

  /// One of our weights; a view where the checkpoint stores it as we do, F32 where it is quantized.
  StoredTensor tensor(String name) {
    Place place = places.get(name);
    if (place == null) {
      throw new IllegalArgumentException("no weight named " + name);
    }
    if (quantized.containsKey(place.tensor.name())) {
      return weight(name).widened();
    }
    StoredTensor whole = of(stored, place.tensor.name());
    boolean flat = place.shape.length == 1;
    if (place.tensor.asRow() || flat) {
      return whole.reshaped(whole.elements()).rows(place.from, place.to);
    }
    StoredTensor upright = place.tensor.transposed() ? whole.transposed() : whole;
    return place.tensor.parts().size() == 1 ? upright : upright.rows(place.from, place.to);
  }

  /// Our weights as the family's checkpoints store them.
  static SequencedMap<String, TensorSource> publish(
      Family family, ModelSpec spec, Map<String, ? extends TensorSource> ours) {
    SequencedMap<String, TensorSource> published = new LinkedHashMap<>();
    for (PublishedWeight tensor : family.layout(spec)) {
      published.put(tensor.name(), published(tensor, ours));
    }
    return published;
  }

  /// One of them.
  static TensorSource published(PublishedWeight tensor, Map<String, ? extends TensorSource> ours) {
    List<TensorSource> parts = tensor.parts().stream().<TensorSource>map(name -> of(ours, name)).toList();
    TensorSource whole = parts.size() == 1 ? parts.getFirst() : TensorSource.joined(parts);
    if (tensor.asRow()) {
      whole = whole.reshaped(1, whole.elements());
    }
    return tensor.transposed() ? whole.transposed() : whole;
  }

  /// What our weights lack or have too much.
  static List<String> problems(ModelSpec spec, Map<String, ? extends TensorSource> ours) {
    SequencedMap<String, long[]> shapes = new LinkedHashMap<>();
    WeightNames.weights(spec).forEach(weight -> shapes.put(weight.name(), weight.shape()));
    return problems(shapes, ours);
  }

  private static SequencedMap<String, long[]> shapes(Family family, ModelSpec spec) {
    Map<String, WeightSpec> ours =
        WeightNames.weights(spec).stream().collect(Collectors.toMap(WeightSpec::name, weight -> weight));
    SequencedMap<String, long[]> shapes = new LinkedHashMap<>();
    for (PublishedWeight tensor : family.layout(spec)) {
      long[] shape = of(ours, tensor.parts().getFirst()).shape();
      shape[0] = tensor.parts().stream().mapToLong(part -> of(ours, part).shape()[0]).sum();
      if (tensor.transposed()) {
        shape = new long[] {shape[1], shape[0]};
      }
      shapes.put(tensor.name(), tensor.asRow() ? new long[] {1, shape[0]} : shape);
    }
    return shapes;
  }

  private static List<String> problems(
      SequencedMap<String, long[]> expected, Map<String, ? extends TensorSource> found) {
    Map<String, TensorSource> unexpected = new TreeMap<>(found);
    List<String> missing = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    expected.forEach(
        (name, shape) -> {
          TensorSource tensor = unexpected.remove(name);
          if (tensor == null) {
            missing.add(name);
          } else if (!Arrays.equals(tensor.shape(), shape)) {
            problems.add(
                "%s has shape %s, not %s".formatted(name, Arrays.toString(tensor.shape()), Arrays.toString(shape)));
          } else if (!tensor.dtype().holdsWeights()) {
            problems.add("%s is stored as %s; supported are F32, F16, BF16".formatted(name, tensor.dtype()));
          }
        });
    if (!missing.isEmpty()) {
      problems.add("missing: " + some(missing));
    }
    if (!unexpected.isEmpty()) {
      problems.add("unexpected: " + some(List.copyOf(unexpected.keySet())));
    }
    return problems;
  }

  /// A model has hundreds of weights: the first few tell what is wrong.
  private static String some(List<String> names) {
    int shown = 8;
    return names.size() <= shown
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, shown)) + " and " + (names.size() - shown) + " more";
  }

  private static <T> T of(Map<String, T> map, String name) {
    T value = map.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no weight named " + name);
    }
    return value;
  }
}
