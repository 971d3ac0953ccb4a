package dev.athanor.model;

import dev.athanor.base.UserException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The quantized weights of a folder in the published "compressed-tensors" layout, which `quantization_config` in its `config.json`
/// announces. https://github.com/neuralmagic/compressed-tensors
///
/// Of a matrix `X.weight`, [out, in], such a folder holds, of format "pack-quantized": `X.weight_packed`, I32 [out, ⌈in·bits/32⌉], the
/// codes of a row in the order of its columns from the lowest bits on, each with 2^(bits−1) added; `X.weight_scale` [out, groups]; and
/// `X.weight_shape`, the two numbers out and in. Of format "int-quantized" it holds `X.weight`, I8 [out, in], and `X.weight_scale`.
///
/// Read are whole numbers of 4 and 8 bits that are symmetric about 0, a scale for each multiple of 32 columns, each row or the whole
/// matrix. Scales become F16: those that are stored wider are rounded to it. Activations are not rounded as such a folder may ask.
final class CompressedTensors {
  static final String CONFIG = "quantization_config";
  static final String METHOD = "compressed-tensors";
  static final String PACKED_FORMAT = "pack-quantized";
  static final String PACKED = ".weight_packed";
  static final String SCALE = ".weight_scale";
  static final String SHAPE = ".weight_shape";
  private static final String WHOLE_FORMAT = "int-quantized";
  private static final String WEIGHT = ".weight";
  private static final List<String> REFUSED = List.of(".weight_zero_point", ".weight_g_idx", ".weight_global_scale");

  /// What is stored of one matrix.
  record Entry(StoredTensor codes, StoredTensor scales, QuantizedMatrix.Bits bits, boolean packed, int rows, int cols) {
    /// Its codes and scales in memory.
    QuantizedMatrix load() {
      byte[] to = new byte[Math.multiplyExact(rows, cols)];
      if (packed) {
        unpack(to);
      } else {
        codes.data().asByteBuffer().get(to);
      }
      int groups = QuantizedMatrix.groups(cols);
      int storedRows = Math.toIntExact(scales.shape()[0]);
      int storedGroups = Math.toIntExact(scales.elements()) / storedRows;
      float[] stored = scales.floats();
      short[] halves = new short[Math.multiplyExact(rows, groups)];
      for (int row = 0; row < rows; row++) {
        for (int g = 0; g < groups; g++) {
          float scale = stored[(storedRows == 1 ? 0 : row) * storedGroups + g * storedGroups / groups];
          short half = Float.floatToFloat16(scale);
          if (!Float.isFinite(Float.float16ToFloat(half))) {
            throw new UserException("a scale of " + scale + " is no finite F16");
          }
          halves[row * groups + g] = half;
        }
      }
      return new QuantizedMatrix(bits, rows, cols, to, halves);
    }

    private void unpack(byte[] to) {
      int each = 32 / bits.count();
      int ints = (cols + each - 1) / each;
      int mask = (1 << bits.count()) - 1;
      for (int row = 0; row < rows; row++) {
        for (int col = 0; col < cols; col++) {
          int whole = (int) codes.integer((long) row * ints + col / each);
          to[row * cols + col] = (byte) (((whole >>> (col % each * bits.count())) & mask) + bits.least());
        }
      }
    }
  }

  private final Map<String, Entry> entries;
  private final Set<String> parts;

  private CompressedTensors(Map<String, Entry> entries, Set<String> parts) {
    this.entries = entries;
    this.parts = parts;
  }

  /// By the names of the matrices, `X.weight`.
  Map<String, Entry> entries() {
    return entries;
  }

  /// Whether a stored tensor is a part of one of them.
  boolean isPart(String storedName) {
    return parts.contains(storedName);
  }

  /// The matrix that a stored tensor is a part of; itself where it is none.
  static String matrix(String storedName) {
    for (String suffix : List.of(PACKED, SCALE, SHAPE)) {
      if (storedName.endsWith(suffix)) {
        return storedName.substring(0, storedName.length() - suffix.length()) + WEIGHT;
      }
    }
    return storedName;
  }

  /// @param source for messages
  /// @param config of the folder
  /// @throws UserException when it is quantized in a way that is not read; says which
  static CompressedTensors of(String source, JsonNode config, SafeTensors tensors) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    Set<String> parts = new TreeSet<>();
    JsonNode stated = config.path(CONFIG);
    if (stated.isMissingNode() || stated.isNull()) {
      return new CompressedTensors(entries, parts);
    }
    String where = source + "/" + CheckpointDir.CONFIG + ": " + CONFIG;
    Set<Integer> bits = bits(where, stated);
    List<String> problems = new ArrayList<>();
    for (String name : tensors.names()) {
      if (!name.endsWith(SCALE)) {
        continue;
      }
      String matrix = name.substring(0, name.length() - SCALE.length());
      for (String refused : REFUSED) {
        if (tensors.has(matrix + refused)) {
          problems.add(matrix + refused + " is there; weights are read that are symmetric, with the groups in the columns' order");
        }
      }
      boolean packed = tensors.has(matrix + PACKED);
      if (!packed && !tensors.has(matrix + WEIGHT)) {
        problems.add(name + " belongs to no matrix");
        continue;
      }
      parts.addAll(List.of(name, matrix + (packed ? PACKED : WEIGHT)));
      if (packed) {
        parts.add(matrix + SHAPE);
      }
      Entry entry = packed ? packed(matrix, tensors, bits, problems) : whole(matrix, tensors, problems);
      if (entry != null && fits(matrix, entry, problems)) {
        entries.put(matrix + WEIGHT, entry);
      }
    }
    if (!problems.isEmpty()) {
      throw new UserException(source + ": " + String.join("; ", problems));
    }
    return new CompressedTensors(entries, parts);
  }

  private static Set<Integer> bits(String where, JsonNode stated) {
    String method = stated.path("quant_method").asString("");
    if (!method.equals(METHOD)) {
      throw new UserException("%s: quant_method '%s' is not read; '%s' is".formatted(where, method, METHOD));
    }
    List<String> problems = new ArrayList<>();
    Set<Integer> bits = new TreeSet<>();
    requireFormat(stated.path("format").asString(PACKED_FORMAT), problems);
    for (var group : stated.path("config_groups").properties()) {
      JsonNode weights = group.getValue().path("weights");
      requireFormat(group.getValue().path("format").asString(PACKED_FORMAT), problems);
      int count = weights.path("num_bits").asInt(8);
      bits.add(count);
      if (count != 4 && count != 8) {
        problems.add("num_bits " + count + " is not read; 4 and 8 are");
      }
      if (!weights.path("type").asString("int").equals("int")) {
        problems.add("type '" + weights.path("type").asString("") + "' is not read; 'int' is");
      }
      if (!weights.path("symmetric").asBoolean(true)) {
        problems.add("weights that are not symmetric are not read");
      }
    }
    if (!problems.isEmpty()) {
      throw new UserException(where + ": " + String.join("; ", problems.stream().distinct().toList()));
    }
    return bits;
  }

  private static void requireFormat(String format, Collection<String> problems) {
    if (!List.of(PACKED_FORMAT, WHOLE_FORMAT, "mixed-precision").contains(format)) {
      problems.add("format '%s' is not read; '%s' and '%s' are".formatted(format, PACKED_FORMAT, WHOLE_FORMAT));
    }
  }

  private static @Nullable Entry packed(
      String matrix, SafeTensors tensors, Set<Integer> bits, List<String> problems) {
    if (!tensors.has(matrix + SHAPE) || tensors.tensor(matrix + SHAPE).elements() != 2) {
      problems.add(matrix + PACKED + " needs a " + SHAPE + " of two numbers");
      return null;
    }
    StoredTensor codes = tensors.tensor(matrix + PACKED);
    StoredTensor shape = tensors.tensor(matrix + SHAPE);
    boolean whole = shape.dtype() == DType.I64 || shape.dtype() == DType.I32;
    long rows = whole ? shape.integer(0) : 0;
    long cols = whole ? shape.integer(1) : 0;
    for (QuantizedMatrix.Bits each : QuantizedMatrix.Bits.values()) {
      int perInt = 32 / each.count();
      if (bits.contains(each.count())
          && codes.dtype() == DType.I32
          && rows > 0
          && cols > 0
          && codes.shape().length == 2
          && codes.shape()[0] == rows
          && codes.shape()[1] == (cols + perInt - 1) / perInt) {
        return new Entry(codes, tensors.tensor(matrix + SCALE), each, true, Math.toIntExact(rows), Math.toIntExact(cols));
      }
    }
    problems.add(
        "%s is %s %s, which holds no [%d, %d] of %s bits"
            .formatted(matrix + PACKED, codes.dtype(), Arrays.toString(codes.shape()), rows, cols, bits));
    return null;
  }

  private static @Nullable Entry whole(String matrix, SafeTensors tensors, List<String> problems) {
    StoredTensor codes = tensors.tensor(matrix + WEIGHT);
    if (codes.dtype() != DType.I8 || codes.shape().length != 2) {
      problems.add(matrix + WEIGHT + " has scales and is no matrix of I8");
      return null;
    }
    return new Entry(
        codes,
        tensors.tensor(matrix + SCALE),
        QuantizedMatrix.Bits.INT8,
        false,
        Math.toIntExact(codes.shape()[0]),
        Math.toIntExact(codes.shape()[1]));
  }

  /// Whether the scales are for each row, or for all, and for whole groups of columns.
  private static boolean fits(String matrix, Entry entry, List<String> problems) {
    StoredTensor scales = entry.scales;
    long[] shape = scales.shape();
    long rows = shape.length == 0 ? 1 : shape[0];
    long groups = rows == 0 ? 0 : scales.elements() / rows;
    boolean whole =
        groups == 1
            || (groups > 0
                && (groups == QuantizedMatrix.groups(entry.cols)
                    || (entry.cols % groups == 0 && entry.cols / groups % QuantizedMatrix.GROUP == 0)));
    if (!scales.dtype().holdsWeights() || shape.length == 0 || (rows != entry.rows && scales.elements() != 1) || !whole) {
      problems.add(
          "%s is %s %s, which are no scales of [%d, %d] for groups of a multiple of %d columns"
              .formatted(
                  matrix + SCALE,
                  scales.dtype(),
                  Arrays.toString(shape),
                  entry.rows,
                  entry.cols,
                  QuantizedMatrix.GROUP));
      return false;
    }
    return true;
  }
}
