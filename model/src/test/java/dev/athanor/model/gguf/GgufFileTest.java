package dev.athanor.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import dev.athanor.model.DType;
import dev.athanor.model.StoredTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgufFileTest {
  @TempDir Path dir;

  @Test
  void write_everyKindOfValue_readsBack() {
    SequencedMap<String, GgufValue> metadata = GgufFixtures.metadata();
    GgufWriter.write(dir.resolve("x"), metadata, List.of());
    try (GgufFile read = GgufFile.open(dir.resolve("x"))) {
      assertThat(read.version()).isEqualTo(3);
      assertThat(read.names()).isEmpty();
      assertThat(read.metadata().keySet()).containsExactlyElementsOf(metadata.keySet());
      metadata.forEach(
          (key, value) -> {
            if (!(value instanceof GgufArray)) {
              assertThat(read.metadata().get(key)).isEqualTo(value);
            }
          });
      assertThat(read.text("text")).contains("丹炉\n");
      assertThat(read.integer("u64")).hasValue(Long.MAX_VALUE);
      assertThat(read.real("f32")).hasValue(1e-5f);
      assertThat(read.flag("bool")).contains(true);
      assertThat(array(read, "texts").texts()).containsExactly("a", "", "丹");
      assertThat(array(read, "i32s").integers()).containsExactly(1, -2, Integer.MAX_VALUE);
      assertThat(array(read, "f32s").reals()).containsExactly(0.5, -1e30f);
      assertThat(array(read, "bools").bools()).containsExactly(true, false);
      assertThat(array(read, "none").texts()).isEmpty();
      List<GgufArray> nested = array(read, "nested").arrays();
      assertThat(nested.get(0).texts()).containsExactly("x");
      assertThat(nested.get(1).arrays().get(0).integers()).containsExactly(7);
      assertThat(nested.get(1).arrays().get(1).integers()).isEmpty();
      assertThat(nested.get(2).reals()).containsExactly(2);
    }
  }

  private static GgufArray array(GgufFile file, String key) {
    return file.array(key).orElseThrow();
  }

  @Test
  void accessors_absentOrOfAnotherType_areEmptyOrSaySo() {
    GgufWriter.write(dir.resolve("x"), GgufFixtures.metadata(), List.of());
    try (GgufFile read = GgufFile.open(dir.resolve("x"))) {
      assertThat(read.text("absent")).isEmpty();
      assertThat(read.integer("absent")).isEmpty();
      assertThat(read.real("absent")).isEmpty();
      assertThat(read.flag("absent")).isEmpty();
      assertThat(read.array("absent")).isEmpty();
      assertThatThrownBy(() -> read.integer("text")).isInstanceOf(UserException.class).hasMessageContaining("'text' is TEXT");
      assertThatThrownBy(() -> read.text("u8")).isInstanceOf(UserException.class).hasMessageContaining("it should be a text");
      assertThatThrownBy(() -> read.tensor("absent")).isInstanceOf(UserException.class).hasMessageContaining("'absent'");
      assertThatThrownBy(() -> array(read, "texts").integers()).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 32, 256})
  void write_everyTypeOfTensor_readsBackAligned(int alignment) {
    SequencedMap<String, GgufValue> metadata = GgufFixtures.metadata();
    metadata.put("general.alignment", GgufValue.u32(alignment));
    List<GgufWriter.Tensor> tensors = GgufFixtures.tensors();
    GgufWriter.write(dir.resolve("x"), metadata, tensors);
    try (GgufFile read = GgufFile.open(dir.resolve("x"))) {
      assertThat(read.names()).containsExactlyElementsOf(tensors.stream().map(GgufWriter.Tensor::name).toList());
      long begin = read.tensors().values().iterator().next().data().address();
      for (GgufWriter.Tensor tensor : tensors) {
        GgufTensor same = read.tensor(tensor.name());
        assertThat(same.type()).isEqualTo(tensor.type());
        assertThat(same.shape()).containsExactly(tensor.shape());
        assertThat(same.elements()).isEqualTo(Arrays.stream(tensor.shape()).reduce(1, (a, b) -> a * b));
        if (tensor instanceof GgufWriter.Copied copied) {
          assertThat(same.data().mismatch(copied.data())).isEqualTo(-1);
          assertThat((same.data().address() - begin) % alignment).isZero();
        }
      }
      assertThat(read.floats("single")).containsExactly(0);
      assertThat(read.tensor("single").shape()).isEmpty();
      assertThat(read.floats("nothing")).isEmpty();
      float[] four = read.floats("four");
      assertThat(four).hasSize(30).startsWith(0, 1, 2).endsWith(29);
    }
  }

  @Test
  void write_shape_isListedTheOtherWayRound() throws IOException {
    GgufWriter.write(dir.resolve("x"), new LinkedHashMap<>(), List.of(rounded("w", GgmlType.F32, 2, 3)));
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(dir.resolve("x"))).order(ByteOrder.LITTLE_ENDIAN);
    int dimensions = 24 + 8 + 1; // header, name
    assertThat(bytes.getInt(dimensions)).isEqualTo(2);
    assertThat(bytes.getLong(dimensions + 4)).isEqualTo(3);
    assertThat(bytes.getLong(dimensions + 12)).isEqualTo(2);
    assertThat(bytes.capacity() % 32).isZero();
  }

  @Test
  void write_moreThanAChunk_roundsEveryNumber() {
    int rows = 701;
    GgufWriter.write(
        dir.resolve("x"),
        new LinkedHashMap<>(),
        List.of(
            rounded("a", GgmlType.F32, rows, 320),
            rounded("b", GgmlType.Q8_0, rows, 320),
            rounded("c", GgmlType.BF16, rows, 320)));
    try (GgufFile read = GgufFile.open(dir.resolve("x"))) {
      float[] exact = read.floats("a");
      float[] q8 = read.floats("b");
      float[] bf16 = read.floats("c");
      for (int i = 0; i < rows * 320; i++) {
        assertThat(exact[i]).isEqualTo(i);
        assertThat(q8[i]).isBetween(i * 0.99f - 1, i * 1.01f + 1);
        assertThat(bf16[i]).isBetween(i * 0.996f, i * 1.004f);
      }
    }
  }

  @Test
  void write_twice_givesTheSameBytes() throws IOException {
    GgufWriter.write(dir.resolve("x"), GgufFixtures.metadata(), GgufFixtures.tensors());
    GgufWriter.write(dir.resolve("y"), GgufFixtures.metadata(), GgufFixtures.tensors());
    try (GgufFile read = GgufFile.open(dir.resolve("x"))) {
      List<GgufWriter.Copied> copies = read.tensors().values().stream().map(GgufWriter.Copied::new).toList();
      GgufWriter.write(dir.resolve("z"), new LinkedHashMap<>(read.metadata()), copies);
    }
    byte[] bytes = Files.readAllBytes(dir.resolve("x"));
    assertThat(bytes).isEqualTo(Files.readAllBytes(dir.resolve("y"))).isEqualTo(Files.readAllBytes(dir.resolve("z")));
  }

  @Test
  void write_whatGgufCannotHold_isRefused() {
    assertThatThrownBy(() -> rounded("w", GgmlType.Q8_0, 4, 48))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("rows of 48");
    assertThatThrownBy(() -> rounded("w", GgmlType.Q6_K, 4, 256))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("Athanor writes F32, F16, Q4_0, Q8_0, BF16");
    assertThatThrownBy(() -> rounded("w".repeat(64), GgmlType.F32, 4)).hasMessageContaining("63 bytes at most");
    assertThatThrownBy(() -> rounded("w", GgmlType.F32, 1, 1, 1, 1, 1)).hasMessageContaining("5 dimensions");
    float[] numbers = new float[32];
    numbers[3] = Float.NaN;
    var bad = new GgufWriter.Rounded("blk.0.w", GgmlType.Q8_0, StoredTensor.of(numbers, 1, 32));
    assertThatThrownBy(() -> GgufWriter.write(dir.resolve("x"), new LinkedHashMap<>(), List.of(bad)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'blk.0.w' cannot be written as Q8_0");
    assertThat(dir).isEmptyDirectory();
  }

  @Test
  void stored_plainTypesOnly_areTheSameView() {
    List<GgufWriter.Tensor> tensors = List.of(rounded("f", GgmlType.F16, 2, 32), rounded("q", GgmlType.Q4_0, 2, 32));
    GgufWriter.write(dir.resolve("x"), new LinkedHashMap<>(), tensors);
    try (GgufFile read = GgufFile.open(dir.resolve("x"))) {
      StoredTensor stored = read.tensor("f").stored().orElseThrow();
      assertThat(stored.dtype()).isEqualTo(DType.F16);
      assertThat(stored.shape()).containsExactly(2, 32);
      assertThat(stored.floats()).containsExactly(read.floats("f"));
      assertThat(read.tensor("q").stored()).isEmpty();
    }
  }

  private static GgufWriter.Tensor rounded(String name, GgmlType type, long... shape) {
    return new GgufWriter.Rounded(name, type, shape, GgufFixtures::counted);
  }

  // Files made by hand.

  @Test
  void open_version2_isRead() throws IOException {
    write(new Bytes().header(2, 0, 1).text("a").u32(8).text("b"));
    try (GgufFile read = GgufFile.open(dir.resolve("x"))) {
      assertThat(read.version()).isEqualTo(2);
      assertThat(read.text("a")).contains("b");
    }
  }

  @Test
  void open_unreadableType_isReadWhenItIsNotAskedFor() throws IOException {
    write(new Bytes().header(3, 1, 0).tensor("w", 10, 0, 256).align().zeros(84));
    try (GgufFile read = GgufFile.open(dir.resolve("x"))) {
      assertThat(read.tensor("w").elements()).isEqualTo(256);
      assertThatThrownBy(() -> read.floats("w"))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("'w' is stored as Q2_K; Athanor reads F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q6_K, BF16");
    }
  }

  @Test
  void open_otherFiles_areRefusedBySort() throws IOException {
    assertRefused("no such file", bytes -> {}, false);
    assertRefused("only 3 bytes long", bytes -> bytes.zeros(3));
    assertRefused("does not begin with the letters GGUF", bytes -> bytes.zeros(64));
    assertRefused("big-endian GGUF file of version 3", bytes -> bytes.u32(GgufReader.MAGIC).u32(3 << 24).zeros(16));
    assertRefused("of version 1; Athanor reads versions 2 and 3", bytes -> bytes.header(1, 0, 0));
    assertRefused("of version 4;", bytes -> bytes.header(4, 0, 0));
  }

  @Test
  void open_lyingLengths_areRefused() throws IOException {
    assertRefused("ends at byte 12, within its header", bytes -> bytes.u32(GgufReader.MAGIC).u32(3).u32(0));
    assertRefused("18446744073709551615 tensors", bytes -> bytes.header(3, -1, 0));
    assertRefused("1000000 keys", bytes -> bytes.header(3, 0, 1_000_000));
    assertRefused("within key 0 of its metadata", bytes -> bytes.header(3, 0, 1));
    assertRefused(
        "key 0 of its metadata has a text of 9223372036854775807 bytes",
        bytes -> bytes.header(3, 0, 1).u64(Long.MAX_VALUE));
    assertRefused("has a text of 18446744073709551615 bytes", bytes -> bytes.header(3, 0, 1).u64(-1));
    assertRefused("within the value of 'k'", bytes -> bytes.header(3, 0, 1).text("k").u32(10).zeros(7));
    assertRefused("'k' has a text of 5 bytes, but only 4 are left", bytes -> bytes.key("k", 8).u64(5).zeros(4));
    assertRefused("an array of 2305843009213693952 elements", bytes -> bytes.key("k", 9).u32(4).u64(1L << 61));
    assertRefused("'k' has an array of 100 × U32, but only 8 bytes", bytes -> bytes.key("k", 9).u32(4).u64(100).zeros(8));
    assertRefused("'k' has an array of 2 × TEXT, but only 9", bytes -> bytes.key("k", 9).u32(8).u64(2).zeros(9));
    assertRefused("'k' has a text of 9", bytes -> bytes.key("k", 9).u32(8).u64(2).text("a").u64(9));
  }

  @Test
  void open_textsThatWouldFillTheMemory_areRefused() throws IOException {
    Set<OpenOption> sparse = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE);
    try (var file = Files.newByteChannel(dir.resolve("x"), sparse)) {
      file.write(new Bytes().key("k", 8).u64(100_000_000).buffer());
      file.position(100_000_100);
      file.write(ByteBuffer.allocate(1));
    }
    assertThatThrownBy(() -> GgufFile.open(dir.resolve("x")).close())
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the value of 'k' is 100000000 bytes long; keys, names and texts may take 67108864");
  }

  @Test
  void open_damagedMetadata_isRefused() throws IOException {
    assertRefused("'k' has the unknown type 13", bytes -> bytes.key("k", 13).zeros(8));
    assertRefused("'k' has the unknown type 4294967295", bytes -> bytes.key("k", 9).u32(-1).zeros(8));
    assertRefused("truth value 2", bytes -> bytes.key("k", 7).raw(2));
    assertRefused("truth value 255", bytes -> bytes.key("k", 9).u32(7).u64(2).raw(1, 255));
    assertRefused("key 0 of its metadata is not UTF-8", bytes -> bytes.header(3, 0, 1).u64(2).raw(0xC3, 0x28));
    assertRefused("'k' is there twice", bytes -> bytes.header(3, 0, 2).text("k").u32(0).raw(1).text("k").u32(0).raw(1));
    assertRefused(
        "more than 4 deep",
        bytes -> {
          bytes.key("k", 9);
          for (int i = 0; i < 1000; i++) {
            bytes.u32(9).u64(1);
          }
        });
    for (int alignment : new int[] {0, 3, 24, -1}) {
      assertRefused("power of two", bytes -> bytes.key("general.alignment", 4).u32(alignment));
    }
    assertRefused("'general.alignment' is Text", bytes -> bytes.key("general.alignment", 8).text("32"));
  }

  @Test
  void open_damagedTensors_areRefused() throws IOException {
    assertRefused("'w' has 5 dimensions", bytes -> bytes.header(3, 1, 0).text("w").u32(5).zeros(60));
    assertRefused("'w' has 4294967295 dimensions", bytes -> bytes.header(3, 1, 0).text("w").u32(-1).zeros(60));
    assertRefused("'w' has the unknown type 4;", bytes -> bytes.header(3, 1, 0).tensor("w", 4, 0, 32).align().zeros(64));
    assertRefused(
        "rows are no whole blocks of 32",
        bytes -> bytes.header(3, 1, 0).tensor("w", 8, 0, 33).align().zeros(64));
    assertRefused(
        "impossible shape [4294967296, 4294967296]",
        bytes -> bytes.header(3, 1, 0).tensor("w", 0, 0, 1L << 32, 1L << 32));
    assertRefused("impossible shape [18446744073709551615]", bytes -> bytes.header(3, 1, 0).tensor("w", 0, 0, -1));
    assertRefused("impossible shape [4611686018427387904]", bytes -> bytes.header(3, 1, 0).tensor("w", 0, 0, 1L << 62));
    assertRefused(
        "no multiple of the alignment 32",
        bytes -> bytes.header(3, 1, 0).tensor("w", 0, 4, 1).align().zeros(64));
    assertRefused(
        "begins at byte 18446744073709551584",
        bytes -> bytes.header(3, 1, 0).tensor("w", 0, -32, 1).align().zeros(64));
    assertRefused(
        "16 bytes from byte 64 of the data, but the file holds 64",
        bytes -> bytes.header(3, 1, 0).tensor("w", 0, 64, 4).align().zeros(64));
    assertRefused("but the file holds 0 bytes", bytes -> bytes.header(3, 1, 0).tensor("w", 0, 0, 4));
    assertRefused(
        "'b' at byte 32 of the data overlaps 'a', which ends at 36",
        bytes -> bytes.header(3, 2, 0).tensor("b", 0, 32, 1).tensor("a", 0, 0, 9).align().zeros(64));
    assertRefused(
        "the tensor 'a' is there twice",
        bytes -> bytes.header(3, 2, 0).tensor("a", 0, 0, 1).tensor("a", 0, 32, 1).align().zeros(64));
    assertRefused("within the description of 'w'", bytes -> bytes.header(3, 1, 0).text("w").u32(2).u64(1));
  }

  private void assertRefused(String problem, Consumer<Bytes> file) throws IOException {
    assertRefused(problem, file, true);
  }

  private void assertRefused(String problem, Consumer<Bytes> file, boolean exists) throws IOException {
    Bytes bytes = new Bytes();
    file.accept(bytes);
    if (exists) {
      write(bytes);
    }
    assertThatThrownBy(() -> GgufFile.open(dir.resolve("x")).close())
        .isInstanceOf(UserException.class)
        .hasMessageContaining(dir.resolve("x").toString())
        .hasMessageContaining(problem);
  }

  private void write(Bytes bytes) throws IOException {
    byte[] content = new byte[bytes.buffer().remaining()];
    bytes.buffer().get(content);
    Files.write(dir.resolve("x"), content);
  }

  /// A file byte by byte.
  private static final class Bytes {
    private final ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

    ByteBuffer buffer() {
      return bytes.duplicate().flip();
    }

    Bytes header(int version, long tensors, long keys) {
      return u32(GgufReader.MAGIC).u32(version).u64(tensors).u64(keys);
    }

    /// The header of a file with one key, up to its value.
    Bytes key(String key, int type) {
      return header(3, 0, 1).text(key).u32(type);
    }

    Bytes tensor(String name, int type, long offset, long... dimensions) {
      text(name).u32(dimensions.length);
      Arrays.stream(dimensions).forEach(this::u64);
      return u32(type).u64(offset);
    }

    Bytes text(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      u64(utf8.length);
      bytes.put(utf8);
      return this;
    }

    Bytes u32(int value) {
      bytes.putInt(value);
      return this;
    }

    Bytes u64(long value) {
      bytes.putLong(value);
      return this;
    }

    Bytes raw(int... values) {
      for (int value : values) {
        bytes.put((byte) value);
      }
      return this;
    }

    Bytes zeros(int n) {
      bytes.put(new byte[n]);
      return this;
    }

    Bytes align() {
      return zeros((32 - bytes.position() % 32) % 32);
    }
  }
}
