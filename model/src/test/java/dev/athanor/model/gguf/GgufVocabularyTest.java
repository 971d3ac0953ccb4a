package dev.athanor.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.tokenizer.ChatMessage;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.Tokenizers;
import dev.athanor.tokenizer.sentencepiece.SentencePieceModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Vocabularies written into GGUF as llama.cpp's converter does it, held against what SentencePiece made of the same models
/// (bench/peers/golden_sentencepiece.py).
class GgufVocabularyTest {
  private static final Path GOLDEN = Path.of("../tokenizer/src/test/resources/golden/sentencepiece");

  @TempDir Path dir;

  private static SequencedMap<String, GgufValue> metadata(String name, String kind) throws IOException {
    SentencePieceModel model = SentencePieceModel.read(Files.readAllBytes(GOLDEN.resolve(name + ".model")), name);
    List<SentencePieceModel.Piece> pieces = model.pieces();
    float[] scores = new float[pieces.size()];
    int[] types = new int[pieces.size()];
    for (int id = 0; id < types.length; id++) {
      scores[id] = pieces.get(id).score();
      types[id] =
          switch (pieces.get(id).type()) {
            case NORMAL -> 1;
            case UNKNOWN -> 2;
            case CONTROL -> 3;
            case USER_DEFINED -> 4;
            case UNUSED -> 5;
            case BYTE -> 6;
          };
    }
    SequencedMap<String, GgufValue> metadata = new LinkedHashMap<>();
    metadata.put("tokenizer.ggml.model", GgufValue.of(kind));
    metadata.put("tokenizer.ggml.tokens", GgufArray.ofTexts(pieces.stream().map(SentencePieceModel.Piece::text).toList()));
    metadata.put("tokenizer.ggml.scores", GgufArray.ofF32(scores));
    metadata.put("tokenizer.ggml.token_type", GgufArray.ofI32(types));
    metadata.put("tokenizer.ggml.bos_token_id", GgufValue.u32(1));
    metadata.put("tokenizer.ggml.eos_token_id", GgufValue.u32(2));
    metadata.put("tokenizer.ggml.unknown_token_id", GgufValue.u32(0));
    byte[] charsmap = model.normalization().charsmap();
    if (charsmap.length > 0) {
      int[] numbers = new int[charsmap.length];
      Arrays.setAll(numbers, i -> charsmap[i]);
      metadata.put("tokenizer.ggml.precompiled_charsmap", GgufArray.ofI32(numbers));
    }
    metadata.put("tokenizer.ggml.add_space_prefix", GgufValue.of(model.normalization().dummyPrefix()));
    metadata.put("tokenizer.ggml.remove_extra_whitespaces", GgufValue.of(model.normalization().removeExtraSpaces()));
    return metadata;
  }

  private Tokenizer open(SequencedMap<String, GgufValue> metadata) {
    Path path = dir.resolve("x.gguf");
    GgufWriter.write(path, metadata, List.of());
    try (GgufFile file = GgufFile.open(path)) {
      return GgufTokenizer.open(file);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"unigram", "unigram_identity", "unigram_plain"})
  void open_t5_givesSentencePiecesIds(String name) throws IOException {
    assertGolden(open(metadata(name, "t5")), name);
  }

  @Test
  void open_llama_givesSentencePiecesIds() throws IOException {
    assertGolden(open(metadata("bpe_llama", "llama")), "bpe_llama");
  }

  private static void assertGolden(Tokenizer tokenizer, String name) {
    List<String> texts = new ArrayList<>();
    Json.readFile(GOLDEN.resolve("texts.json")).forEach(text -> texts.add(text.stringValue()));
    JsonNode golden = Json.readFile(GOLDEN.resolve(name + ".json"));
    assertThat(texts).hasSizeGreaterThan(40);
    for (int i = 0; i < texts.size(); i++) {
      int[] ids = golden.path(i).path("ids").valueStream().mapToInt(JsonNode::intValue).toArray();
      assertThat(tokenizer.encode(texts.get(i))).as("'%s'", texts.get(i)).isEqualTo(ids);
    }
  }

  @Test
  void open_llama_framesAndConverses() throws IOException {
    SequencedMap<String, GgufValue> metadata = metadata("bpe_llama", "llama");
    metadata.put(
        "tokenizer.chat_template",
        GgufValue.of("{{ bos_token }}{% for m in messages %}[INST] {{ m.content }} [/INST]{% endfor %}"));
    Tokenizer tokenizer = open(metadata);
    int[] text = tokenizer.encode("a cat");
    assertThat(tokenizer.framing().single(text)).startsWith(1).hasSize(text.length + 1);
    assertThat(tokenizer.endOfText()).isEqualTo(2);
    assertThat(tokenizer.isSpecial(1)).isTrue();
    var chat = tokenizer.chatTemplate().render(List.of(new ChatMessage("user", "a cat</s>")), true);
    assertThat(chat.ids()).startsWith(1).doesNotContain(2);
    assertThat(chat.text()).isEqualTo("<s>[INST] a cat</s> [/INST]");

    metadata.put("tokenizer.ggml.add_bos_token", GgufValue.of(false));
    metadata.put("tokenizer.ggml.add_eos_token", GgufValue.of(true));
    assertThat(open(metadata).framing().single(text)).endsWith(2).hasSize(text.length + 1);
    Tokenizers.save(open(metadata), dir);
    assertThat(Tokenizers.open(dir).encode("a cat")).isEqualTo(text);
  }

  /// As llama.cpp has it: a symbol of the user's is found in the raw text, and what follows it begins anew.
  @Test
  void open_llamaWithSymbolsAndPadding_findsTheSymbolsAlone() throws IOException {
    SequencedMap<String, GgufValue> metadata = metadata("bpe_llama", "llama");
    List<String> tokens = new ArrayList<>(array(metadata, "tokens").texts());
    int size = tokens.size();
    tokens.addAll(List.of("<sep>", "[PAD1]"));
    int[] types = new int[size + 2];
    long[] known = array(metadata, "token_type").integers();
    Arrays.setAll(types, id -> id < size ? (int) known[id] : id == size ? 4 : 5);
    double[] knownScores = array(metadata, "scores").reals();
    float[] scores = new float[size + 2];
    for (int id = 0; id < size; id++) {
      scores[id] = (float) knownScores[id];
    }
    int[] word = open(metadata).encode("cat");
    metadata.put("tokenizer.ggml.tokens", GgufArray.ofTexts(tokens));
    metadata.put("tokenizer.ggml.token_type", GgufArray.ofI32(types));
    metadata.put("tokenizer.ggml.scores", GgufArray.ofF32(scores));
    Tokenizer tokenizer = open(metadata);
    int[] ids = tokenizer.encodeWithSpecials("cat<sep>cat");
    assertThat(ids).hasSize(2 * word.length + 1).startsWith(word).endsWith(word).contains(size);
    assertThat(tokenizer.encodeWithSpecials("[PAD1]")).doesNotContain(size + 1);
    assertThat(tokenizer.vocabSize()).isEqualTo(size + 2);
  }

  private static GgufArray array(SequencedMap<String, GgufValue> metadata, String key) {
    return (GgufArray) Objects.requireNonNull(metadata.get("tokenizer.ggml." + key));
  }

  private static SequencedMap<String, GgufValue> bert() {
    SequencedMap<String, GgufValue> metadata = new LinkedHashMap<>();
    metadata.put("tokenizer.ggml.model", GgufValue.of("bert"));
    metadata.put(
        "tokenizer.ggml.tokens",
        GgufArray.ofTexts(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[unused1]", "▁cat", "s", "▁!", "▁apfel", "▁", "▁s")));
    metadata.put("tokenizer.ggml.token_type", GgufArray.ofI32(3, 3, 3, 3, 1, 1, 1, 1, 1, 1, 1));
    metadata.put("tokenizer.ggml.unknown_token_id", GgufValue.u32(1));
    metadata.put("tokenizer.ggml.cls_token_id", GgufValue.u32(2));
    metadata.put("tokenizer.ggml.seperator_token_id", GgufValue.u32(3));
    metadata.put("tokenizer.ggml.padding_token_id", GgufValue.u32(0));
    return metadata;
  }

  @Test
  void open_bert_isWordPieceWithItsFrame() {
    Tokenizer tokenizer = open(bert());
    assertThat(tokenizer.encode("Cats! Äpfel s dog")).containsExactly(5, 6, 7, 8, 10, 1);
    assertThat(tokenizer.encode("[CLS]")).doesNotContain(2);
    assertThat(tokenizer.encodeWithSpecials("[CLS]cat")).containsExactly(2, 5);
    assertThat(tokenizer.framing().single(new int[] {5})).containsExactly(2, 5, 3);
    assertThat(tokenizer.framing().pair(new int[] {5}, new int[] {7})).containsExactly(2, 5, 3, 7, 3);
    assertThat(tokenizer.decode(new int[] {5, 6, 7}, true)).isEqualTo("cats!");
    assertThat(tokenizer.endOfText()).isEqualTo(3);
  }

  @Test
  void open_damagedOrUnsupported_isRefusedByItsKey() throws IOException {
    assertRefused("'tokenizer.ggml.model' is 'rwkv', which is not supported; supported: gpt2, llama, t5, bert", m -> m.put("tokenizer.ggml.model", GgufValue.of("rwkv")));
    assertRefused("'tokenizer.ggml.tokens' is missing", m -> m.remove("tokenizer.ggml.tokens"));
    assertRefused("it should be texts", m -> m.put("tokenizer.ggml.tokens", GgufArray.ofI32(1)));
    assertRefused("'tokenizer.ggml.scores' is missing", m -> m.remove("tokenizer.ggml.scores"));
    assertRefused("real numbers", m -> m.put("tokenizer.ggml.scores", GgufArray.ofF32(1)));
    assertRefused("whole numbers", m -> m.put("tokenizer.ggml.token_type", GgufArray.ofI32(1)));
    assertRefused("there are 1800 tokens", m -> m.put("tokenizer.ggml.eos_token_id", GgufValue.u32(1800)));
    assertRefused("there are 1 to 6", m -> m.put("tokenizer.ggml.token_type", GgufArray.ofI32(new int[1800])));
    String[] same = new String[1800];
    Arrays.fill(same, "a");
    assertRefused("are both 'a'", m -> m.put("tokenizer.ggml.tokens", GgufArray.ofTexts(List.of(same))));
    SequencedMap<String, GgufValue> bert = bert();
    bert.remove("tokenizer.ggml.unknown_token_id");
    assertThatThrownBy(() -> open(bert)).isInstanceOf(UserException.class).hasMessageContaining("unknown_token_id");
  }

  private void assertRefused(String problem, Consumer<SequencedMap<String, GgufValue>> change) throws IOException {
    SequencedMap<String, GgufValue> metadata = metadata("bpe_llama", "llama");
    change.accept(metadata);
    assertThatThrownBy(() -> open(metadata))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("x.gguf")
        .hasMessageContaining(problem);
  }
}
