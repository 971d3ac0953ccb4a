package dev.athanor.model.gguf;

import dev.athanor.base.UserException;
import dev.athanor.model.DType;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Mixer.Attention;
import dev.athanor.model.QuantizedMatrix;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.StoredWeight;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSource;
import dev.athanor.model.WeightSpec;
import dev.athanor.tokenizer.Tokenizer;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// A whole decoder in one GGUF file: spec, tokenizer, and weights by our names.
public final class GgufModel implements WeightSource {
  private static final String SPLIT = "split.count";
  private static final int QUANTIZATION_VERSION = 2; // GGML_QNT_VERSION

  /// Where one of our weights lies: in a tensor from a number on.
  private record Place(GgufWeight weight, long from, long[] shape) {}

  private final GgufFile file;
  private final DecoderSpec spec;
  private final Map<String, Place> places = new HashMap<>();
  private final Map<String, List<String>> layout = new HashMap<>();

  private GgufModel(GgufFile file, DecoderSpec spec, List<GgufWeight> layout) {
    this.file = file;
    this.spec = spec;
    Map<String, WeightSpec> ours =
        WeightNames.weights(spec).stream().collect(Collectors.toMap(WeightSpec::name, weight -> weight));
    for (GgufWeight weight : layout) {
      this.layout.put(weight.name(), weight.parts());
      long from = 0;
      for (String part : weight.parts()) {
        WeightSpec wanted = Optional.ofNullable(ours.get(part)).orElseThrow();
        places.put(part, new Place(weight, from, wanted.shape()));
        from += wanted.elements();
      }
    }
  }

  /// Opens a file and checks that exactly the tensors that its keys call for are there.
  ///
  /// @throws UserException when it is missing, damaged, not supported or not whole; names the file and what is wrong
  public static GgufModel open(Path path) {
    GgufFile file = GgufFile.open(path);
    try {
      long parts = file.integer(SPLIT).orElse(1);
      if (parts > 1) {
        throw new UserException(
            "%s is one of %d parts of a model; join them with llama-gguf-split --merge".formatted(path, parts));
      }
      GgufArchitecture architecture = GgufArchitecture.of(file);
      DecoderSpec spec = spec(file, architecture);
      List<GgufWeight> layout = GgufLayout.of(spec, architecture.interleaved());
      check(file, layout);
      return new GgufModel(file, spec, layout);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static DecoderSpec spec(GgufFile file, GgufArchitecture architecture) {
    try {
      return architecture.spec(new GgufKeys(file, architecture.name()));
    } catch (IllegalArgumentException e) {
      throw new UserException(file.path() + ": " + e.getMessage(), e);
    }
  }

  static int vocabSize(GgufFile file) {
    long[] shape = file.tensor(GgufLayout.EMBEDDING).shape();
    if (shape.length != 2 || shape[0] > Integer.MAX_VALUE) {
      throw new UserException(
          "%s: '%s' has shape %s, not [vocabulary, hidden]"
              .formatted(file.path(), GgufLayout.EMBEDDING, Arrays.toString(shape)));
    }
    return (int) shape[0];
  }

  /// Every block has some tensors: a larger number would be a lie, and its list of blocks would fill the memory.
  static int numLayers(GgufKeys keys) {
    int layers = keys.required("block_count");
    int tensors = keys.file().names().size();
    if (layers > tensors) {
      throw keys.bad("'%s' is %d, but there are %d tensors".formatted(keys.name("block_count"), layers, tensors));
    }
    return layers;
  }

  private static void check(GgufFile file, List<GgufWeight> layout) {
    Set<String> unexpected = new LinkedHashSet<>(file.names());
    // The one follows from the keys; a tied head may be stored twice.
    unexpected.remove(GgufLayout.ROPE_FACTORS);
    unexpected.remove(GgufLayout.HEAD);
    List<String> missing = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (GgufWeight weight : layout) {
      unexpected.remove(weight.name());
      GgufTensor tensor = file.tensors().get(weight.name());
      if (tensor == null) {
        missing.add(weight.name());
      } else if (!Arrays.equals(tensor.shape(), weight.shape())) {
        problems.add(
            "%s has shape %s, not %s"
                .formatted(weight.name(), Arrays.toString(tensor.shape()), Arrays.toString(weight.shape())));
      } else if (!tensor.type().readable()) {
        problems.add("%s is stored as %s; Athanor reads %s".formatted(weight.name(), tensor.type(), GgmlType.list(false)));
      }
    }
    if (!missing.isEmpty()) {
      problems.add("missing: " + some(missing));
    }
    if (!unexpected.isEmpty()) {
      problems.add("unexpected: " + some(List.copyOf(unexpected)));
    }
    if (!problems.isEmpty()) {
      throw new UserException("the tensors of " + file.path() + " do not fit its keys: " + some(problems));
    }
  }

  /// A model has hundreds of tensors: the first few tell what is wrong.
  private static String some(List<String> problems) {
    int shown = 8;
    return problems.size() <= shown
        ? String.join(", ", problems)
        : String.join(", ", problems.subList(0, shown)) + " and " + (problems.size() - shown) + " more";
  }

  public GgufFile file() {
    return file;
  }

  @Override
  public Path path() {
    return file.path();
  }

  public DecoderSpec spec() {
    return spec;
  }

  @Override
  public DecoderSpec decoder() {
    return spec;
  }

  public SpecialTokens special() {
    return GgufTokenizer.special(file);
  }

  /// Whether the file holds a tokenizer, of whatever kind.
  public boolean hasTokenizer() {
    return GgufTokenizer.isIn(file);
  }

  /// @throws UserException when it is missing or of a kind that is not supported
  public Tokenizer tokenizer() {
    return GgufTokenizer.open(file);
  }

  /// Our names of the weights that a tensor of the file holds; none of what follows from the rest.
  public List<String> ours(String tensor) {
    return layout.getOrDefault(tensor, List.of());
  }

  /// One of our weights: a view where the file stores it as we do, else a copy; F32 where it is quantized.
  ///
  /// @param name as `WeightNames` gives it
  public StoredTensor tensor(String name) {
    Place place = places.get(name);
    if (place == null) {
      throw new IllegalArgumentException("no weight named " + name);
    }
    return place.weight.form().ours(part(file.tensor(place.weight.name()), place.from, place.shape));
  }

  /// The same with the codes and scales of what is stored as Q8_0 or Q4_0.
  @Override
  public StoredWeight weight(String name) {
    Place place = places.get(name);
    if (place == null || place.shape.length != 2) {
      return tensor(name);
    }
    GgufTensor stored = file.tensor(place.weight.name());
    Optional<QuantizedMatrix.Bits> bits = bits(stored.type());
    return bits.isPresent() ? matrix(bits.get(), place, stored) : tensor(name);
  }

  private static QuantizedMatrix matrix(QuantizedMatrix.Bits bits, Place place, GgufTensor stored) {
    long rowBytes = stored.type().bytes(place.shape[1]);
    long from = place.from / place.shape[1] * rowBytes;
    long[] shape = {place.shape[0], rowBytes};
    StoredTensor rows = new StoredTensor(DType.I8, shape, stored.data().asSlice(from, place.shape[0] * rowBytes));
    return GgufBlocks.of(bits, place.weight.form().ours(rows));
  }

  private static Optional<QuantizedMatrix.Bits> bits(GgmlType type) {
    return Arrays.stream(QuantizedMatrix.Bits.values()).filter(bits -> GgufBlocks.type(bits) == type).findFirst();
  }

  private static StoredTensor part(GgufTensor tensor, long from, long[] shape) {
    long elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    Optional<StoredTensor> stored = tensor.stored();
    if (stored.isPresent()) {
      int width = stored.get().dtype().bytes();
      return new StoredTensor(stored.get().dtype(), shape, stored.get().data().asSlice(from * width, elements * width));
    }
    float[] values = new float[Math.toIntExact(elements)];
    tensor.floats(from, values, 0, values.length);
    return StoredTensor.of(values, shape);
  }

  @Override
  public void close() {
    file.close();
  }

  /// Whether GGUF can state the spec.
  ///
  /// @throws UserException when it cannot; says why
  public static void requireWritable(DecoderSpec spec) {
    GgufArchitecture.of(spec);
  }

  /// Writes a model whole, so that llama.cpp computes what the spec says. Norms, biases and what else is small stay F32.
  ///
  /// @param tokenizer none where GGUF cannot state the model's
  /// @param weights by our names
  /// @param type of the matrices; F16 where their rows are no whole blocks of it
  /// @throws UserException when GGUF cannot state the spec or the tokenizer; says why
  public static void write(
      Path path,
      DecoderSpec spec,
      SpecialTokens special,
      Optional<? extends Tokenizer> tokenizer,
      Function<String, StoredTensor> weights,
      GgmlType type) {
    write(path, spec, special, tokenizer, weights, type, Map.of());
  }

  /// The same with matrices that are quantized already: their codes and scales are written as they are.
  ///
  /// @param quantized what the matrices are whose weights are [QuantizedMatrix]
  /// @param type of the other matrices
  public static void write(
      Path path,
      DecoderSpec spec,
      SpecialTokens special,
      Optional<? extends Tokenizer> tokenizer,
      Function<String, ? extends StoredWeight> weights,
      GgmlType type,
      Map<String, QuantizedMatrix.Bits> quantized) {
    GgufArchitecture architecture = GgufArchitecture.of(spec);
    SequencedMap<String, GgufValue> metadata = new LinkedHashMap<>();
    metadata.put("general.architecture", GgufValue.of(architecture.name()));
    metadata.put("general.type", GgufValue.of("model"));
    metadata.put("general.file_type", GgufValue.u32(fileType(type)));
    metadata.put("general.quantization_version", GgufValue.u32(QUANTIZATION_VERSION));
    // Without a tokenizer llama.cpp knows the vocabulary's size from here alone.
    metadata.put(architecture.name() + ".vocab_size", GgufValue.u32(spec.vocabSize()));
    architecture.put(spec, metadata);
    metadata.putAll(
        tokenizer
            .map(known -> GgufTokenizer.metadata(known, special, spec.vocabSize()))
            .orElseGet(() -> GgufTokenizer.none(special)));
    List<GgufWriter.Tensor> tensors = new ArrayList<>();
    for (GgufWeight weight : GgufLayout.of(spec, architecture.interleaved())) {
      tensors.add(tensor(weight.name(), weight, weights, type, quantized));
      if (weight.name().equals(GgufLayout.EMBEDDING) && spec.tiedHead() && architecture.headTwice()) {
        tensors.add(tensor(GgufLayout.HEAD, weight, weights, type, quantized));
      }
    }
    factors(spec).ifPresent(tensors::add);
    GgufWriter.write(path, metadata, tensors);
  }

  private static GgufWriter.Tensor tensor(
      String name,
      GgufWeight weight,
      Function<String, ? extends StoredWeight> weights,
      GgmlType type,
      Map<String, QuantizedMatrix.Bits> quantized) {
    QuantizedMatrix.Bits bits = quantized.get(weight.parts().getFirst());
    if (bits == null && weight.parts().stream().noneMatch(quantized::containsKey)) {
      return new GgufWriter.Rounded(name, type(weight, type), weight.shape(), new Parts(weight, weights));
    }
    if (bits == null || !weight.parts().stream().allMatch(part -> bits == quantized.get(part))) {
      throw new UserException(
          "'%s' holds %s, which must all be kept alike".formatted(weight.name(), String.join(", ", weight.parts())));
    }
    return new GgufWriter.Parts(
        name,
        GgufBlocks.type(bits),
        weight.shape(),
        weight.parts().stream().<Supplier<MemorySegment>>map(part -> () -> blocks(weight, weights.apply(part))).toList());
  }

  private static MemorySegment blocks(GgufWeight weight, StoredWeight part) {
    return switch (part) {
      case QuantizedMatrix matrix -> weight.form().theirs(GgufBlocks.of(matrix)).data();
      case StoredTensor _ -> throw new IllegalArgumentException("a part of " + weight.name() + " is not quantized");
    };
  }

  private static Optional<GgufWriter.Tensor> factors(DecoderSpec spec) {
    return spec.stack().blocks().getFirst().mixer() instanceof Attention a
        ? a.rope()
            .flatMap(rope -> GgufRope.tensor(rope, a.headDim()))
            .map(
                values ->
                    new GgufWriter.Rounded(
                        GgufLayout.ROPE_FACTORS, GgmlType.F32, StoredTensor.of(values, values.length)))
        : Optional.empty();
  }

  private static GgmlType type(GgufWeight weight, GgmlType wanted) {
    long[] shape = weight.shape();
    if (weight.exact()) {
      return GgmlType.F32;
    }
    return shape[shape.length - 1] % wanted.blockSize() == 0 ? wanted : GgmlType.F16;
  }

  /// `llama_ftype`: what most of the file is.
  private static int fileType(GgmlType type) {
    return switch (type) {
      case F32 -> 0;
      case F16 -> 1;
      case Q4_0 -> 2;
      case Q8_0 -> 7;
      case BF16 -> 32;
      case Q4_1, Q5_0, Q5_1, Q4_K, Q6_K -> throw unwritable(type);
      case Q8_1, Q2_K, Q3_K, Q5_K, Q8_K -> throw unwritable(type);
      case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S, IQ4_NL, IQ4_XS -> throw unwritable(type);
      case I8, I16, I32, I64, F64, TQ1_0, TQ2_0, MXFP4 -> throw unwritable(type);
    };
  }

  private static UserException unwritable(GgmlType type) {
    return new UserException("models are not written as " + type + "; Athanor writes " + GgmlType.list(true));
  }

  /// The numbers of a tensor out of those of our weights, one of them in memory at a time.
  private static final class Parts implements GgufWriter.Numbers {
    private final GgufWeight weight;
    private final Function<String, ? extends StoredWeight> weights;
    private int current = -1;
    private long begin;
    private Optional<StoredTensor> part = Optional.empty();

    Parts(GgufWeight weight, Function<String, ? extends StoredWeight> weights) {
      this.weight = weight;
      this.weights = weights;
    }

    @Override
    public void floats(long from, float[] to, int at, int count) {
      for (int done = 0; done < count; ) {
        long number = from + done;
        StoredTensor here = part.filter(p -> number < begin + p.elements()).orElseGet(this::next);
        long skip = number - begin;
        int n = (int) Math.min(count - done, here.elements() - skip);
        here.floats(skip, to, at + done, n);
        done += n;
      }
    }

    private StoredTensor next() {
      begin += part.map(StoredTensor::elements).orElse(0L);
      current++;
      StoredTensor loaded = weight.form().theirs(weights.apply(weight.parts().get(current)).widened());
      part = Optional.of(loaded);
      return loaded;
    }
  }
}
