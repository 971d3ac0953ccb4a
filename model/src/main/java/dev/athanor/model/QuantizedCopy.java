package dev.athanor.model;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.model.families.PublishedWeight;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A decoder's folder written anew with some of its weights replaced, quantized ones in the published "compressed-tensors" layout (see
/// [CompressedTensors]). Everything else is as it was: the other tensors, the keys of the configuration, and the files beside them.
///
/// What is quantized is packed in I32, whether of 4 or 8 bits, because that is what vLLM has kernels for with weights alone.
///
/// @param weights by our names; those that are not here stay as they are stored
/// @param shardBytes more than these go into several files
public record QuantizedCopy(CheckpointDir from, Map<String, ? extends StoredWeight> weights, long shardBytes) {
  /// The published tools compute with it, so that scales stay what they are.
  private static final DType COMPUTED_IN = DType.F16;

  private static final String SUFFIX = ".weight";

  /// Fills a folder, made where it is missing.
  ///
  /// @throws UserException where one published tensor would hold weights of several kinds
  public void fill(Path folder) throws IOException {
    Files.createDirectories(folder);
    SequencedMap<String, TensorSource> tensors = new LinkedHashMap<>();
    Map<QuantizedMatrix.Bits, List<String>> quantized = new EnumMap<>(QuantizedMatrix.Bits.class);
    List<String> whole = new ArrayList<>();
    for (PublishedWeight weight : from.family().layout(from.spec())) {
      List<StoredWeight> parts = weight.parts().stream().map(this::weight).toList();
      if (parts.stream().allMatch(QuantizedMatrix.class::isInstance)) {
        QuantizedMatrix matrix = joined(weight, parts);
        String module = module(weight.name());
        put(tensors, module, matrix);
        quantized.computeIfAbsent(matrix.bits(), _ -> new ArrayList<>()).add(module);
      } else if (parts.stream().noneMatch(QuantizedMatrix.class::isInstance)) {
        tensors.put(weight.name(), plain(weight));
        if (weight.name().endsWith(SUFFIX) && parts.getFirst().shape().length == 2) {
          whole.add(module(weight.name()));
        }
      } else {
        throw mixed(weight);
      }
    }
    SafeTensors.writeFolder(folder, tensors, shardBytes);
    CheckpointCopy.copyOthers(from.path(), folder, name -> !name.equals(CheckpointDir.CONFIG));
    AtomicFile.writeString(folder.resolve(CheckpointDir.CONFIG), Json.pretty(config(quantized, whole)));
    CheckpointWriter.writeChecksums(folder);
  }

  private StoredWeight weight(String name) {
    StoredWeight replaced = weights.get(name);
    return replaced == null ? from.weight(name) : replaced;
  }

  private QuantizedMatrix joined(PublishedWeight weight, List<StoredWeight> parts) {
    List<QuantizedMatrix> matrices = parts.stream().map(QuantizedMatrix.class::cast).toList();
    if (matrices.stream().map(QuantizedMatrix::bits).distinct().count() > 1) {
      throw mixed(weight);
    }
    return matrices.size() == 1 ? matrices.getFirst() : QuantizedMatrix.joined(matrices);
  }

  private static UserException mixed(PublishedWeight weight) {
    return new UserException(
        "'%s' holds %s, which must all be kept alike".formatted(weight.name(), String.join(", ", weight.parts())));
  }

  private static String module(String tensor) {
    return tensor.endsWith(SUFFIX) ? tensor.substring(0, tensor.length() - SUFFIX.length()) : tensor;
  }

  /// As the family stores it, of one dtype where several are joined.
  private TensorSource plain(PublishedWeight weight) {
    List<StoredTensor> own = weight.parts().stream().map(name -> weight(name).widened()).toList();
    DType dtype = own.stream().map(StoredTensor::dtype).distinct().count() == 1 ? own.getFirst().dtype() : DType.F32;
    Map<String, TensorSource> parts = new LinkedHashMap<>();
    for (int i = 0; i < own.size(); i++) {
      parts.put(weight.parts().get(i), own.get(i).as(dtype, weight.name()));
    }
    return PublishedTensors.published(weight, parts);
  }

  private static void put(Map<String, TensorSource> tensors, String module, QuantizedMatrix matrix) {
    int each = 32 / matrix.bits().count();
    int ints = (matrix.cols() + each - 1) / each;
    tensors.put(
        module + CompressedTensors.PACKED,
        new LazyTensor(DType.I32, new long[] {matrix.rows(), ints}, out -> {
          ByteBuffer row = ByteBuffer.allocate(ints * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
          for (int r = 0; r < matrix.rows(); r++) {
            out.write(packed(matrix, r, each, row.clear()).array());
          }
        }));
    ByteBuffer scales = ByteBuffer.allocate(matrix.scales().length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    scales.asShortBuffer().put(matrix.scales());
    tensors.put(
        module + CompressedTensors.SCALE,
        new StoredTensor(DType.F16, new long[] {matrix.rows(), matrix.groups()}, MemorySegment.ofArray(scales.array())));
    ByteBuffer shape = ByteBuffer.allocate(2 * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    shape.putLong(matrix.rows()).putLong(matrix.cols());
    tensors.put(
        module + CompressedTensors.SHAPE, new StoredTensor(DType.I64, new long[] {2}, MemorySegment.ofArray(shape.array())));
  }

  private static ByteBuffer packed(QuantizedMatrix matrix, int row, int each, ByteBuffer to) {
    int bits = matrix.bits().count();
    for (int from = 0; from < matrix.cols(); from += each) {
      int whole = 0;
      for (int i = 0; i < each && from + i < matrix.cols(); i++) {
        whole |= (matrix.codes()[row * matrix.cols() + from + i] - matrix.bits().least()) << (i * bits);
      }
      to.putInt(whole);
    }
    return to;
  }

  private ObjectNode config(Map<QuantizedMatrix.Bits, List<String>> quantized, List<String> whole) {
    ObjectNode config = (ObjectNode) from.config().deepCopy();
    config.remove("dtype");
    config.put("torch_dtype", COMPUTED_IN.torchName());
    ObjectNode stated = config.putObject(CompressedTensors.CONFIG);
    stated.put("quant_method", CompressedTensors.METHOD);
    stated.put("format", CompressedTensors.PACKED_FORMAT);
    stated.put("quantization_status", "compressed");
    stated.putNull("kv_cache_scheme");
    stated.putNull("global_compression_ratio");
    ObjectNode groups = stated.putObject("config_groups");
    quantized.forEach(
        (bits, modules) -> {
          ObjectNode group = groups.putObject("group_" + groups.size());
          targets(group.putArray("targets"), modules);
          group.putNull("input_activations");
          group.putNull("output_activations");
          ObjectNode facts = group.putObject("weights");
          facts.put("num_bits", bits.count());
          facts.put("type", "int");
          facts.put("symmetric", true);
          facts.put("strategy", "group");
          facts.put("group_size", QuantizedMatrix.GROUP);
          facts.put("dynamic", false);
        });
    ArrayNode ignore = stated.putArray("ignore");
    whole.forEach(ignore::add);
    return config;
  }

  /// Modules by their names, those of numbered layers together: a pattern that names every one of them and none else.
  private static void targets(ArrayNode targets, List<String> modules) {
    Map<String, List<String>> alike = new LinkedHashMap<>();
    for (String module : modules) {
      alike.computeIfAbsent(module.replaceAll("\\.\\d+\\.", ".#."), _ -> new ArrayList<>()).add(module);
    }
    alike.forEach(
        (shape, all) -> {
          if (all.size() == 1) {
            targets.add(all.getFirst());
            return;
          }
          List<String> numbers = all.stream().map(QuantizedCopy::numbers).distinct().toList();
          String pattern = Pattern.compile("\\.").matcher(shape).replaceAll("[.]");
          if (shape.indexOf('#') == shape.lastIndexOf('#')) {
            targets.add("re:" + pattern.replace("#", "(" + String.join("|", numbers) + ")") + "$");
          } else {
            all.forEach(targets::add);
          }
        });
  }

  private static String numbers(String module) {
    return Objects.requireNonNull(module.replaceAll("^.*?\\.(\\d+)\\..*$", "$1"), "a replacement");
  }
}
