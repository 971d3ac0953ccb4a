package dev.athanor.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VocabularyFileTest {
  @TempDir Path folder;

  private void vocabulary(String... tokens) throws IOException {
    Files.writeString(folder.resolve(Tokenizers.VOCABULARY_FILE), String.join("\n", tokens) + "\n");
  }

  @Test
  void open_folderWithAVocabularyAlone_isBertsTokenizer() throws IOException {
    vocabulary("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "hello", "##s", "中", ",", "Hello");
    assertThat(Tokenizers.isIn(folder)).isTrue();
    Tokenizer tokenizer = Tokenizers.open(folder);
    assertThat(tokenizer.vocabSize()).isEqualTo(10);
    assertThat(tokenizer.encode("Héllos,中x [MASK]")).containsExactly(5, 6, 8, 7, 1, 1, 1, 1);
    assertThat(tokenizer.encodeWithSpecials("[MASK]")).containsExactly(4);
    assertThat(tokenizer.framing().single(new int[] {5})).containsExactly(2, 5, 3);
    assertThat(tokenizer.framing().pairTypes(1, 1)).containsExactly(0, 0, 0, 1, 1);
    assertThat(tokenizer.decode(new int[] {5, 6, 8, 7}, true)).isEqualTo("hellos, 中");
  }

  @Test
  void open_configuration_saysWhatCounts() throws IOException {
    vocabulary("<pad>", "<unk>", "<s>", "</s>", "hello", "Hello");
    Files.writeString(
        folder.resolve(Tokenizers.CONFIG_FILE),
        "{\"do_lower_case\": false, \"unk_token\": \"<unk>\", \"cls_token\": {\"content\": \"<s>\"}, \"sep_token\": \"</s>\"}");
    Tokenizer tokenizer = Tokenizers.open(folder.resolve(Tokenizers.VOCABULARY_FILE));
    assertThat(tokenizer.encode("hello Hello Héllo")).containsExactly(4, 5, 1);
    assertThat(tokenizer.framing().single(new int[0])).containsExactly(2, 3);
  }

  @Test
  void open_otherVocabulary_isToldWhatIsMissing() throws IOException {
    vocabulary("a", "b");
    assertThatThrownBy(() -> Tokenizers.open(folder)).isInstanceOf(UserException.class).hasMessageContaining("vocab.txt: the vocabulary has no [UNK]");
  }

  @Test
  void open_folderWithBoth_takesTheJson() throws IOException {
    vocabulary("a");
    Files.writeString(folder.resolve(Tokenizers.FILE), "[]");
    assertThatThrownBy(() -> Tokenizers.open(folder)).hasMessageContaining(Tokenizers.FILE);
  }
}
