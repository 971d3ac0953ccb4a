package dev.athanor.tokenizer.sentencepiece;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.tokenizer.ChatMessage;
import dev.athanor.tokenizer.PipelineTokenizer;
import dev.athanor.tokenizer.TokenStream;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.Tokenizers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Held against SentencePiece itself: bench/peers/golden_sentencepiece.py.
class SentencePieceTest {
  private static final Path FOLDER = Path.of("src/test/resources/golden/sentencepiece");

  @TempDir Path dir;

  private static Tokenizer open(String name) {
    return Tokenizers.open(FOLDER.resolve(name + ".model"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unigram", "unigram_identity", "unigram_folded", "unigram_plain", "bpe", "bpe_llama", "bpe_symbols", "char"
      })
  void open_modelFile_givesSentencePiecesIdsAndTexts(String name) {
    Tokenizer tokenizer = open(name);
    List<String> texts = new ArrayList<>();
    Json.readFile(FOLDER.resolve("texts.json")).forEach(text -> texts.add(text.stringValue()));
    JsonNode golden = Json.readFile(FOLDER.resolve(name + ".json"));
    assertThat(texts).hasSizeGreaterThan(40).hasSize(golden.size());
    for (int i = 0; i < texts.size(); i++) {
      int[] ids = golden.path(i).path("ids").valueStream().mapToInt(JsonNode::intValue).toArray();
      assertThat(tokenizer.encode(texts.get(i))).as("%s: '%s'", name, texts.get(i)).isEqualTo(ids);
      // SentencePiece writes ⁇ for what no piece stands for.
      if (!golden.path(i).path("unknown").booleanValue()) {
        String text = golden.path(i).path("text").stringValue();
        assertThat(tokenizer.decode(ids, true)).as("%s: '%s'", name, texts.get(i)).isEqualTo(text);
        assertThat(streamed(tokenizer, ids)).isEqualTo(text);
      }
    }
  }

  private static String streamed(Tokenizer tokenizer, int[] ids) {
    TokenStream stream = tokenizer.stream();
    StringBuilder out = new StringBuilder();
    Arrays.stream(ids).forEach(id -> out.append(stream.push(id)));
    return out.append(stream.finish()).toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"unigram_folded", "bpe_symbols"})
  void save_openedAgain_givesTheSameIds(String name) {
    Tokenizer tokenizer = open(name);
    Tokenizers.save(tokenizer, dir);
    Tokenizer again = Tokenizers.open(dir);
    String text = "The <sep>cat's <s> ﬁne １２ ガ é\n";
    assertThat(again.encode(text)).isEqualTo(tokenizer.encode(text));
    assertThat(again.endOfText()).isEqualTo(tokenizer.endOfText()).isEqualTo(tokenizer.id("</s>").orElseThrow());
  }

  @Test
  void encode_controlTokensName_isTextUnlessAskedFor() {
    Tokenizer tokenizer = open("unigram_identity");
    int bos = tokenizer.id("<s>").orElseThrow();
    assertThat(tokenizer.encode("<s>a")).doesNotContain(bos);
    assertThat(tokenizer.encodeWithSpecials("<s>a")).startsWith(bos);
  }

  @Test
  void open_folder_takesWhatItsConfigurationAdds() throws IOException {
    Files.copy(FOLDER.resolve("bpe_llama.model"), dir.resolve(Tokenizers.MODEL_FILE));
    Files.writeString(
        dir.resolve(Tokenizers.CONFIG_FILE),
        """
        {"tokenizer_class": "LlamaTokenizer", "add_eos_token": true,
         "added_tokens_decoder": {"1": {"content": "<s>"}, "1800": {"content": "<|user|>", "special": true}},
         "chat_template": "{{ bos_token }}{% for m in messages %}{{ '<|user|>' + m.content + eos_token }}{% endfor %}"}
        """);
    Tokenizer tokenizer = Tokenizers.open(dir);
    assertThat(tokenizer).isInstanceOf(PipelineTokenizer.class);
    int[] text = tokenizer.encode("a cat");
    assertThat(tokenizer.framing().single(text)).startsWith(1).endsWith(2).hasSize(text.length + 2);
    assertThat(tokenizer.vocabSize()).isEqualTo(1801);
    var rendered = tokenizer.chatTemplate().render(List.of(new ChatMessage("user", "a cat</s>")), true);
    assertThat(rendered.text()).isEqualTo("<s><|user|>a cat</s></s>");
    assertThat(rendered.ids()).startsWith(1, 1800).endsWith(2).containsSequence(text);
    assertThat(Arrays.stream(rendered.ids()).filter(id -> id == 2)).hasSize(1);
  }

  /// Llama 2's manner: the answer goes on from its prompt without another space before it.
  @Test
  void chatTemplate_answer_goesOnFromItsPrompt() throws IOException {
    Files.copy(FOLDER.resolve("bpe_llama.model"), dir.resolve(Tokenizers.MODEL_FILE));
    Files.writeString(
        dir.resolve("chat_template.jinja"),
        "{% for m in messages %}{% if m.role == 'user' %}{{ bos_token + '[INST] ' + m.content + ' [/INST]' }}{% else %}{{ ' ' + m.content + ' '"
            + " + eos_token }}{% endif %}{% endfor %}");
    Tokenizer tokenizer = Tokenizers.open(dir);
    var talk = List.of(new ChatMessage("user", "so?"), new ChatMessage("assistant", "it is"));
    var rendered = tokenizer.chatTemplate().render(talk, false);
    assertThat(rendered.text()).isEqualTo("<s>[INST] so? [/INST] it is </s>");
    assertThat(rendered.ids()).isEqualTo(tokenizer.encodeWithSpecials(rendered.text()));
    assertThat(rendered.ids()).startsWith(tokenizer.chatTemplate().render(talk.subList(0, 1), true).ids());
    assertThat(tokenizer.decode(rendered.ids(), true)).isEqualTo("[INST] so? [/INST] it is ");
  }

  @Test
  void open_classesWithOtherIds_areRefused() throws IOException {
    Files.copy(FOLDER.resolve("unigram_plain.model"), dir.resolve(Tokenizers.MODEL_FILE));
    Files.writeString(dir.resolve(Tokenizers.CONFIG_FILE), "{\"tokenizer_class\": \"XLMRobertaTokenizer\"}");
    assertThatThrownBy(() -> Tokenizers.open(dir))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("not those of its SentencePiece model");
  }

  @Test
  void read_unsupportedModels_areRefusedByName() throws IOException {
    byte[] model = Files.readAllBytes(FOLDER.resolve("char.model"));
    assertThatThrownBy(() -> SentencePieceModel.read(with(model, 2, new byte[] {3 << 3, 3}), "x.model"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("x.model: its model_type is WORD");
    assertThatThrownBy(() -> SentencePieceModel.read(with(model, 2, new byte[] {(byte) (24 << 3 | 0x80), 1, 1}), "x.model"))
        .hasMessageContaining("treat_whitespace_as_suffix");
    assertThatThrownBy(() -> SentencePieceModel.read(with(model, 3, new byte[] {5 << 3, 0}), "x.model"))
        .hasMessageContaining("escape_whitespaces");
    byte[] unused = {10, 1, 'Q', 3 << 3, 5};
    assertThat(SentencePieceModel.read(with(model, 1, unused), "x.model").pieces().getLast().type())
        .isEqualTo(SentencePieceModel.Type.UNUSED);
    assertThatThrownBy(() -> SentencePieceJson.of(SentencePieceModel.read(with(model, 1, unused), "x.model"), "x.model"))
        .hasMessageContaining("unused pieces");
    byte[] twice = {10, 3, '<', 's', '>'};
    assertThatThrownBy(() -> SentencePieceJson.of(SentencePieceModel.read(with(model, 1, twice), "x.model"), "x.model"))
        .hasMessageContaining("are both '<s>'");
    assertThatThrownBy(() -> SentencePieceModel.read(new byte[0], "x.model")).hasMessageContaining("it holds no pieces");
    assertThatThrownBy(() -> SentencePieceModel.read("{\"json\": 1}".getBytes(StandardCharsets.UTF_8), "x.model"))
        .hasMessageContaining("x.model: no SentencePiece model");
  }

  /// A unigram model with an unused piece: text never stands for it.
  @Test
  void encode_unusedPiece_isNotTaken() throws IOException {
    byte[] model = Files.readAllBytes(FOLDER.resolve("unigram_plain.model"));
    byte[] unused = {10, 5, 'z', 'q', 'z', 'q', 'z', 3 << 3, 5};
    Files.write(dir.resolve("x.model"), with(model, 1, unused));
    Tokenizer tokenizer = Tokenizers.open(dir.resolve("x.model"));
    assertThat(tokenizer.encode("zqzqz")).isEqualTo(open("unigram_plain").encode("zqzqz"));
    assertThat(tokenizer.vocabSize()).isEqualTo(open("unigram_plain").vocabSize() + 1);
  }

  private static byte[] with(byte[] model, int field, byte[] message) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(model);
    out.write(field << 3 | 2);
    out.write(message.length);
    out.writeBytes(message);
    return out.toByteArray();
  }

  /// Whatever a damaged file says, it is refused by a sentence or read; nothing else is thrown.
  @Test
  void read_damagedFiles_areRefusedOrRead() throws IOException {
    byte[] model = Files.readAllBytes(FOLDER.resolve("char.model"));
    Random random = new Random(5);
    int refused = 0;
    for (int round = 0; round < 2000; round++) {
      byte[] damaged = Arrays.copyOf(model, random.nextInt(4) == 0 ? random.nextInt(model.length) : model.length);
      for (int i = 0; i < 3 && damaged.length > 0; i++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        SentencePieceJson.of(SentencePieceModel.read(damaged, "x.model"), "x.model");
      } catch (UserException e) {
        assertThat(e).hasMessageStartingWith("x.model");
        refused++;
      }
    }
    assertThat(refused).isBetween(500, 1999);
  }
}
