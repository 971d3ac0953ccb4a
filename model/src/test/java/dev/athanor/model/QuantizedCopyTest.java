package dev.athanor.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.AtomicPath;
import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.model.QuantizedMatrix.Bits;
import dev.athanor.model.gguf.GgmlType;
import dev.athanor.model.gguf.GgufModel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class QuantizedCopyTest {
  private static final Path CHECKPOINTS = Path.of("src", "test", "resources", "checkpoints");

  @TempDir Path dir;

  /// Any codes and any scales, not those that rounding would find.
  private static QuantizedMatrix random(Random random, Bits bits, int rows, int cols) {
    byte[] codes = new byte[rows * cols];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) random.nextInt(bits.least(), bits.most() + 1);
    }
    short[] scales = new short[rows * QuantizedMatrix.groups(cols)];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = Float.floatToFloat16((float) random.nextGaussian() / 50);
    }
    return new QuantizedMatrix(bits, rows, cols, codes, scales);
  }

  private static Map<String, QuantizedMatrix> matrices(DecoderSpec spec, Bits bits) {
    Random random = new Random(spec.hiddenSize() + bits.count());
    Map<String, QuantizedMatrix> matrices = new LinkedHashMap<>();
    for (WeightSpec weight : WeightNames.weights(spec)) {
      long[] shape = weight.shape();
      if (shape.length == 2 && shape[1] % QuantizedMatrix.GROUP == 0 && weight.role() != WeightSpec.Role.VECTOR) {
        matrices.put(weight.name(), random(random, bits, (int) shape[0], (int) shape[1]));
      }
    }
    return matrices;
  }

  private Path write(CheckpointDir from, Map<String, ? extends StoredWeight> weights) {
    Path to = dir.resolve("quantized");
    AtomicPath.write(to, new QuantizedCopy(from, weights, CheckpointDir.SHARD_BYTES)::fill);
    return to;
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "qwen2", "qwen3", "gemma2", "gpt2", "mixtral", "qwen3_moe", "mamba", "mamba2"})
  void fill_everyDecoderFamily_isReadAgainToTheBit(String family) {
    for (Bits bits : Bits.values()) {
      try (CheckpointDir from = CheckpointDir.open(CHECKPOINTS.resolve(family))) {
        Map<String, QuantizedMatrix> matrices = matrices(from.decoder(), bits);
        assertThat(matrices).hasSizeGreaterThan(3);
        try (CheckpointDir back = CheckpointDir.open(write(from, matrices))) {
          assertThat(back.isQuantized()).isTrue();
          for (WeightSpec weight : WeightNames.weights(from.spec())) {
            String name = weight.name();
            QuantizedMatrix matrix = matrices.get(name);
            if (matrix == null) {
              assertThat(back.floats(name)).as(name).isEqualTo(from.floats(name));
            } else {
              assertThat(back.weight(name)).as(name).isEqualTo(matrix);
              assertThat(back.floats(name)).as(name).isEqualTo(matrix.floats());
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "qwen2", "mixtral", "gpt2", "mamba"})
  void writeGguf_quantizedMatrices_keepsCodesAndScales(String family) {
    for (Bits bits : Bits.values()) {
      try (CheckpointDir from = CheckpointDir.open(CHECKPOINTS.resolve(family))) {
        Map<String, QuantizedMatrix> matrices = new LinkedHashMap<>(matrices(from.decoder(), bits));
        Path file = dir.resolve("model.gguf");
        GgufModel.write(
            file,
            from.decoder(),
            from.special(),
            Optional.empty(),
            from.with(matrices)::weight,
            GgmlType.F32,
            matrices.keySet().stream().collect(Collectors.toMap(name -> name, _ -> bits)));
        try (GgufModel back = GgufModel.open(file)) {
          matrices.forEach((name, matrix) -> assertThat(back.weight(name)).as(name).isEqualTo(matrix));
          assertThat(back.floats(WeightNames.finalNorm())).isEqualTo(from.floats(WeightNames.finalNorm()));
        }
      }
    }
  }

  @Test
  void fill_weightsOfSeveralKindsInOnePublishedTensor_saysWhich() {
    try (CheckpointDir from = CheckpointDir.open(CHECKPOINTS.resolve("gpt2"))) {
      Map<String, QuantizedMatrix> some = new LinkedHashMap<>(matrices(from.decoder(), Bits.INT4));
      some.remove(WeightNames.block(0).v());
      assertThatThrownBy(() -> new QuantizedCopy(from, some, CheckpointDir.SHARD_BYTES).fill(dir.resolve("x")))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("c_attn.weight' holds ")
          .hasMessageContaining("must all be kept alike");
    }
  }

  /// A llama whose first query matrix is stored as others store it, the rest as it was.
  private Path ofOthers(Map<String, StoredTensor> query, String format, int bits, String more) throws IOException {
    Path to = Files.createDirectory(dir.resolve("others"));
    try (CheckpointDir from = CheckpointDir.open(CHECKPOINTS.resolve("llama"))) {
      Map<String, TensorSource> tensors = new LinkedHashMap<>();
      from.stored().names().forEach(name -> tensors.put(name, from.stored().tensor(name)));
      tensors.remove(WeightNames.block(0).q());
      tensors.putAll(query);
      SafeTensors.write(to.resolve(SafeTensors.FILE), tensors);
      ObjectNode config = (ObjectNode) from.config().deepCopy();
      config.set(
          "quantization_config",
          Json.tree(
              """
              {"quant_method": "compressed-tensors", "format": "%s", "config_groups": {"group_0":
                {"targets": ["Linear"], "weights": {"num_bits": %d, "type": "int"%s}}}}"""
                  .formatted(format, bits, more)));
      Files.writeString(to.resolve(CheckpointDir.CONFIG), Json.write(config));
    }
    return to;
  }

  private static StoredTensor whole(DType dtype, byte[] bytes, long... shape) {
    return new StoredTensor(dtype, shape, MemorySegment.ofArray(bytes));
  }

  private static final String QUERY = "model.layers.0.self_attn.q_proj";

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "F16", "BF16"})
  void open_wholeBytesWithAScaleARow_repeatsTheScale(DType dtype) throws IOException {
    byte[] codes = new byte[32 * 32];
    new Random(3).nextBytes(codes);
    float[] scales = new float[32];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = (i + 1) / 256f;
    }
    Path model =
        ofOthers(
            Map.of(
                QUERY + ".weight", whole(DType.I8, codes, 32, 32),
                QUERY + ".weight_scale", StoredTensor.of(dtype, scales, 32, 1)),
            "int-quantized",
            8,
            ", \"strategy\": \"channel\"");
    try (CheckpointDir dir = CheckpointDir.open(model)) {
      QuantizedMatrix matrix = (QuantizedMatrix) dir.weight(WeightNames.block(0).q());
      assertThat(matrix.codes()).isEqualTo(codes);
      assertThat(dir.floats(WeightNames.block(0).q())[33]).isEqualTo(codes[33] * scales[1]);
    }
  }

  private Map<String, StoredTensor> packed(int each) {
    ByteBuffer codes = ByteBuffer.allocate(32 * 32 / each * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 32 * 32 / each; i++) {
      codes.putInt(0x76543210);
    }
    ByteBuffer shape = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(32).putInt(32);
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    tensors.put(QUERY + ".weight_packed", whole(DType.I32, codes.array(), 32, 32 / each));
    tensors.put(QUERY + ".weight_shape", whole(DType.I32, shape.array(), 2));
    tensors.put(QUERY + ".weight_scale", StoredTensor.of(new float[32], 32, 1));
    return tensors;
  }

  @Test
  void open_packedNibbles_comeFromTheLowestBitsOn() throws IOException {
    try (CheckpointDir dir = CheckpointDir.open(ofOthers(packed(8), "pack-quantized", 4, ", \"group_size\": 32"))) {
      QuantizedMatrix matrix = (QuantizedMatrix) dir.weight(WeightNames.block(0).q());
      assertThat(matrix.bits()).isEqualTo(Bits.INT4);
      assertThat(matrix.codes()).startsWith(-8, -7, -6, -5, -4, -3, -2, -1, -8);
    }
  }

  @Test
  void open_packedBytes_comeFromTheLowestBitsOn() throws IOException {
    try (CheckpointDir dir = CheckpointDir.open(ofOthers(packed(4), "pack-quantized", 8, ""))) {
      assertThat(((QuantizedMatrix) dir.weight(WeightNames.block(0).q())).codes())
          .startsWith(0x10 - 128, 0x32 - 128, 0x54 - 128, 0x76 - 128, 0x10 - 128);
    }
  }

  @Test
  void open_whatIsNotRead_saysWhy() throws IOException {
    Map<String, StoredTensor> zero = packed(8);
    zero.put(QUERY + ".weight_zero_point", StoredTensor.of(new float[32], 32, 1));
    Path model = ofOthers(zero, "pack-quantized", 4, "");
    assertThatThrownBy(() -> CheckpointDir.open(model))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(QUERY + ".weight_zero_point is there");
    String config = Files.readString(model.resolve(CheckpointDir.CONFIG));
    refuses(model, config.replace("\"compressed-tensors\"", "\"gptq\""), "quant_method 'gptq' is not read; 'compressed-tensors' is");
    refuses(model, config.replace("\"pack-quantized\"", "\"float-quantized\""), "format 'float-quantized' is not read");
    refuses(model, config.replace("\"num_bits\":4", "\"num_bits\":3"), "num_bits 3 is not read; 4 and 8 are");
    refuses(model, config.replace("\"type\":\"int\"", "\"type\":\"int\",\"symmetric\":false"), "not symmetric");
    refuses(model, config.replace("\"num_bits\":4", "\"num_bits\":8"), "holds no [32, 32] of [8] bits");
  }

  private static void refuses(Path model, String config, String why) throws IOException {
    Files.writeString(model.resolve(CheckpointDir.CONFIG), config);
    assertThatThrownBy(() -> CheckpointDir.open(model)).isInstanceOf(UserException.class).hasMessageContaining(why);
  }
}
