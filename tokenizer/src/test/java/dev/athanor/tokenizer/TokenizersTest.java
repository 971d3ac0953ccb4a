package dev.athanor.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class TokenizersTest {
  private static final String CONFIG = "{\"eos_token\": {\"content\": \"<|im_end|>\"}, \"model_max_length\": 512}";

  @TempDir Path dir;

  private final BpeTokenizer tokenizer = BpeTokenizerTest.trained(400);

  private static Path golden(String name) {
    try {
      return Path.of(Objects.requireNonNull(TokenizersTest.class.getResource("/golden/" + name)).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path folder(PreTokenizerPattern pattern) {
    return golden(pattern.name().toLowerCase(Locale.ROOT));
  }

  /// Writes the golden Qwen 2 file, changed, and loads it.
  private BpeTokenizer loadChanged(Consumer<ObjectNode> change) throws IOException {
    ObjectNode json = (ObjectNode) Json.readFile(golden("qwen2/tokenizer.json"));
    change.accept(json);
    Files.writeString(dir.resolve("tokenizer.json"), Json.write(json));
    return Tokenizers.load(dir);
  }

  private void assertRefused(String problem, Consumer<ObjectNode> change) {
    assertThatThrownBy(() -> loadChanged(change))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("tokenizer.json")
        .hasMessageContaining(problem);
  }

  @ParameterizedTest
  @EnumSource
  void load_writtenByHuggingFace_givesItsIds(PreTokenizerPattern pattern) {
    BpeTokenizer theirs = Tokenizers.load(folder(pattern));
    assertThat(theirs.preTokenizer()).isEqualTo(pattern);
    JsonNode texts = Json.readFile(golden("texts.json"));
    int[][] ids = Json.readFile(folder(pattern).resolve("ids.json"), int[][].class);
    assertThat(texts.size()).isEqualTo(ids.length).isGreaterThan(70);
    for (int i = 0; i < ids.length; i++) {
      String text = texts.get(i).stringValue();
      assertThat(theirs.encodeWithSpecials(text)).as(text).containsExactly(ids[i]);
    }
  }

  @ParameterizedTest
  @EnumSource
  void train_corpusOfTheGoldens_givesHuggingFacesIds(PreTokenizerPattern pattern) throws IOException {
    List<String> corpus = List.of(Files.readString(golden("corpus.txt")).split("\n\n", -1));
    var options =
        new BpeTrainer.Options(400, 2, List.of("<|endoftext|>", ChatMl.START, ChatMl.END), pattern, 2);
    BpeTokenizer ours = new BpeTrainer(options).train(corpus, Progress.silent());
    BpeTokenizer theirs = Tokenizers.load(folder(pattern));
    assertThat(ours.model().mergeLefts()).containsExactly(theirs.model().mergeLefts());
    assertThat(ours.model().mergeRights()).containsExactly(theirs.model().mergeRights());
    assertThat(ours.vocabSize()).isEqualTo(theirs.vocabSize());
  }

  @ParameterizedTest
  @EnumSource
  void save_loadedAgain_isTheSameToTheByte(PreTokenizerPattern pattern) throws IOException {
    Tokenizers.save(Tokenizers.load(folder(pattern)), dir.resolve("a"));
    BpeTokenizer again = Tokenizers.load(dir.resolve("a"));
    Tokenizers.save(again, dir.resolve("b"));
    for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
      assertThat(dir.resolve("b").resolve(file)).hasSameBinaryContentAs(dir.resolve("a").resolve(file));
    }
    String text = "判断 isEmpty() 's\n<|im_end|>";
    assertThat(again.encodeWithSpecials(text))
        .containsExactly(Tokenizers.load(folder(pattern)).encodeWithSpecials(text));
  }

  @Test
  void save_trained_keepsEverything() {
    Tokenizers.save(tokenizer.withMaxLength(256), dir);
    BpeTokenizer loaded = Tokenizers.load(dir);
    RandomText random = new RandomText(31);
    for (int i = 0; i < 500; i++) {
      String text = random.next(40);
      assertThat(loaded.encodeWithSpecials(text)).containsExactly(tokenizer.encodeWithSpecials(text));
    }
    assertThat(loaded.endOfText()).isEqualTo(tokenizer.endOfText());
    assertThat(loaded.padId()).hasValue(tokenizer.endOfText());
    assertThat(loaded.bosId()).isEmpty();
    assertThat(loaded.maxLength()).hasValue(256);
    assertThat(loaded.chatTemplate()).isInstanceOf(ChatMl.class);
  }

  @Test
  void load_configuredEos_isTheEndOfText() throws IOException {
    Files.writeString(dir.resolve("tokenizer_config.json"), CONFIG);
    BpeTokenizer loaded = loadChanged(json -> {});
    assertThat(loaded.endOfText()).isEqualTo(loaded.id(ChatMl.END).orElseThrow());
    assertThat(loaded.maxLength()).hasValue(512);
  }

  @Test
  void load_templateFileOrNamedTemplates_areRead() throws IOException {
    Files.writeString(
        dir.resolve("tokenizer_config.json"),
        "{\"chat_template\":[{\"name\":\"tool\",\"template\":\"x\"},{\"name\":\"default\",\"template\":"
            + Json.write(ChatMl.jinja("named"))
            + "}]}");
    assertThat(((ChatMl) loadChanged(json -> {}).chatTemplate()).defaultSystem()).contains("named");
    Files.writeString(dir.resolve("chat_template.jinja"), ChatMl.jinja("filed"));
    assertThat(((ChatMl) loadChanged(json -> {}).chatTemplate()).defaultSystem()).contains("filed");
  }

  @Test
  void load_mergesAsPairsOrStrings_isTheSame() throws IOException {
    BpeTokenizer changed =
        loadChanged(
            json -> {
              ArrayNode merges = (ArrayNode) json.get("model").get("merges");
              for (int i = 0; i < merges.size(); i++) {
                JsonNode merge = merges.get(i);
                if (merge.isArray()) {
                  merges.set(i, merge.get(0).stringValue() + " " + merge.get(1).stringValue());
                } else {
                  ArrayNode pair = merges.arrayNode();
                  List.of(merge.stringValue().split(" ", -1)).forEach(pair::add);
                  merges.set(i, pair);
                }
              }
            });
    assertThat(changed.model().mergeLefts())
        .containsExactly(Tokenizers.load(golden("qwen2")).model().mergeLefts());
  }

  @Test
  void load_nfc_composesBeforeEncoding() throws IOException {
    BpeTokenizer nfc = loadChanged(json -> json.putObject("normalizer").put("type", "NFC"));
    assertThat(nfc.encode("e\u0301")).containsExactly(nfc.encode("é"));
    assertThat(Tokenizers.load(golden("qwen2")).encode("e\u0301")).isNotEqualTo(nfc.encode("e\u0301"));
  }

  @Test
  void load_ignoreMerges_takesWholePiecesFirst() throws IOException {
    // "zq" is in the vocabulary but no merge makes it.
    Consumer<ObjectNode> addWord = json -> ((ObjectNode) json.get("model").get("vocab")).put("zq", 400);
    assertThat(loadChanged(addWord).encode("zq")).hasSize(2);
    Consumer<ObjectNode> ignore = json -> ((ObjectNode) json.get("model")).put("ignore_merges", true);
    assertThat(loadChanged(addWord.andThen(ignore)).encode("zq")).containsExactly(400);
  }

  @Test
  void load_unknownRegex_fallsBackToIt() throws IOException {
    BpeTokenizer loaded = loadChanged(json -> regexOf(json, "\\s+|\\w+|[^\\s\\w]+"));
    assertThat(loaded.preTokenizer()).isInstanceOf(RegexPreTokenizer.class);
    assertThat(loaded.decode(loaded.encode("中 return 12-é\n"), false)).isEqualTo("中 return 12-é\n");
    assertRefused("java.util.regex", json -> regexOf(json, "(((")) ;
  }

  @Test
  void load_severalSplits_cutOneAfterTheOther() throws IOException {
    String sequence =
        """
        {"type":"Sequence","pretokenizers":[
        {"type":"Split","pattern":{"Regex":"x+"},"behavior":"Isolated","invert":false},
        {"type":"Digits","individual_digits":true},
        {"type":"ByteLevel","add_prefix_space":false,"use_regex":true}]}""";
    BpeTokenizer loaded = loadChanged(json -> json.set("pre_tokenizer", Json.tree(sequence)));
    assertThat(loaded.preTokenizer())
        .isEqualTo(PreTokenizerSequence.of("x+", "\\p{N}", PreTokenizerPattern.GPT2.regex()));
    assertThat(pieces(loaded, "a 42xx list")).containsExactly("a", " ", "4", "2", "xx", " list");
    Tokenizers.save(loaded, dir.resolve("again"));
    assertThat(Tokenizers.load(dir.resolve("again")).preTokenizer()).isEqualTo(loaded.preTokenizer());
  }

  private static List<String> pieces(BpeTokenizer tokenizer, String text) {
    List<String> pieces = new ArrayList<>();
    tokenizer.preTokenizer().split(text, (all, start, end) -> pieces.add(all.substring(start, end)));
    return pieces;
  }

  @Test
  void load_templateWithBos_exposesIt() throws IOException {
    String processor =
        """
        {"type":"Sequence","processors":[{"type":"ByteLevel"},{"type":"TemplateProcessing","single":[
        {"SpecialToken":{"id":"<|im_start|>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
        "special_tokens":{"<|im_start|>":{"id":"<|im_start|>","ids":[398],"tokens":["<|im_start|>"]}}}]}""";
    BpeTokenizer loaded = loadChanged(json -> json.set("post_processor", Json.tree(processor)));
    assertThat(loaded.bosId()).hasValue(398);
    Tokenizers.save(loaded, dir.resolve("again"));
    assertThat(Tokenizers.load(dir.resolve("again")).bosId()).hasValue(398);
  }

  @Test
  void load_prefixSpace_isAdded() throws IOException {
    BpeTokenizer loaded =
        loadChanged(
            json -> json.putObject("pre_tokenizer").put("type", "ByteLevel").put("add_prefix_space", true));
    assertThat(loaded.encode("list")).containsExactly(loaded.encode(" list"));
  }

  @Test
  void load_unsupportedComponents_areRefusedByName() {
    assertRefused("'Unigram'", json -> ((ObjectNode) json.get("model")).put("type", "Unigram"));
    assertRefused("dropout", json -> ((ObjectNode) json.get("model")).put("dropout", 0.1));
    assertRefused("byte_fallback", json -> ((ObjectNode) json.get("model")).put("byte_fallback", true));
    assertRefused("'Metaspace'", json -> json.putObject("decoder").put("type", "Metaspace"));
    assertRefused("'Lowercase'", json -> json.putObject("normalizer").put("type", "Lowercase"));
    assertRefused("Whitespace", json -> json.putObject("pre_tokenizer").put("type", "Whitespace"));
    assertRefused("'BertProcessing'", json -> json.putObject("post_processor").put("type", "BertProcessing"));
    assertRefused("single_word", json -> ((ObjectNode) json.get("added_tokens").get(0)).put("single_word", true));
  }

  @Test
  void load_withoutBytesThatNoTextHas_encodesEveryText() throws IOException {
    // As DeepSeek's published vocabularies are.
    BpeTokenizer loaded =
        loadChanged(
            json -> {
              ObjectNode vocab = (ObjectNode) json.get("model").get("vocab");
              "ÀÁõö÷øùúûüýþÿ".chars().forEach(c -> vocab.remove(String.valueOf((char) c)));
            });
    BpeTokenizer whole = Tokenizers.load(golden("qwen2"));
    RandomText random = new RandomText(41);
    for (int i = 0; i < 200; i++) {
      String text = random.next(40) + "À\uD800\uDBFF\uDFFF";
      assertThat(loaded.encode(text)).containsExactly(whole.encode(text));
    }
  }

  @Test
  void load_damagedFiles_areRefused() {
    assertRefused("byte 0x21", json -> ((ObjectNode) json.get("model").get("vocab")).remove("!"));
    assertRefused("vocabulary lacks", json -> ((ArrayNode) json.get("model").get("merges")).add("Ġ nothing"));
    assertRefused("two tokens", json -> ((ObjectNode) json.get("model").get("vocab")).put("zq", 1));
    assertRefused("id of 'zq'", json -> ((ObjectNode) json.get("model").get("vocab")).put("zq", -1));
    assertRefused("no token", json -> ((ArrayNode) json.get("model").get("merges")).add("! !"));
    assertRefused("added_tokens", json -> ((ObjectNode) json.get("added_tokens").get(0)).put("id", 1L << 40));
  }

  @Test
  void load_missingFileOrEos_saysSo() throws IOException {
    assertThatThrownBy(() -> Tokenizers.load(dir.resolve("nowhere")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no such file");
    Files.writeString(dir.resolve("tokenizer_config.json"), "{\"eos_token\": \"<none>\"}");
    assertRefused("eos_token '<none>'", json -> {});
    Files.delete(dir.resolve("tokenizer_config.json"));
    assertThatThrownBy(() -> loadChanged(json -> json.putArray("added_tokens")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("tokenizer_config.json: eos_token is missing");
  }

  private static void regexOf(ObjectNode json, String regex) {
    ((ObjectNode) json.get("pre_tokenizer").get("pretokenizers").get(0).get("pattern")).put("Regex", regex);
  }
}
