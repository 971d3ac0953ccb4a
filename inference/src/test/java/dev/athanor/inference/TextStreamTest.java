package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.inference.GenerationEvent.Token;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class TextStreamTest {
  @RepeatedTest(200)
  void push_anyBytes_joinToTheWholeDecodedAtOnce(RepetitionInfo info) {
    Random random = new Random(info.getCurrentRepetition());
    byte[] bytes = new byte[random.nextInt(30)];
    random.nextBytes(bytes);
    byte[] sound = "炉x😀".getBytes(StandardCharsets.UTF_8);
    if (random.nextBoolean() && bytes.length > 12) {
      System.arraycopy(sound, 0, bytes, 2, sound.length);
    }
    assertThat(String.join("", pieces(bytes, List.of()))).isEqualTo(new String(bytes, StandardCharsets.UTF_8));
  }

  @Test
  void push_charactersOfSeveralBytes_comeWhole() {
    assertThat(pieces("丹😀a".getBytes(StandardCharsets.UTF_8), List.of())).containsExactly("丹", "😀", "a");
  }

  @Test
  void push_possibleStop_holdsBackOnlyItsLongestBeginning() {
    assertThat(pieces("xababc!".getBytes(StandardCharsets.UTF_8), List.of("abc"))).containsExactly("x", "ab");
    assertThat(pieces("abab".getBytes(StandardCharsets.UTF_8), List.of("abc"))).containsExactly("ab", "ab");
    assertThat(pieces("炉炉止。".getBytes(StandardCharsets.UTF_8), List.of("止"))).containsExactly("炉", "炉");
  }

  @Test
  void push_stop_tokensOfTheStopAreNotReported() {
    TextStream stream = new TextStream(new ByteTokenizer(), List.of("bc"));
    List<Integer> reported = new ArrayList<>();
    for (byte b : "abcd".getBytes(StandardCharsets.UTF_8)) {
      stream.push(token(b)).tokens().forEach(t -> reported.add(t.id()));
    }
    stream.finish().tokens().forEach(t -> reported.add(t.id()));
    assertThat(stream.stopped()).isTrue();
    assertThat(reported).containsExactly((int) 'a');
  }

  @Test
  void push_specialToken_hasNoTextButIsReported() {
    TextStream stream = new TextStream(new ByteTokenizer(), List.of());
    assertThat(stream.push(token(256)).text()).isEmpty();
    assertThat(stream.finish().tokens()).hasSize(1);
  }

  private static Token token(int id) {
    return new Token(id & 0x1ff & (id < 0 ? 0xff : 0x1ff), Float.NaN, List.of());
  }

  private static List<String> pieces(byte[] bytes, List<String> stops) {
    TextStream stream = new TextStream(new ByteTokenizer(), stops);
    List<String> pieces = new ArrayList<>();
    for (byte b : bytes) {
      pieces.add(stream.push(token(b)).text());
    }
    pieces.add(stream.finish().text());
    pieces.removeIf(String::isEmpty);
    return pieces;
  }
}
