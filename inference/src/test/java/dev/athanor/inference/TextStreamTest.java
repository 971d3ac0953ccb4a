package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Json;
import dev.athanor.inference.GenerationEvent.Token;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.Tokenizers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

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

  private static final String SENTENCE_PIECE =
      """
      {"added_tokens":[{"id":0,"content":"<unk>","special":true},{"id":1,"content":"</s>","special":true}],
       "pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":false},
       "decoder":{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},
        {"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]},
       "model":{"type":"BPE","unk_token":"<unk>","byte_fallback":true,
        "vocab":{"<unk>":0,"</s>":1,"<0xE7>":2,"<0x82>":3,"<0x89>":4,"▁":5,"a":6,"b":7,"▁a":8},"merges":["▁ a"]}}
      """;

  @Test
  void push_piecesWithSpacesAndBytes_joinToTheDecodedWhole() {
    Tokenizer tokenizer = Tokenizers.of((ObjectNode) Json.tree(SENTENCE_PIECE), (ObjectNode) Json.tree("{}"), "test");
    int[] ids = tokenizer.encode("a 炉炉b a");
    assertThat(ids).containsExactly(8, 5, 2, 3, 4, 2, 3, 4, 7, 8);
    TextStream stream = new TextStream(tokenizer, List.of());
    List<String> pieces = new ArrayList<>();
    for (int id : ids) {
      pieces.add(stream.push(token(id)).text());
    }
    pieces.add(stream.push(token(1)).text());
    pieces.add(stream.finish().text());
    assertThat(String.join("", pieces)).isEqualTo("a 炉炉b a").isEqualTo(tokenizer.decode(ids, true));
    // The first token's space is dropped; bytes wait for the end of their row.
    assertThat(pieces).startsWith("a", " ", "", "", "", "", "", "", "炉炉b", " a");
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
