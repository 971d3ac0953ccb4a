package dev.athanor.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8StreamTest {
  private static final int[] EDGES = {
    0x41, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE4, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF
  };

  private static String stream(byte[] bytes, Random random) {
    Utf8Stream stream = new Utf8Stream();
    StringBuilder text = new StringBuilder();
    for (int at = 0; at < bytes.length; ) {
      int end = Math.min(bytes.length, at + random.nextInt(4));
      text.append(stream.feed(Arrays.copyOfRange(bytes, at, end)));
      at = end;
    }
    return text.append(stream.finish()).toString();
  }

  @Test
  void feed_randomBytes_addsUpToTheWhole() {
    Random random = new Random(13);
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = new byte[random.nextInt(12)];
      for (int j = 0; j < bytes.length; j++) {
        bytes[j] = (byte) (random.nextInt(5) == 0 ? random.nextInt(256) : EDGES[random.nextInt(EDGES.length)]);
      }
      String whole = new String(bytes, StandardCharsets.UTF_8);
      if (!stream(bytes, random).equals(whole)) {
        assertThat(stream(bytes, random)).as(Arrays.toString(bytes)).isEqualTo(whole);
      }
    }
  }

  @Test
  void feed_byteByByte_givesEachCharacterWhenItIsWhole() {
    Utf8Stream stream = new Utf8Stream();
    byte[] bytes = "é中👍".getBytes(StandardCharsets.UTF_8);
    StringBuilder portions = new StringBuilder();
    for (byte b : bytes) {
      portions.append(stream.feed(new byte[] {b})).append('.');
    }
    assertThat(portions).hasToString(".é...中....👍.");
    assertThat(stream.finish()).isEmpty();
  }

  @Test
  void finish_halfACharacter_isReplacedOnce() {
    Utf8Stream stream = new Utf8Stream();
    assertThat(stream.feed(new byte[] {'x', (byte) 0xE4, (byte) 0xB8})).isEqualTo("x");
    assertThat(stream.finish()).isEqualTo("\uFFFD");
    assertThat(stream.finish()).isEmpty();
  }
}
