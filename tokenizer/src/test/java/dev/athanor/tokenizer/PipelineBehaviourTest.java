package dev.athanor.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.regex.PatternSyntaxException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class PipelineBehaviourTest {
  @TempDir Path dir;

  @ParameterizedTest
  @MethodSource("dev.athanor.tokenizer.PipelineGoldens#kinds")
  void stream_randomIds_isTheDecodedWhole(String kind) {
    Tokenizer tokenizer = PipelineGoldens.pipeline(kind);
    Random random = new Random(kind.hashCode());
    for (int i = 0; i < 300; i++) {
      int[] ids = IntStream.range(0, random.nextInt(30)).map(_ -> random.nextInt(tokenizer.vocabSize())).toArray();
      TokenStream stream = tokenizer.stream();
      StringBuilder text = new StringBuilder();
      for (int id : ids) {
        String part = stream.push(id);
        assertThat(part.isEmpty() || !Character.isHighSurrogate(part.charAt(part.length() - 1))).isTrue();
        text.append(part);
      }
      assertThat(text.append(stream.finish())).hasToString(tokenizer.decode(ids, false));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-prepend", "llama-first", "unigram-bytes"})
  void stream_charactersOfBytes_comeWhole(String kind) {
    PipelineTokenizer tokenizer = PipelineGoldens.pipeline(kind);
    String text = "x 🦜 ꙮ x";
    TokenStream stream = tokenizer.stream();
    StringBuilder streamed = new StringBuilder();
    for (int id : tokenizer.encode(text)) {
      String part = stream.push(id);
      assertThat(part).doesNotContain("\uFFFD");
      streamed.append(part);
    }
    assertThat(streamed.append(stream.finish())).hasToString(text);
  }

  @ParameterizedTest
  @MethodSource("dev.athanor.tokenizer.PipelineGoldens#kinds")
  void encode_halfAMegabyteOfOneLetter_completes(String kind) {
    PipelineTokenizer tokenizer = PipelineGoldens.pipeline(kind);
    for (String run : List.of("a", "ꙮ")) {
      String text = run.repeat(512 * 1024);
      int[] ids = tokenizer.encode(text);
      String shorter = text.substring(0, 32 * 1024);
      Encoding encoding = tokenizer.encodeWithOffsets(shorter, false);
      assertThat(encoding.ids()).isEqualTo(tokenizer.encode(shorter));
      assertThat(encoding.ids().length).isLessThanOrEqualTo(ids.length);
      assertThat(IntStream.of(encoding.ends()).max().orElse(shorter.length())).isLessThanOrEqualTo(shorter.length());
    }
  }

  @ParameterizedTest
  @MethodSource("dev.athanor.tokenizer.PipelineGoldens#kinds")
  void encode_halfASurrogatePair_isTheReplacementCharacter(String kind) {
    PipelineTokenizer tokenizer = PipelineGoldens.pipeline(kind);
    assertThat(tokenizer.encode("a\uD83Db \uDC4D")).isEqualTo(tokenizer.encode("a\uFFFDb \uFFFD"));
    assertThat(tokenizer.encodeWithOffsets("a\uD83Db \uDC4D", true)).usingRecursiveComparison().isEqualTo(tokenizer.encodeWithOffsets("a\uFFFDb \uFFFD", true));
  }

  @ParameterizedTest
  @MethodSource("dev.athanor.tokenizer.PipelineGoldens#kinds")
  void save_opened_isTheSameAgain(String kind) throws IOException {
    Path file = Files.writeString(dir.resolve("some-name.json"), Json.write(PipelineGoldens.json(kind)));
    Files.writeString(dir.resolve("tokenizer_config.json"), "{\"model_max_length\":77,\"eos_token\":" + Json.write(anyToken(kind)) + "}");
    Tokenizer opened = Tokenizers.open(file);
    Tokenizers.save(opened, dir.resolve("a"));
    Tokenizer again = Tokenizers.open(dir.resolve("a"));
    assertThat(again.getClass()).isEqualTo(opened.getClass());
    Tokenizers.save(again, dir.resolve("b"));
    for (String name : List.of(Tokenizers.FILE, Tokenizers.CONFIG_FILE)) {
      assertThat(dir.resolve("b").resolve(name)).hasSameBinaryContentAs(dir.resolve("a").resolve(name));
    }
    for (String text : PipelineGoldens.texts()) {
      assertThat(again.encodeWithSpecials(text)).isEqualTo(opened.encodeWithSpecials(text));
    }
    assertThat(again.framing()).isEqualTo(opened.framing());
    assertThat(again.endOfText()).isEqualTo(opened.endOfText());
  }

  private static String anyToken(String kind) {
    return PipelineGoldens.pipeline(kind).token(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"neox", "deepseek"})
  void open_byteLevelBpe_isTheFastKindWithTheSameOffsets(String kind) {
    ObjectNode config = PipelineGoldens.config().put("eos_token", "<|endoftext|>");
    Tokenizer fast = Tokenizers.of(PipelineGoldens.json(kind), config, kind);
    assertThat(fast).isInstanceOf(BpeTokenizer.class);
    PipelineTokenizer general = PipelineGoldens.pipeline(kind);
    for (String text : PipelineGoldens.texts()) {
      assertThat(fast.encodeWithOffsets(text, true)).usingRecursiveComparison().isEqualTo(general.encodeWithOffsets(text, true));
      assertThat(fast.encodeWithOffsets(text, false).ids()).isEqualTo(fast.encode(text));
    }
  }

  @Test
  void open_llama3sProcessor_keepsBothFramesAndTrims() {
    ObjectNode json = PipelineGoldens.json("neox");
    String processor =
        """
        {"type":"Sequence","processors":[
         {"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true},
         {"type":"TemplateProcessing",
          "single":[{"SpecialToken":{"id":"<|endoftext|>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
          "pair":[{"SpecialToken":{"id":"<|endoftext|>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
           {"SpecialToken":{"id":"<|endoftext|>","type_id":1}},{"Sequence":{"id":"B","type_id":1}}],
          "special_tokens":{"<|endoftext|>":{"id":"<|endoftext|>","ids":[0],"tokens":["<|endoftext|>"]}}}]}""";
    json.set("post_processor", Json.tree(processor));
    Tokenizer opened = Tokenizers.of(json, PipelineGoldens.config(), "llama3");
    assertThat(opened).isInstanceOf(BpeTokenizer.class);
    Tokenizers.save(opened, dir);
    PipelineTokenizer general = new PipelineTokenizer(json, new TokenizerConfig("", Map.of()), "llama3");
    for (Tokenizer tokenizer : List.of(opened, Tokenizers.open(dir), general)) {
      assertThat(tokenizer.framing().single(new int[] {7})).containsExactly(0, 7);
      assertThat(tokenizer.framing().pair(new int[] {7}, new int[] {8, 9})).containsExactly(0, 7, 0, 8, 9);
      assertThat(tokenizer.framing().pairTypes(1, 2)).containsExactly(0, 0, 1, 1, 1);
      assertThat(tokenizer.encodeWithOffsets(" a b  ", true)).usingRecursiveComparison().isEqualTo(general.encodeWithOffsets(" a b  ", true));
    }
  }

  @Test
  void encodeWithOffsets_prefixSpaceAndParts_areTheCharactersOfTheText() {
    Tokenizer roberta = PipelineGoldens.open("roberta-prefix");
    // The space that was put before the bird, and the bird's bytes, are all the bird; of the space nothing is left by trimming.
    Encoding encoding = roberta.encodeWithOffsets("🦜", false);
    assertThat(encoding.ids().length).isGreaterThan(2);
    assertThat(encoding.starts()).containsOnly(0);
    assertThat(IntStream.of(encoding.ends()).skip(1)).containsOnly(2);
  }

  @Test
  void bytes_ofTokens_areWhatTheyAddToAText() {
    PipelineTokenizer llama = PipelineGoldens.pipeline("llama-first");
    assertThat(llama.bytes(llama.id("▁the").orElseThrow())).isEqualTo(" the".getBytes(StandardCharsets.UTF_8));
    assertThat(llama.bytes(llama.id("<0xE4>").orElseThrow())).containsExactly(0xE4);
    assertThat(llama.bytes(llama.id("</s>").orElseThrow())).isEqualTo("</s>".getBytes(StandardCharsets.UTF_8));
    PipelineTokenizer bert = PipelineGoldens.pipeline("bert-uncased");
    assertThat(bert.bytes(bert.id("the").orElseThrow())).isEqualTo(" the".getBytes(StandardCharsets.UTF_8));
    assertThat(bert.bytes(bert.id("##s").orElseThrow())).isEqualTo("s".getBytes(StandardCharsets.UTF_8));
    PipelineTokenizer gpt = PipelineGoldens.pipeline("openai-gpt");
    assertThat(gpt.bytes(gpt.id("the</w>").orElseThrow())).isEqualTo("the ".getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @MethodSource("dev.athanor.tokenizer.PipelineGoldens#kinds")
  void id_ofEveryToken_isThatToken(String kind) {
    PipelineTokenizer tokenizer = PipelineGoldens.pipeline(kind);
    for (int id = 0; id < tokenizer.vocabSize(); id++) {
      assertThat(tokenizer.id(tokenizer.token(id))).hasValue(id);
    }
    assertThat(tokenizer.id("no such token")).isEmpty();
    assertThatThrownBy(() -> tokenizer.decode(new int[] {tokenizer.vocabSize()}, false))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(kind)
        .hasMessageContaining("is no token");
  }

  private static void assertRefused(String kind, String problem, Consumer<ObjectNode> change) {
    ObjectNode json = PipelineGoldens.json(kind);
    change.accept(json);
    assertThatThrownBy(() -> Tokenizers.of(json, PipelineGoldens.config(), "mine.json"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("mine.json: ")
        .hasMessageContaining(problem);
  }

  @Test
  void of_damagedFiles_areRefusedByPlace() {
    assertRefused("bert-cased", "normalizer: 'Upper' is not supported; supported: Sequence, NFC", json -> json.putObject("normalizer").put("type", "Upper"));
    assertRefused("bert-cased", "pre_tokenizer: 'Magic' is not supported", json -> json.putObject("pre_tokenizer").put("type", "Magic"));
    assertRefused("bert-cased", "decoder: 'Magic' is not supported", json -> json.putObject("decoder").put("type", "Magic"));
    assertRefused("bert-cased", "post_processor: 'Magic' is not supported", json -> json.putObject("post_processor").put("type", "Magic"));
    assertRefused("bert-cased", "model: 'Magic' is not supported; supported: BPE", json -> ((ObjectNode) json.get("model")).put("type", "Magic"));
    assertRefused("bert-cased", "model: is missing", json -> json.remove("model"));
    assertRefused("bert-cased", "model.vocab: is missing", json -> ((ObjectNode) json.get("model")).remove("vocab"));
    assertRefused("bert-cased", "the id of 'zq'", json -> ((ObjectNode) json.get("model").get("vocab")).put("zq", -1));
    assertRefused("bert-cased", "two tokens have the id 3", json -> ((ObjectNode) json.get("model").get("vocab")).put("zq", 3));
    assertRefused("bert-cased", "added_tokens[1].id: is not a whole number", json -> ((ObjectNode) json.get("added_tokens").get(1)).put("id", "x"));
    assertRefused("bert-cased", "added_tokens[1]: '[UNK]' has the id 9 here and 1", json -> ((ObjectNode) json.get("added_tokens").get(1)).put("id", 9));
    assertRefused("llama-first", "model.merges[2]: 'nowhere' is no token", json -> ((ArrayNode) json.get("model").get("merges")).set(2, "a nowhere"));
    assertRefused("llama-first", "model.dropout", json -> ((ObjectNode) json.get("model")).put("dropout", 0.5));
    assertRefused("llama-first", "pre_tokenizer.prepend_scheme: 'some'", json -> ((ObjectNode) json.get("pre_tokenizer")).put("prepend_scheme", "some"));
    assertRefused("xlmr", "model.unk_id: is not a whole number", json -> ((ObjectNode) json.get("model")).put("unk_id", 100_000));
    assertRefused("xlmr", "normalizer.precompiled_charsmap: is", json -> ((ObjectNode) json.get("normalizer")).put("precompiled_charsmap", "AAAA"));
    assertRefused("xlmr", "model.vocab[3]: is not a token with its score", json -> ((ArrayNode) json.get("model").get("vocab")).set(3, json.arrayNode().add("x").add("y")));
    assertRefused("splits", "pretokenizers[0].behavior: 'Odd'", json -> ((ObjectNode) json.get("pre_tokenizer").get("pretokenizers").get(0)).put("behavior", "Odd"));
    assertRefused("splits", "pretokenizers[1].pattern.Regex", json -> ((ObjectNode) json.get("pre_tokenizer").get("pretokenizers").get(1).get("pattern")).put("Regex", "a\\Kb"));
  }

  @Test
  void open_whatIsNoTokenizer_isRefused() throws IOException {
    assertThatThrownBy(() -> Tokenizers.open(dir)).isInstanceOf(UserException.class).hasMessageContaining("no such file");
    Path list = Files.writeString(dir.resolve("list.json"), "[]");
    assertThatThrownBy(() -> Tokenizers.open(list)).isInstanceOf(UserException.class).hasMessageContaining("is a JSON object");
    Path half = Files.writeString(dir.resolve("half.json"), "{\"model\":");
    assertThatThrownBy(() -> Tokenizers.open(half)).isInstanceOf(UserException.class).hasMessageContaining("half.json:1");
  }

  @Test
  void encode_unknownTokenThatIsNone_isToldWhenATextNeedsIt() {
    ObjectNode json = PipelineGoldens.json("openai-gpt");
    ((ObjectNode) json.get("model")).put("unk_token", "<none>");
    Tokenizer tokenizer = Tokenizers.of(json, PipelineGoldens.config(), "mine.json");
    assertThat(tokenizer.encode("the")).isNotEmpty();
    assertThatThrownBy(() -> tokenizer.encode("ꙮ")).isInstanceOf(UserException.class).hasMessageContaining("mine.json: model.unk_token: '<none>'");
  }

  @Test
  void endOfText_whereNoTokenEnds_saysHowToNameIt() {
    Tokenizer words = PipelineGoldens.open("word-level");
    assertThatThrownBy(words::endOfText).isInstanceOf(UserException.class).hasMessageContaining("eos_token");
    assertThat(PipelineGoldens.open("bert-cased").endOfText()).isEqualTo(PipelineGoldens.open("bert-cased").id("[SEP]").orElseThrow());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\\h+|12afg x|12af", "(?m:.+)|a\\nb|a\\nb", ".+|a\\nb|a", "^b|a\\nb|b", "x{1,2}+|xxxxxy|xxxxx", "a{,2}|aaa|aa", "\\p{Han}+|a中文b|中文",
        "\\p{^Han}+|中ab|ab", "[[:alpha:]]+|1ab2|ab", "[[:^alpha:]]+|ab12|12", "[^\\s\\w]+|a, b|,", "\\w+|a²b|a²b", "\\p{Letter}+|1ab|ab",
        "[]a]+|x]a|]a", "\\N+|ab\\nc|ab", "(?#note)b|ab|b", "\\p{Lu}\\p{Ll}|aBc|Bc", "\\W+|a,b|,", "(?i:ſ)|xS|S", "\\x{4e00}|a一|一"
      })
  void compile_oniguruma_meansWhatItSays(String regex, String text, String firstMatch) {
    var matcher = RegexPreTokenizer.compile(regex).matcher(text.translateEscapes());
    assertThat(matcher.find()).isTrue();
    assertThat(matcher.group()).isEqualTo(firstMatch.translateEscapes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\\Kb", "\\g<1>", "(?~ab)", "(?(1)a|b)", "(*FAIL)", "(?W:a)", "[abc", "\\y"})
  void compile_whatJavaLacks_isNamed(String regex) {
    assertThatThrownBy(() -> RegexPreTokenizer.compile(regex))
        .isInstanceOf(PatternSyntaxException.class)
        .hasMessageContaining("is not supported");
  }
}
