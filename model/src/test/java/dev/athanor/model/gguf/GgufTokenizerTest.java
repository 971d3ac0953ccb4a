package dev.athanor.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import dev.athanor.tokenizer.AddedToken;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.BpeVocabulary;
import dev.athanor.tokenizer.ChatMl;
import dev.athanor.tokenizer.PreTokenizer;
import dev.athanor.tokenizer.PreTokenizerPattern;
import dev.athanor.tokenizer.RegexPreTokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GgufTokenizerTest {
  private static final String[] PARTS = {
    " ", "\n\n", "\r\n", "\t ", "'s", "'S", "a", "isEmpty", "return", "é", "e\u0301", "判断", "42", "½", "==", "\u3000", "👍🏽",
    "<|im_end|>", "<|im_start|>", "<|endoftext|>", "\0", "123456789"
  };

  @TempDir Path dir;

  @ParameterizedTest
  @EnumSource
  void metadata_everyPattern_readsBackTheSameIds(PreTokenizerPattern pattern) {
    assertRoundTrip(GgufFixtures.tokenizer(pattern));
  }

  @ParameterizedTest
  @ValueSource(strings = {"default", "smollm", "deepseek-llm", "llama-bpe", "smaug-bpe", "qwen2", "gpt-2"})
  void metadata_everyName_readsBackTheSameIds(String name) {
    GgufPreTokenizer pre = GgufPreTokenizer.named(name).orElseThrow();
    BpeTokenizer tokenizer = withRules(rules(pre.preTokenizer(), false, pre.nfc(), pre.ignoresMerges()));
    assertThat(GgufTokenizer.metadata(tokenizer)).containsEntry("tokenizer.ggml.pre", GgufValue.of(name));
    assertRoundTrip(tokenizer);
  }

  @Test
  void metadata_rulesThatChangeIds_readBack() {
    assertRoundTrip(withRules(rules(PreTokenizerPattern.GPT2, true, false, false)));
    assertRoundTrip(withRules(rules(PreTokenizerPattern.GPT2, false, true, false)));
    assertRoundTrip(withRules(rules(PreTokenizerPattern.QWEN2, false, true, false)));
  }

  @Test
  void read_tokenTypesAndRoles_areKept() {
    BpeTokenizer tokenizer = GgufFixtures.tokenizer();
    BpeVocabulary vocabulary = tokenizer.vocabulary();
    List<String> tokens = new ArrayList<>(vocabulary.tokens());
    List<AddedToken> added = new ArrayList<>(vocabulary.addedTokens());
    tokens.add(""); // an id that stands for nothing
    added.add(new AddedToken(tokens.size(), "<tool>", false, false, false, false));
    tokens.add("<tool>");
    int bos = tokenizer.id(ChatMl.START).orElseThrow();
    var roles = new BpeVocabulary.Roles(OptionalInt.of(bos), true, vocabulary.roles().eos(), OptionalInt.of(bos));
    BpeTokenizer whole =
        BpeTokenizer.of(
            new BpeVocabulary(
                tokens, vocabulary.merges(), added, vocabulary.rules(), roles, vocabulary.chatTemplate()));
    BpeTokenizer read = assertRoundTrip(whole);
    assertThat(read.vocabSize()).isEqualTo(tokens.size());
    assertThat(read.bytes(tokens.size() - 2)).isEmpty();
    assertThat(read.isSpecial(tokens.size() - 1)).isFalse();
    assertThat(read.encodeWithSpecials("a<tool>")).endsWith(tokens.size() - 1);
    assertThat(read.bosId()).hasValue(bos);
    assertThat(read.padId()).hasValue(bos);
    assertThat(read.endOfText()).isEqualTo(tokenizer.endOfText());
    assertThat(read.chatTemplate()).isInstanceOf(ChatMl.class);
    try (GgufFile file = GgufFile.open(dir.resolve("x"))) {
      assertThat(GgufTokenizer.special(file).bos()).hasValue(bos);
      assertThat(GgufTokenizer.special(file).eos()).containsExactly(tokenizer.endOfText());
    }
  }

  @Test
  void special_endOfTurn_endsToo() {
    write(metadata -> metadata.put("tokenizer.ggml.eot_token_id", GgufValue.u32(7)));
    try (GgufFile file = GgufFile.open(dir.resolve("x"))) {
      assertThat(GgufTokenizer.special(file).eos()).containsExactly(GgufFixtures.tokenizer().endOfText(), 7);
    }
  }

  @Test
  void read_fileWithoutTypes_stillKnowsTheEnd() {
    BpeTokenizer tokenizer = GgufFixtures.tokenizer();
    write(metadata -> metadata.remove("tokenizer.ggml.token_type"));
    // The other two are in the list of an old file as if they were text, which no bytes make.
    assertThat(read().encodeWithSpecials("<|endoftext|>")).containsExactly(tokenizer.endOfText());
    assertThat(read().isSpecial(tokenizer.endOfText())).isTrue();
  }

  @Test
  void read_qwen2OfOthers_composesFirst() {
    write(metadata -> metadata.remove("athanor.tokenizer.nfc"));
    assertThat(read().encode("e\u0301")).containsExactly(read().encode("é"));
  }

  @Test
  void read_damagedOrUnsupported_isRefused() {
    assertRefused("'tokenizer.ggml.model' is 'llama'", m -> m.put("tokenizer.ggml.model", GgufValue.of("llama")));
    assertRefused("'tokenizer.ggml.model' is missing", m -> m.remove("tokenizer.ggml.model"));
    assertRefused("'tokenizer.ggml.pre' is 'tekken'", m -> m.put("tokenizer.ggml.pre", GgufValue.of("tekken")));
    assertRefused("'tokenizer.ggml.tokens' is missing", m -> m.remove("tokenizer.ggml.tokens"));
    assertRefused("'tokenizer.ggml.merges' is missing", m -> m.remove("tokenizer.ggml.merges"));
    assertRefused("'tokenizer.ggml.eos_token_id' is missing", m -> m.remove("tokenizer.ggml.eos_token_id"));
    assertRefused("there are 300 tokens", m -> m.put("tokenizer.ggml.eos_token_id", GgufValue.u32(300)));
    assertRefused("'tokenizer.ggml.bos_token_id' is missing", m -> m.put("tokenizer.ggml.add_bos_token", GgufValue.of(true)));
    assertRefused("5 types for 300 tokens", m -> m.put("tokenizer.ggml.token_type", GgufArray.ofI32(1, 1, 1, 1, 1)));
    assertRefused("it should be whole numbers", m -> m.put("tokenizer.ggml.token_type", GgufArray.ofF32(1)));
    assertRefused("it should be texts", m -> m.put("tokenizer.ggml.tokens", GgufArray.ofI32(1)));
    assertRefused("it should be an array", m -> m.put("tokenizer.ggml.merges", GgufValue.of("a b")));
    assertRefused("merge 0 'no such'", m -> m.put("tokenizer.ggml.merges", GgufArray.ofTexts(List.of("no such"))));
    int[] types = new int[300];
    Arrays.fill(types, 6);
    assertRefused("token 0 '!' has the type 6", m -> m.put("tokenizer.ggml.token_type", GgufArray.ofI32(types)));
  }

  private void assertRefused(String problem, Consumer<SequencedMap<String, GgufValue>> change) {
    write(change);
    assertThatThrownBy(this::read)
        .isInstanceOf(UserException.class)
        .hasMessageContaining(dir.resolve("x").toString())
        .hasMessageContaining(problem);
  }

  @Test
  void metadata_whatGgufCannotState_isRefused() {
    BpeTokenizer odd = withRules(rules(new RegexPreTokenizer("x+|[^x]+"), false, false, false));
    assertThatThrownBy(() -> GgufTokenizer.metadata(odd))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no name for how this tokenizer cuts text");
    BpeTokenizer ignoring = withRules(rules(PreTokenizerPattern.QWEN2, false, false, true));
    assertThatThrownBy(() -> GgufTokenizer.metadata(ignoring)).hasMessageContaining("ignoring merges");
    BpeVocabulary vocabulary = GgufFixtures.tokenizer().vocabulary();
    List<AddedToken> added =
        vocabulary.addedTokens().stream()
            .map(t -> new AddedToken(t.id(), t.content(), true, false, false, true))
            .toList();
    BpeTokenizer stripping =
        BpeTokenizer.of(
            new BpeVocabulary(
                vocabulary.tokens(),
                vocabulary.merges(),
                added,
                vocabulary.rules(),
                vocabulary.roles(),
                vocabulary.chatTemplate()));
    assertThatThrownBy(() -> GgufTokenizer.metadata(stripping))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("takes the white space beside it");
  }

  private static BpeVocabulary.Rules rules(PreTokenizer preTokenizer, boolean space, boolean nfc, boolean ignoreMerges) {
    return new BpeVocabulary.Rules(preTokenizer, space, nfc, ignoreMerges);
  }

  private static BpeTokenizer withRules(BpeVocabulary.Rules rules) {
    BpeVocabulary vocabulary = GgufFixtures.tokenizer().vocabulary();
    return BpeTokenizer.of(
        new BpeVocabulary(
            vocabulary.tokens(),
            vocabulary.merges(),
            vocabulary.addedTokens(),
            rules,
            vocabulary.roles(),
            vocabulary.chatTemplate()));
  }

  private void write(Consumer<SequencedMap<String, GgufValue>> change) {
    SequencedMap<String, GgufValue> metadata = GgufTokenizer.metadata(GgufFixtures.tokenizer());
    change.accept(metadata);
    GgufWriter.write(dir.resolve("x"), metadata, List.of());
  }

  private BpeTokenizer read() {
    try (GgufFile file = GgufFile.open(dir.resolve("x"))) {
      return GgufTokenizer.read(file);
    }
  }

  private BpeTokenizer assertRoundTrip(BpeTokenizer tokenizer) {
    GgufWriter.write(dir.resolve("x"), GgufTokenizer.metadata(tokenizer), List.of());
    BpeTokenizer read = read();
    assertThat(read.vocabulary()).isEqualTo(tokenizer.vocabulary());
    Random random = new Random(23);
    for (int i = 0; i < 300; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(20); n > 0; n--) {
        text.append(PARTS[random.nextInt(PARTS.length)]);
      }
      assertThat(read.encodeWithSpecials(text.toString()))
          .as(text.toString())
          .containsExactly(tokenizer.encodeWithSpecials(text.toString()));
    }
    return read;
  }
}
