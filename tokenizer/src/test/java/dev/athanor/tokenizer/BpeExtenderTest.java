package dev.athanor.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class BpeExtenderTest {
  private static final List<String> SPECIAL = List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>");

  /// The published reader's Java binding otherwise calls its makers at home.
  @BeforeAll
  static void stayOffline() {
    System.setProperty("OPT_OUT_TRACKING", "true");
  }

  private static BpeTokenizer base(List<String> texts, int size) {
    return new BpeTrainer(new BpeTrainer.Options(size, 2, SPECIAL, PreTokenizerPattern.QWEN2, 1)).train(texts, Progress.silent());
  }

  private static KindCounts counts(BpeTokenizer base, List<String> texts) {
    return KindCounts.count(texts.stream().map(text -> new KindCounts.Text("all", text)).iterator(), base, 2, Progress.silent());
  }

  private static BpeExtension extend(BpeTokenizer base, List<String> texts, int add, long minFrequency, String alphabet) {
    return new BpeExtender(base, new BpeExtender.Options(add, minFrequency, alphabet)).extend(counts(base, texts), Progress.silent());
  }

  private static BpeExtension.Gain gain(BpeExtension extension, List<String> texts) {
    return Objects.requireNonNull(extension.gains(counts(extension.base(), texts)).get("all"));
  }

  private static List<String> texts(long seed) {
    RandomText random = new RandomText(seed);
    return IntStream.range(0, 8).mapToObj(_ -> random.words(60) + random.next(12)).toList();
  }

  @Test
  void extend_randomCorpora_goesOnAsAFullRecountOverTheBasesIdsWould() {
    for (int seed = 0; seed < 30; seed++) {
      BpeTokenizer base = base(texts(seed), 259 + 15 + seed);
      List<String> more = texts(100 + seed);
      BpeExtension extension = extend(base, more, 40, 1 + seed % 3, "");
      List<List<Integer>> words = new ArrayList<>();
      for (String text : more) {
        PreTokenizerPattern.QWEN2.split(
            text,
            (all, start, end) -> words.add(NaiveBpe.encode(Utf8.bytes(all, start, end), base.model())));
      }
      List<String> tokens = new ArrayList<>(Arrays.stream(base.model().tokens()).map(PieceEncoder::latin1).toList());
      SPECIAL.forEach(tokens::add);
      List<NaiveBpe.Pair> expected = NaiveBpe.train(words, tokens, 40, 1 + seed % 3);
      BpeModel model = extension.extended().model();
      int from = base.model().mergeLefts().length;
      assertThat(
              IntStream.range(from, model.mergeLefts().length)
                  .mapToObj(i -> new NaiveBpe.Pair(model.mergeLefts()[i], model.mergeRights()[i])))
          .as("seed %d", seed)
          .containsExactlyElementsOf(expected);
      assertThat(extension.count()).isEqualTo(expected.size()).isGreaterThan(5);
    }
  }

  @Test
  void extend_anyTexts_keepsOldIdsAndReachesEveryNewToken() {
    for (int seed = 0; seed < 20; seed++) {
      BpeTokenizer base = base(texts(seed), 259 + 20 + seed);
      String alphabet = seed % 2 == 0 ? "" : "葡萄中é𠮷";
      BpeExtension extension = extend(base, texts(200 + seed), 40, 2, alphabet);
      BpeTokenizer extended = extension.extended();
      assertThat(extension.first()).isEqualTo(base.vocabSize());
      for (int id = 0; id < base.vocabSize(); id++) {
        assertThat(extended.bytes(id)).isEqualTo(base.bytes(id));
        assertThat(extended.isSpecial(id)).isEqualTo(base.isSpecial(id));
      }
      for (int id = extension.first(); id < extended.vocabSize(); id++) {
        assertThat(extended.pieces().encode(extended.bytes(id))).as("seed %d", seed).containsExactly(id);
      }
      RandomText random = new RandomText(seed);
      int unchanged = 0;
      for (int i = 0; i < 60; i++) {
        String text = random.next(8) + random.words(i);
        int[] before = base.encodeWithSpecials(text);
        int[] after = extended.encodeWithSpecials(text);
        assertThat(extended.decode(after, false)).isEqualTo(base.decode(before, false));
        assertThat(opened(after, extension)).isEqualTo(before);
        if (Arrays.stream(after).allMatch(id -> id < extension.first())) {
          assertThat(after).isEqualTo(before);
          unchanged++;
        }
        byte[] piece = text.getBytes(StandardCharsets.UTF_8);
        assertThat(Arrays.stream(extended.pieces().encode(piece)).boxed()).isEqualTo(NaiveBpe.encode(piece, extended.model()));
      }
      assertThat(unchanged).isPositive();
    }
  }

  /// New ids replaced by the base's ids of their bytes: a merge of a new pair changes nothing else.
  private static int[] opened(int[] ids, BpeExtension extension) {
    List<int[]> parts = extension.parts();
    return Arrays.stream(ids)
        .flatMap(id -> id < extension.first() ? IntStream.of(id) : Arrays.stream(parts.get(id - extension.first())))
        .toArray();
  }

  @Test
  void extend_alphabet_makesEachCharacterOneTokenEvenWhereTheBaseTakesItsFirstByteAway() {
    // The base learns a space with the first byte of what follows.
    List<String> first = List.of(" 中 丮 串 个 丰 临", " 丁 七 万 丈 三 上");
    BpeTokenizer base = base(first, 259 + 2);
    assertThat(base.encode(" 丸")[0]).isGreaterThan(255);
    List<String> texts = List.of(" 中国 中国 中国 中国 的 的", "中国的人，人");
    BpeExtension extension = extend(base, texts, 60, 1, "中国的人丸");
    BpeTokenizer extended = extension.extended();
    "中国的人丸".codePoints().forEach(c -> assertThat(extended.encode(Character.toString(c))).hasSize(1));
    BpeExtension.Gain gain = gain(extension, texts);
    assertThat(gain.before().hanCoverage()).isZero();
    assertThat(gain.after().hanCoverage()).isEqualTo(1);
    assertThat(gain.after().tokens()).isEqualTo(texts.stream().mapToInt(text -> extended.encode(text).length).sum());
    assertThat(gain.before().tokens()).isEqualTo(texts.stream().mapToInt(text -> base.encode(text).length).sum());
    assertThat(extension.shareOfOne("中国的人丸")).containsExactly(0, 1);
  }

  @Test
  void write_anyBase_isReadAgainAndByThePublishedReaderWithTheSameIds(@TempDir Path dir) throws IOException {
    for (boolean pairs : new boolean[] {false, true}) {
      Path from = dir.resolve("base" + pairs);
      BpeTokenizer base = base(texts(1), 300);
      Tokenizers.save(base, from);
      ObjectNode json = (ObjectNode) Json.readFile(from.resolve(Tokenizers.FILE));
      json.putObject("truncation").put("max_length", 77).put("strategy", "LongestFirst").put("stride", 0).put("direction", "Right");
      if (pairs) {
        asPairs((ObjectNode) json.path("model"));
      }
      Files.writeString(from.resolve(Tokenizers.FILE), Json.pretty(json));
      Files.writeString(from.resolve("vocab.json"), "{}");
      BpeExtension extension = extend(Tokenizers.load(from), texts(2), 50, 2, "葡");
      Path to = dir.resolve("extended" + pairs);
      extension.write(from, to);
      JsonNode written = Json.readFile(to.resolve(Tokenizers.FILE));
      assertThat(without(written)).isEqualTo(without(json));
      assertThat(to.resolve("vocab.json")).doesNotExist();
      BpeTokenizer read = Tokenizers.load(to);
      assertThat(read.vocabSize()).isEqualTo(extension.extended().vocabSize());
      assertThat(read.chatTemplate().stopIds()).isEqualTo(base.chatTemplate().stopIds());
      try (HuggingFaceTokenizer published =
          HuggingFaceTokenizer.builder().optTokenizerPath(to.resolve(Tokenizers.FILE)).optTruncation(false).build()) {
        RandomText random = new RandomText(9);
        for (int i = 0; i < 300; i++) {
          String text = random.next(10) + random.words(i % 40) + (i % 3 == 0 ? "<|im_end|>葡" : "");
          int[] ids = read.encodeWithSpecials(text);
          assertThat(ids).isEqualTo(extension.extended().encodeWithSpecials(text));
          assertThat(Arrays.stream(published.encode(text, false, false).getIds()).mapToInt(Math::toIntExact).toArray()).isEqualTo(ids);
        }
      }
    }
  }

  private static void asPairs(ObjectNode model) {
    ArrayNode old = (ArrayNode) model.remove("merges");
    ArrayNode merges = model.putArray("merges");
    for (JsonNode merge : old) {
      ArrayNode pair = merges.addArray();
      Arrays.stream(merge.stringValue().split(" ", 2)).forEach(pair::add);
    }
  }

  /// All but the vocabulary.
  private static JsonNode without(JsonNode json) {
    ObjectNode copy = (ObjectNode) json.deepCopy();
    ((ObjectNode) copy.path("model")).remove(List.of("vocab", "merges"));
    return copy;
  }

  @Test
  void extend_piecesThatAreTokensAsAWhole_areStill() {
    BpeTokenizer trained = base(texts(3), 300);
    BpeModel model = trained.model();
    BpeTokenizer base =
        new BpeTokenizer(
            new BpeModel(
                model.tokens(), model.mergeLefts(), model.mergeRights(), model.addedTokens(), model.preTokenizer(), false, false, true, model.bosId()),
            trained.config());
    BpeExtension extension = extend(base, texts(4), 30, 2, "");
    List<String> texts = texts(4);
    BpeExtension.Gain gain = gain(extension, texts);
    assertThat(gain.before().tokens()).isEqualTo(texts.stream().mapToInt(text -> base.encode(text).length).sum());
    assertThat(gain.after().tokens()).isEqualTo(texts.stream().mapToInt(text -> extension.extended().encode(text).length).sum());
    assertThat(gain.after().tokens()).isLessThan(gain.before().tokens());
  }

  @Test
  void extend_nameOfASpecialTokenInTheTexts_isNoNewToken() {
    BpeTokenizer base = base(List.of("abc"), 259);
    BpeTokenizer extended =
        new BpeExtender(base, new BpeExtender.Options(500, 1, ""))
            .extend(
                KindCounts.count(
                    List.of(new KindCounts.Text("all", "<|im_end|> <|im_end|> <|im_start|>")).iterator(), new RegexPreTokenizer("\\S+"), 1, Progress.silent()),
                Progress.silent())
            .extended();
    assertThat(IntStream.range(262, extended.vocabSize()).mapToObj(id -> new String(extended.bytes(id), StandardCharsets.UTF_8)))
        .contains("<|im_")
        .doesNotContainAnyElementsOf(SPECIAL);
  }

  @Test
  void extend_whatCannotBe_isRefused() {
    BpeTokenizer base = base(List.of("abc abc abc"), 300);
    assertThatThrownBy(() -> extend(base, List.of("abc"), 5, 2, "")).isInstanceOf(UserException.class).hasMessageContaining("nothing to add");
    assertThatThrownBy(() -> extend(base, List.of("abc"), 5, 2, "中文字")).isInstanceOf(UserException.class).hasMessageContaining("alphabet alone");
    assertThatThrownBy(() -> extend(base, List.of("abc"), 5, 2, "\uD800")).isInstanceOf(UserException.class).hasMessageContaining("U+D800");
    assertThatThrownBy(() -> new BpeExtender.Options(0, 2, "")).isInstanceOf(UserException.class);
  }
}
