package dev.athanor.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTensorsTest {
  @TempDir Path dir;

  @Test
  void write_anyDtypeAndRank_readsBack() {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    tensors.put("b", StoredTensor.of(DType.BF16, new float[] {1, -2.5f, 3.1415927f}, 3));
    tensors.put("scalar", StoredTensor.of(new float[] {7}));
    tensors.put("empty", StoredTensor.of(new float[0], 0, 4));
    tensors.put("h", StoredTensor.of(DType.F16, new float[] {0.5f, 65504}, 2, 1));
    tensors.put("a", StoredTensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3));
    SafeTensors.write(dir.resolve("x"), tensors);
    try (SafeTensors read = SafeTensors.open(dir.resolve("x"))) {
      assertThat(read.names()).containsExactly("a", "empty", "scalar", "b", "h");
      assertThat(read.floats("a")).containsExactly(1, 2, 3, 4, 5, 6);
      assertThat(read.tensor("a").shape()).containsExactly(2, 3);
      assertThat(read.floats("scalar")).containsExactly(7);
      assertThat(read.tensor("scalar").shape()).isEmpty();
      assertThat(read.floats("empty")).isEmpty();
      assertThat(read.floats("h")).containsExactly(0.5f, 65504);
      assertThat(read.floats("b")).containsExactly(1, -2.5f, 3.140625f);
      assertThatThrownBy(() -> read.floats("c")).isInstanceOf(UserException.class).hasMessageContaining("'c'");
    }
  }

  @Test
  void write_otherOrder_givesTheSameBytes() throws IOException {
    StoredTensor one = StoredTensor.of(new float[] {1}, 1), two = StoredTensor.of(new float[] {2}, 1);
    Map<String, StoredTensor> reversed = new LinkedHashMap<>();
    reversed.put("b", two);
    reversed.put("a", one);
    SafeTensors.write(dir.resolve("x"), Map.of("a", one, "b", two));
    SafeTensors.write(dir.resolve("y"), reversed);
    assertThat(Files.readAllBytes(dir.resolve("x"))).isEqualTo(Files.readAllBytes(dir.resolve("y")));
  }

  @Test
  void open_publishedFile_isWrittenBackWithTheSameNumbers() {
    Path published = Path.of("src/test/resources/checkpoints/qwen3");
    try (SafeTensors read = SafeTensors.open(published)) {
      Map<String, StoredTensor> all = new LinkedHashMap<>();
      read.names().forEach(name -> all.put(name, read.tensor(name)));
      SafeTensors.write(dir.resolve("x"), all);
      try (SafeTensors again = SafeTensors.open(dir.resolve("x"))) {
        assertThat(again.names()).containsExactlyInAnyOrderElementsOf(read.names()).hasSize(24);
        for (String name : read.names()) {
          assertThat(again.tensor(name).dtype()).isEqualTo(DType.BF16);
          assertThat(again.floats(name)).containsExactly(read.floats(name));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}} | 4 | 8 bytes",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | 4 | holds 4 bytes",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | 8 | last 4 bytes",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | 8 | belong to no tensor",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | 4 | overlaps",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | 8 | not valid JSON",
        "{'a':{'dtype':'C64','shape':[1],'data_offsets':[0,8]}} | 8 | supported are [F32, F16, BF16",
        "{'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}} | 4 | shape [-1]",
        "{'a':{'dtype':'F32','shape':[4611686018427387904,4],'data_offsets':[0,4]}} | 4 | impossible shape",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}} | 4 | data_offsets",
        "{'a':{'dtype':'F32','data_offsets':[0,4]}} | 4 | no shape",
        "{'a':{'dtype' | 4 | not valid JSON",
        "[] | 0 | begin with '{'"
      })
  void open_damagedHeader_saysWhatIsWrong(String header, int dataBytes, String message) throws IOException {
    byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    write(json.length, json, dataBytes);
    assertThatThrownBy(() -> SafeTensors.open(dir.resolve("x")).close())
        .isInstanceOf(UserException.class)
        .hasMessageContaining(dir.resolve("x").toString())
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({"100, does not fit", "100000001, at most 100000000", "-1, 18446744073709551615"})
  void open_wrongHeaderLength_saysSo(long length, String message) throws IOException {
    write(length, "{}".getBytes(StandardCharsets.UTF_8), 0);
    assertThatThrownBy(() -> SafeTensors.open(dir.resolve("x")).close())
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message);
  }

  @Test
  void open_shards_areOneSetAndMissingOnesAreNamed() throws IOException {
    SafeTensors.write(dir.resolve("m1"), Map.of("a", StoredTensor.of(new float[] {1}, 1)));
    SafeTensors.write(dir.resolve("m2"), Map.of("b", StoredTensor.of(new float[] {2}, 1)));
    Path index = dir.resolve(SafeTensors.INDEX);
    Files.writeString(index, "{\"weight_map\":{\"a\":\"m1\",\"b\":\"m2\"}}");
    try (SafeTensors read = SafeTensors.open(dir)) {
      assertThat(read.floats("a")).containsExactly(1);
      assertThat(read.floats("b")).containsExactly(2);
    }
    Files.writeString(index, "{\"weight_map\":{\"a\":\"m1\",\"c\":\"m2\"}}");
    assertThatThrownBy(() -> SafeTensors.open(dir).close()).hasMessageContaining("'c' is not in m2");
    Files.writeString(index, "{\"weight_map\":{\"a\":\"../m1\"}}");
    assertThatThrownBy(() -> SafeTensors.open(dir).close()).hasMessageContaining("no file name");
  }

  private void write(long length, byte[] json, int dataBytes) throws IOException {
    ByteBuffer file = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(dir.resolve("x"), file.putLong(length).put(json).array());
  }
}
