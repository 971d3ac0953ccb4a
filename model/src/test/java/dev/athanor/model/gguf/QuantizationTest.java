package dev.athanor.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Json;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Blocks against those of gguf-py (bench/peers), and against what the format says of itself.
class QuantizationTest {
  private static final JsonNode GOLDEN = Json.readFile(Path.of("src/test/resources/gguf/quants.json"));

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q6_K"})
  void read_goldenBlocks_areGgufPysNumbers(GgmlType type) {
    JsonNode golden = GOLDEN.path(type.name());
    assertThat(type.blockSize()).isEqualTo(golden.path("block").asInt());
    assertThat(type.blockBytes()).isEqualTo(golden.path("bytes").asInt());
    float[] expected = floats(golden.path("values"));
    assertThat(expected).hasSizeGreaterThan(200);
    float[] read = new float[expected.length];
    Dequantizer.read(type, MemorySegment.ofArray(raw(golden)), 0, read, 0, read.length);
    assertThat(read).containsExactly(expected);
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16", "Q8_0", "Q4_0"})
  void write_goldenNumbers_givesGgufPysBlocks(GgmlType type) {
    JsonNode golden = GOLDEN.path(type.name());
    float[] input = floats(golden.path("input"));
    byte[] written = new byte[(int) type.bytes(input.length)];
    Quantizer.write(type, input, input.length, written);
    assertThat(written).containsExactly(raw(golden));
  }

  @ParameterizedTest
  @EnumSource
  void read_anyPart_isThatPartOfTheWhole(GgmlType type) {
    Random random = new Random(3);
    int count = 3 * 256;
    byte[] bytes = new byte[(int) type.bytes(count)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) random.nextInt(64); // no NaN
    }
    MemorySegment data = MemorySegment.ofArray(bytes);
    float[] whole = new float[count];
    if (!type.readable()) {
      assertThatThrownBy(() -> Dequantizer.read(type, data, 0, whole, 0, count))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(type.name());
      return;
    }
    Dequantizer.read(type, data, 0, whole, 0, count);
    for (int i = 0; i < 200; i++) {
      int from = random.nextInt(count + 1);
      int n = random.nextInt(count - from + 1);
      float[] part = new float[n + 2];
      Dequantizer.read(type, data, from, part, 1, n);
      assertThat(part[0]).isZero();
      assertThat(part[n + 1]).isZero();
      assertThat(Arrays.copyOfRange(part, 1, n + 1)).containsExactly(Arrays.copyOfRange(whole, from, from + n));
    }
  }

  @ParameterizedTest
  @EnumSource
  void write_randomNumbers_readsBackWithinAStep(GgmlType type) {
    Random random = new Random(5);
    float[] numbers = new float[320];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) (random.nextGaussian() * Math.pow(10, i / 64 - 2));
    }
    byte[] written = new byte[(int) type.bytes(320) + 64];
    if (!type.writable()) {
      assertThatThrownBy(() -> Quantizer.write(type, numbers, 320, written))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(type.name());
      return;
    }
    Quantizer.write(type, numbers, 320, written);
    float[] read = new float[320];
    Dequantizer.read(type, MemorySegment.ofArray(written), 0, read, 0, 320);
    for (int block = 0; block < 10; block++) {
      float largest = 0;
      for (int i = block * 32; i < block * 32 + 32; i++) {
        largest = Math.max(largest, Math.abs(numbers[i]));
      }
      for (int i = block * 32; i < block * 32 + 32; i++) {
        assertThat(Math.abs(read[i] - numbers[i])).as("%s %s", type, numbers[i]).isLessThanOrEqualTo(largest * step(type));
      }
    }
  }

  /// Every block's largest number is ±127 steps in Q8_0 and −8 steps in Q4_0, which gives the same scale again.
  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16", "Q8_0", "Q4_0"})
  void write_whatWasRoundedBefore_losesNothingMore(GgmlType type) {
    Random random = new Random(8);
    int n = 32 * 500;
    float[] numbers = new float[n];
    for (int i = 0; i < n; i++) {
      numbers[i] = (float) (random.nextGaussian() * Math.pow(10, i / 32 % 6 - 3));
    }
    byte[] once = new byte[(int) type.bytes(n)];
    Quantizer.write(type, numbers, n, once);
    float[] read = new float[n];
    Dequantizer.read(type, MemorySegment.ofArray(once), 0, read, 0, n);
    byte[] twice = new byte[once.length];
    Quantizer.write(type, read, n, twice);
    float[] again = new float[n];
    Dequantizer.read(type, MemorySegment.ofArray(twice), 0, again, 0, n);
    assertThat(again).containsExactly(read);
  }

  /// The largest error that a type makes, as a part of the block's largest number: half a step, and what the F16 of the scale
  /// adds. Q4_0 has −8 but no +8, so that it can be a whole step off.
  private static float step(GgmlType type) {
    return switch (type) {
      case F32 -> 0;
      case F16 -> 1f / 2048;
      case BF16 -> 1f / 256;
      case Q8_0 -> 1f / 225;
      case Q4_0 -> 1f / 7.9f;
      default -> throw new IllegalArgumentException(type + " is not written");
    };
  }

  @Test
  void write_halves_areRoundedAwayFromZero() {
    float[] numbers = new float[32];
    numbers[0] = 127; // a scale of 1
    numbers[1] = 0.5f;
    numbers[2] = -0.5f;
    numbers[3] = 2.5f;
    numbers[4] = -126.5f;
    byte[] written = new byte[34];
    Quantizer.write(GgmlType.Q8_0, numbers, 32, written);
    assertThat(Arrays.copyOf(written, 8)).containsExactly(0, 0x3c, 127, 1, -1, 3, -127, 0);
  }

  @Test
  void write_largestIsNegativeOrPositive_isTheLowestOfQ40() {
    float[] numbers = new float[32];
    numbers[0] = 1;
    numbers[1] = -16;
    numbers[2] = 15;
    numbers[16] = 16; // of equal magnitude, but later
    byte[] written = new byte[18];
    Quantizer.write(GgmlType.Q4_0, numbers, 32, written);
    // d = 2: 1 → ⌊9⌋, −16 → 0, 15 → ⌊16⌋ cut to 15, 0 → 8; the high half of byte 0 is number 16.
    assertThat(Arrays.copyOf(written, 6)).containsExactly(0, 0x40, 0xf9, 0x80, 0x8f, 0x88);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e38f, -1e38f})
  void write_numberThatNoBlockHolds_isRefused(float number) {
    float[] numbers = new float[64];
    numbers[40] = number;
    for (GgmlType type : List.of(GgmlType.Q8_0, GgmlType.Q4_0)) {
      assertThatThrownBy(() -> Quantizer.write(type, numbers, 64, new byte[68])).isInstanceOf(ArithmeticException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0, -0f, Float.MIN_VALUE, 1e-42f, -1e-40f, 1e-20f})
  void write_numbersNextToNothing_readBackAsNothing(float number) {
    float[] numbers = new float[32];
    Arrays.fill(numbers, number);
    numbers[7] = -number / 2;
    for (GgmlType type : List.of(GgmlType.Q8_0, GgmlType.Q4_0)) {
      byte[] written = new byte[34];
      Quantizer.write(type, numbers, 32, written);
      float[] read = new float[32];
      Dequantizer.read(type, MemorySegment.ofArray(written), 0, read, 0, 32);
      for (float nothing : read) {
        assertThat(Math.abs(nothing)).isZero();
      }
    }
  }

  private static byte[] raw(JsonNode golden) {
    return Base64.getDecoder().decode(golden.path("raw").stringValue());
  }

  private static float[] floats(JsonNode node) {
    float[] floats = new float[node.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = node.get(i).floatValue();
    }
    return floats;
  }
}
