package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.inference.EncoderRunner.Tokens;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class EncoderRunnerTest {
  private static final Path CHECKPOINTS = Path.of("../model/src/test/resources/checkpoints");

  private static EncoderRunner open(String family, int threads) {
    return EncoderRunner.open(CHECKPOINTS.resolve(family), CpuOptions.of(threads));
  }

  private static JsonNode golden(String family) {
    return Json.readFile(CHECKPOINTS.resolve(family).resolve("golden.json"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert", "roberta"})
  void hidden_publishedFamily_isThePublished(String family) {
    JsonNode golden = golden(family);
    int[] types = golden.has("token_type_ids") ? ints(golden.path("token_type_ids")) : new int[0];
    try (EncoderRunner runner = open(family, 2)) {
      float[] hidden = runner.hidden(List.of(new Tokens(ints(golden.path("ids")), types))).getFirst();
      JsonNode states = golden.path("hidden_states"); // of the last position, after each block
      assertClose(hidden, hidden.length - runner.spec().hiddenSize(), states.get(states.size() - 1));
    }
  }

  /// The published library pads the shorter text; here it is simply shorter.
  @ParameterizedTest
  @ValueSource(strings = {"bert-classify", "roberta-classify"})
  void scores_publishedClassifier_areThePublished(String family) {
    JsonNode golden = golden(family);
    try (EncoderRunner runner = open(family, 2)) {
      List<Tokens> texts = texts(golden);
      assertThat(texts.get(0).ids().length).isNotEqualTo(texts.get(1).ids().length);
      List<float[]> scores = runner.scores(texts);
      List<float[]> hidden = runner.hidden(texts);
      for (int i = 0; i < texts.size(); i++) {
        assertClose(scores.get(i), 0, golden.path("logits").get(i));
        assertClose(hidden.get(i), 0, golden.path("first_hidden").get(i));
      }
      if (golden.has("pooled")) {
        List<float[]> pooled = runner.pooled(texts);
        for (int i = 0; i < texts.size(); i++) {
          assertClose(pooled.get(i), 0, golden.path("pooled").get(i));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert-tokens", "roberta-tokens", "xlm_roberta-tokens"})
  void tokenScores_publishedClassifier_areThePublished(String family) {
    JsonNode golden = golden(family);
    try (EncoderRunner runner = EncoderRunner.open(CHECKPOINTS.resolve(family), CpuOptions.of(1), 2)) {
      float[] scores = runner.tokenScores(List.of(new Tokens(ints(golden.path("ids"))))).getFirst();
      JsonNode logits = golden.path("logits");
      int labels = logits.get(0).size();
      assertThat(scores).hasSize(labels * logits.size());
      for (int i = 0; i < logits.size(); i++) {
        assertClose(scores, i * labels, logits.get(i));
      }
      assertThatThrownBy(() -> runner.scores(List.of(new Tokens(new int[1])))).hasMessageContaining("no classifier");
    }
  }

  private static List<Tokens> texts(JsonNode golden) {
    List<Tokens> texts = new ArrayList<>();
    for (int i = 0; i < golden.path("ids").size(); i++) {
      JsonNode mask = golden.path("attention_mask").get(i);
      int[] kept = IntStream.range(0, mask.size()).filter(j -> mask.get(j).asInt() == 1).toArray();
      int[] ids = ints(golden.path("ids").get(i));
      int[] types = golden.has("token_type_ids") ? ints(golden.path("token_type_ids").get(i)) : new int[ids.length];
      texts.add(
          new Tokens(
              IntStream.of(kept).map(j -> ids[j]).toArray(),
              golden.has("token_type_ids") ? IntStream.of(kept).map(j -> types[j]).toArray() : new int[0]));
    }
    return texts;
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert", "roberta"})
  void embed_aloneBatchedAndOnMoreThreads_areEqualBitForBit(String family) {
    Random random = new Random(5);
    try (EncoderRunner one = open(family, 1);
        EncoderRunner three = open(family, 3)) {
      List<Tokens> texts = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        int length = 1 + random.nextInt(one.spec().contextLength());
        texts.add(new Tokens(random.ints(length, 0, one.spec().vocabSize()).toArray()));
      }
      for (Pooling pooling : Pooling.values()) {
        List<float[]> together = three.embed(texts, pooling);
        for (int i = 0; i < texts.size(); i++) {
          assertThat(one.embed(List.of(texts.get(i)), pooling).getFirst()).containsExactly(together.get(i));
          double squares = 0;
          for (float value : together.get(i)) {
            squares += (double) value * value;
          }
          assertThat(squares).isCloseTo(1, within(1e-5));
        }
      }
    }
  }

  @Test
  void pool_eachWay_isWhatItSays() {
    float[] hidden = {1, 2, 5, 6};
    assertThat(Pooling.MEAN.pool(hidden, 2)).containsExactly(3, 4);
    assertThat(Pooling.FIRST.pool(hidden, 2)).containsExactly(1, 2);
    assertThat(Pooling.LAST.pool(hidden, 2)).containsExactly(5, 6);
    assertThat(Pooling.normalised(new float[] {3, 4})).containsExactly(0.6f, 0.8f);
    assertThat(Pooling.normalised(new float[2])).containsExactly(0, 0);
  }

  @Test
  void hidden_whatCannotBe_isRefused() {
    try (EncoderRunner runner = open("bert", 1)) {
      assertThatThrownBy(() -> runner.hidden(List.of(new Tokens(new int[65])))).hasMessageContaining("between 1 and 64 tokens, not 65");
      assertThatThrownBy(() -> runner.hidden(List.of(new Tokens(new int[0])))).hasMessageContaining("not 0");
      assertThatThrownBy(() -> runner.hidden(List.of(new Tokens(new int[] {96})))).hasMessageContaining("96");
      assertThatThrownBy(() -> runner.hidden(List.of(new Tokens(new int[1], new int[] {2})))).hasMessageContaining("type 2");
      assertThatThrownBy(() -> runner.scores(List.of(new Tokens(new int[1])))).hasMessageContaining("no classifier");
    }
  }

  @Test
  void open_modelThatIsNoEncoder_saysWhatItIs() {
    assertThatThrownBy(() -> open("llama", 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("llama holds a model of kind 'decoder'; what is asked for needs an encoder");
  }

  private static void assertClose(float[] actual, int at, JsonNode expected) {
    assertThat(expected.size()).isPositive();
    for (int i = 0; i < expected.size(); i++) {
      assertThat((double) actual[at + i]).isCloseTo(expected.get(i).asDouble(), within(1e-4));
    }
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt();
    }
    return values;
  }
}
