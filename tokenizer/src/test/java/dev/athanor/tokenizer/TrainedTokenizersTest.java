package dev.athanor.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.tokenizer.unigram.UnigramLattice;
import dev.athanor.tokenizer.unigram.UnigramModel;
import dev.athanor.tokenizer.unigram.UnigramTrainer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// What the trainers over words write, run as the published files that they are: here, and by Hugging Face's `tokenizers`.
class TrainedTokenizersTest {
  private static final Path DATA = Path.of("../../shared/data");

  @TempDir Path dir;

  private static PublishedTokenizer train(String model, WordOptions options, long minFrequency, List<String> texts) {
    return model.equals("unigram")
        ? new UnigramTrainer(options, UnigramTrainer.Schedule.standard()).train(texts.iterator(), Progress.silent())
        : new CharacterBpeTrainer(options, minFrequency).train(texts.iterator(), Progress.silent());
  }

  private static PublishedTokenizer small(String model, WordRules rules, boolean bytes) {
    RandomText random = new RandomText(12);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      texts.add(random.words(40) + "if (x <= 10) {\n\n    return the cat;\n}" + random.next(3));
    }
    return train(model, new WordOptions(bytes ? 560 : 300, List.of("</s>", "<pad>"), rules, 0.998, "", bytes, 2), 2, texts);
  }

  private static WordRules rules(boolean prefix) {
    WordRules all = WordRules.lossless();
    return new WordRules(all.normalizer(), all.collapse(), prefix, all.spacePieces(), all.splitDigits(), all.splitScripts(), all.longestPiece());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bpe", "unigram"})
  void decode_ofWhatWasEncoded_isTheTextWithAllItsCharacters(String model) {
    for (boolean prefix : new boolean[] {true, false}) {
      Tokenizer tokenizer = small(model, rules(prefix), true).open();
      assertThat(tokenizer.vocabSize()).isEqualTo(560);
      RandomText random = new RandomText(4);
      for (int i = 0; i < 2_000; i++) {
        String text = (random.next(12) + (i % 5 == 0 ? " <0x41><unk></s>  x" : "")).replace('▁', ' ');
        int[] ids = tokenizer.encode(text);
        assertThat(tokenizer.decode(ids, false)).isEqualTo(text);
        assertThat(Arrays.stream(ids)).as(text).noneMatch(id -> id == 0 || tokenizer.isSpecial(id));
      }
      assertThat(tokenizer.encodeWithSpecials("a</s>")).endsWith(tokenizer.endOfText()).hasSize(2);
      assertThat(tokenizer.encode("    return the cat;")).hasSizeLessThan(9);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bpe", "unigram"})
  void encode_collapsedWhiteSpace_knowsTheNormalizedTextOnly(String model) {
    Tokenizer tokenizer = small(model, WordRules.standard(), true).open();
    assertThat(tokenizer.decode(tokenizer.encode(" ｔhe \t\n cat\u3000"), true)).isEqualTo("the cat");
    assertThat(tokenizer.encode("the cat")).isEqualTo(tokenizer.encode("\nthe  cat "));
    assertThat(tokenizer.encode(" \n")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bpe", "unigram"})
  void encode_randomUnicode_isHuggingFaces(String model) {
    for (boolean bytes : new boolean[] {true, false}) {
      for (WordRules rules : List.of(WordRules.standard(), WordRules.lossless())) {
        PublishedTokenizer trained = small(model, rules, bytes);
        trained.save(dir);
        Tokenizer ours = Tokenizers.open(dir);
        RandomText random = new RandomText(9);
        try (HuggingFaceTokenizer theirs = theirs(dir.resolve(Tokenizers.FILE))) {
          for (int i = 0; i < 400; i++) {
            String text = random.next(16) + random.words(12);
            long[] expected = theirs.encode(text).getIds();
            assertThat(Arrays.stream(ours.encodeWithSpecials(text)).asLongStream().toArray()).as("%s %s", rules, text).isEqualTo(expected);
          }
        }
      }
    }
  }

  private static HuggingFaceTokenizer theirs(Path file) {
    try {
      return HuggingFaceTokenizer.newInstance(file, Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false"));
    } catch (IOException | UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError e) {
      assumeTrue(false, "the native library of Hugging Face's tokenizers cannot be loaded here: " + e);
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void encode_unigram_isTheBestPathOfTheLattice(boolean bytes) {
    PublishedTokenizer trained = small("unigram", WordRules.lossless(), bytes);
    UnigramModel model = UnigramModel.read(trained.tokenizer().path("model"), "it");
    Tokenizer tokenizer = trained.open();
    RandomText random = new RandomText(31);
    for (int i = 0; i < 300; i++) {
      String text = random.words(30) + random.next(4);
      String prepared = WordRules.lossless().prepare(text).replace(' ', '▁');
      int[] ids = tokenizer.encode(text);
      double score = Arrays.stream(ids).mapToDouble(id -> model.vocabulary().get(id).score()).sum();
      var best = new UnigramLattice(model, prepared).best();
      double expected = best.ids().stream().mapToDouble(id -> model.vocabulary().get(id).score()).sum();
      assertThat(score).as(text).isCloseTo(expected, within(1e-6));
    }
  }

  /// The rows of golden/training.json, which bench/peers/tokenizer_training.py wrote.
  static Stream<JsonNode> peers() throws IOException {
    try (var in = TrainedTokenizersTest.class.getResourceAsStream("/golden/training.json")) {
      return Json.MAPPER.readTree(Objects.requireNonNull(in)).valueStream().toList().stream();
    }
  }

  /// A token of ours holds as many bytes as one of the peer's, or more: half a percent less at most.
  @ParameterizedTest
  @MethodSource("peers")
  void train_realTexts_packsThemAsThePeersDo(JsonNode peer) throws IOException {
    assumeTrue(Files.isDirectory(DATA), "there is no " + DATA + " to train on");
    List<String> lines = lines(peer.path("corpus").asString(""));
    boolean scripts = peer.path("peer").asString("").equals("sentencepiece");
    WordRules rules = new WordRules(TextNormalizer.NFKC, true, true, false, false, scripts, 16);
    int size = peer.path("vocab_size").intValue();
    WordOptions options = new WordOptions(size, List.of("</s>"), rules, 0.9995, "", peer.path("byte_fallback").booleanValue(), 2);
    PublishedTokenizer trained = train(peer.path("model").asString(""), options, 1, lines);
    assertThat(trained.vocabSize()).isEqualTo(size);
    double bytesPerToken = TokenizerStats.measure(trained.open(), Map.of("all", lines)).total().bytesPerToken();
    double theirs = peer.path("bytes_per_token").doubleValue();
    assertThat(bytesPerToken).isGreaterThan(0.995 * theirs);
    if (peer.path("model").asString("").equals("bpe")) {
      assertThat(bytesPerToken).isLessThan(1.005 * theirs);
    }
  }

  private static List<String> lines(String corpus) throws IOException {
    List<String> texts = new ArrayList<>();
    if (corpus.equals("botchan")) {
      texts.add(Files.readString(DATA.resolve("text/botchan.txt"), StandardCharsets.UTF_8));
    } else {
      for (JsonNode entry : Json.readFile(DATA.resolve("llamafactory/alpaca_zh_demo.json"))) {
        List.of("instruction", "input", "output").forEach(key -> texts.add(entry.path(key).asString("")));
      }
    }
    return texts.stream().flatMap(text -> Arrays.stream(text.replace("\r\n", "\n").split("\n", -1))).filter(line -> !line.isBlank()).toList();
  }
}
