package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A tiny BERT that was trained to find names (`bench/peers/golden_names.py`), beside what Hugging Face's pipeline finds with it.
@Timeout(120)
class TokenClassifierTest {
  private static final Path NAMES = Path.of("src/test/resources/names");
  private static final Path CHECKPOINTS = Path.of("../model/src/test/resources/checkpoints");

  private static TokenClassifier model;

  @TempDir Path dir;

  @BeforeAll
  static void open() {
    model = TokenClassifier.open(NAMES, CpuOptions.of(1), 3);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  static Stream<JsonNode> cases() {
    return Json.readFile(NAMES.resolve("golden.json")).path("cases").valueStream();
  }

  private static String text(JsonNode golden) {
    return golden.path("text").asString("");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void scores_everyCase_areTheLibrarysLogits(JsonNode golden) {
    List<float[]> scores = model.scores(text(golden));
    JsonNode logits = golden.path("logits");
    assertThat(scores).hasSize(logits.size());
    for (int i = 0; i < scores.size(); i++) {
      for (int label = 0; label < scores.get(i).length; label++) {
        assertThat((double) scores.get(i)[label]).isCloseTo(logits.path(i).path(label).asDouble(), within(1e-4));
      }
    }
  }

  /// The pipeline reads a text whole, we read its sentences; these are short enough to mean the same.
  @ParameterizedTest
  @MethodSource("cases")
  void find_everyCase_findsThePipelinesEntities(JsonNode golden) {
    List<Entity> found = model.find(text(golden));
    JsonNode expected = golden.path("entities");
    assertThat(found.stream().map(e -> e.kind() + " " + e.from() + "-" + e.to()))
        .containsExactlyElementsOf(
            expected.valueStream().map(e -> e.path("label").asString("") + " " + e.path("from") + "-" + e.path("to")).toList());
    boolean one = Sentence.count(text(golden)) == 1;
    for (int i = 0; i < found.size() && one; i++) {
      assertThat(found.get(i).score()).isCloseTo(expected.path(i).path("score").asDouble(), within(1e-4));
    }
  }

  /// How many sentences a text has.
  private static final class Sentence {
    static int count(String text) {
      List<Integer> ends = new ArrayList<>();
      Sentences.cut(text, (_, to) -> ends.add(to));
      return ends.size();
    }
  }

  @Test
  void kinds_ofTheFolder_areWithoutMarks() {
    assertThat(model.kinds()).containsExactly("PER", "LOC", "ORG").isEqualTo(TokenClassifier.kinds(NAMES));
  }

  private static List<String> texts() {
    return cases().map(TokenClassifierTest::text).toList();
  }

  @Test
  void find_longText_findsWhatItsPartsHold() {
    var text = new StringBuilder();
    List<Entity> expected = new ArrayList<>();
    for (int round = 0; round < 40; round++) {
      for (String part : texts()) {
        for (Entity entity : model.find(part)) {
          expected.add(new Entity(entity.kind(), entity.from() + text.length(), entity.to() + text.length(), entity.score()));
        }
        text.append(part).append(round % 3 == 0 ? "\n" : round % 3 == 1 ? "\n\n" : "  ");
      }
    }
    assertThat(expected).hasSizeGreaterThan(400);
    assertThat(model.find(text.toString())).isEqualTo(expected);
  }

  /// A sentence of several contexts, in windows.
  @Test
  void find_sentenceBeyondTheContext_findsTheNamesInAllOfIt() {
    for (String unit : List.of("没有人看见沈誉铭，", "Nobody has seen Percival Dunmore since Friday, ")) {
      String text = unit.repeat(60);
      String name = unit.startsWith("N") ? "Percival Dunmore" : "沈誉铭";
      BitSet expected = new BitSet();
      for (int at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
        expected.set(at, at + name.length());
      }
      BitSet found = new BitSet();
      model.find(text).forEach(entity -> found.set(entity.from(), entity.to()));
      // Far from a text's beginning the tiny model takes some second names for first ones: two findings, a space apart.
      IntStream.range(0, text.length()).filter(i -> text.charAt(i) == ' ').forEach(expected::clear);
      IntStream.range(0, text.length()).filter(i -> text.charAt(i) == ' ').forEach(found::clear);
      assertThat(found).isEqualTo(expected);
    }
  }

  @Test
  void find_severalThreads_findsTheSameToTheLastBit() throws Exception {
    List<String> texts = IntStream.range(0, 60).mapToObj(i -> texts().get(i % texts().size()) + " " + texts().get((7 * i + 3) % texts().size())).toList();
    List<List<Entity>> alone = texts.stream().map(model::find).toList();
    try (ExecutorService threads = Executors.newFixedThreadPool(6);
        TokenClassifier team = TokenClassifier.open(NAMES, CpuOptions.of(3), 1)) {
      List<Callable<List<Entity>>> work = texts.stream().<Callable<List<Entity>>>map(text -> () -> model.find(text)).toList();
      List<List<Entity>> together = new ArrayList<>();
      for (Future<List<Entity>> found : threads.invokeAll(work)) {
        together.add(found.get());
      }
      assertThat(together).isEqualTo(alone);
      assertThat(texts.stream().map(team::find).toList()).isEqualTo(alone);
    }
  }

  @Test
  void find_weightsInEightBits_findsTheSamePlaces() {
    try (TokenClassifier narrow = TokenClassifier.open(NAMES, CpuOptions.of(1).withWeights(WeightFormats.of(WeightFormat.INT8)), 1)) {
      for (String text : texts()) {
        assertThat(narrow.find(text).stream().map(e -> e.kind() + e.from() + "-" + e.to()))
            .isEqualTo(model.find(text).stream().map(e -> e.kind() + e.from() + "-" + e.to()).toList());
      }
    }
  }

  @Test
  void find_choice_looksAtThoseSentencesAlone() {
    String text = "Please send the book to Thaddeus Quimby.\n请把书交给贾若曦。";
    assertThat(model.find(text, (whole, from, to) -> whole.substring(from, to).contains("书"))).hasSize(1).allSatisfy(e -> assertThat(e.from()).isEqualTo(46));
  }

  @Test
  void find_nothingToRead_findsNothing() {
    assertThat(model.find("")).isEmpty();
    assertThat(model.find(" \n\t\r\n")).isEmpty();
    assertThat(model.find("\u0000 \u0001")).isEmpty();
  }

  /// One line without an end, of words, of one word, of Chinese: bounded windows, no failure.
  @Test
  void find_hostileLines_end() {
    for (String unit : List.of("word ", "x", "字", "🙂", ".", "。", "(", "\n", "ab.", "\u0301", "\uD83D")) {
      model.find(unit.repeat(5_000));
    }
  }

  @Test
  void open_vocabularyFile_readsTheSame() throws IOException {
    copy("config.json", "model.safetensors");
    JsonNode tokenizer = Json.readFile(NAMES.resolve(Tokenizers.FILE));
    String[] lines = new String[tokenizer.path("model").path("vocab").size()];
    tokenizer.path("model").path("vocab").properties().forEach(e -> lines[e.getValue().asInt()] = e.getKey());
    Files.write(dir.resolve(Tokenizers.VOCABULARY_FILE), List.of(lines));
    Files.writeString(dir.resolve(Tokenizers.CONFIG_FILE), "{\"do_lower_case\": false, \"sep_token\": {\"content\": \"[SEP]\"}}");
    try (TokenClassifier same = TokenClassifier.open(dir, CpuOptions.of(1), 1)) {
      for (String text : texts()) {
        assertThat(same.find(text)).isEqualTo(model.find(text));
      }
    }
  }

  private void copy(String... files) throws IOException {
    for (String file : files) {
      Files.copy(NAMES.resolve(file), dir.resolve(file));
    }
  }

  private void change(String key, String value) throws IOException {
    copy("model.safetensors", "tokenizer.json", "tokenizer_config.json");
    ObjectNode config = (ObjectNode) Json.readFile(NAMES.resolve("config.json"));
    config.set(key, Json.MAPPER.readTree(value));
    Files.writeString(dir.resolve("config.json"), Json.write(config));
  }

  private void assertRefused(String why) {
    assertThatThrownBy(() -> TokenClassifier.open(dir, CpuOptions.of(1), 1)).isInstanceOf(UserException.class).hasMessageContaining(why);
    assertThatThrownBy(() -> TokenClassifier.kinds(dir)).isInstanceOf(UserException.class).hasMessageContaining(why);
  }

  @Test
  void open_folderThatIsMissing_isToldSo() {
    dir = dir.resolve("nothing");
    assertRefused("does not exist");
  }

  @Test
  void open_encoderWithoutThatHead_isToldWhatWorks() throws IOException {
    Files.copy(CHECKPOINTS.resolve("bert-classify/config.json"), dir.resolve("config.json"));
    Files.copy(CHECKPOINTS.resolve("bert-classify/model.safetensors"), dir.resolve("model.safetensors"));
    assertRefused("holds no classifier of tokens; architectures in its config.json must name one of BertForTokenClassification");
  }

  @Test
  void open_weightsOfOtherLabels_isRefused() throws IOException {
    change("id2label", "{\"0\": \"O\", \"1\": \"B-PER\"}");
    assertRefused("classifier");
  }

  @Test
  void open_unknownArchitecture_isToldWhatIsSupported() throws IOException {
    change("model_type", "\"deberta-v2\"");
    assertRefused("model_type 'deberta-v2' is not supported; supported are");
  }

  @Test
  void open_largerTokenizer_isToldThatItBelongsElsewhere() throws IOException {
    change("transformers_version", "\"5\"");
    ObjectNode tokenizer = (ObjectNode) Json.readFile(dir.resolve("tokenizer.json"));
    ObjectNode vocabulary = (ObjectNode) tokenizer.path("model").path("vocab");
    vocabulary.put("more", vocabulary.size());
    Files.writeString(dir.resolve("tokenizer.json"), Json.write(tokenizer));
    assertRefused("they do not belong together");
  }
}
