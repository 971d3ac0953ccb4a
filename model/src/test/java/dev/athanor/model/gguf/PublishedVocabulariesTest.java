package dev.athanor.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.athanor.base.UserException;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// llama.cpp's vocabularies without weights (`models/ggml-vocab-*.gguf`), each with texts and the ids that Hugging Face's
/// tokenizer gives them. They are too large to commit: the tests run where `-Dathanor.vocabularies=…` or
/// `shared/data/tokenizers` beside the checkout holds them, and are skipped elsewhere.
class PublishedVocabulariesTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("athanor.vocabularies", "../../shared/data/tokenizers"));
  private static final String BETWEEN = "\n__ggml_vocab_test__\n";

  @TempDir Path dir;

  @BeforeEach
  void needVocabularies() {
    assumeThat(FOLDER).as("llama.cpp's vocabularies (ggml-vocab-*.gguf), or -Dathanor.vocabularies=FOLDER").isDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-2", "llama-bpe", "qwen2", "deepseek-llm"})
  void read_publishedVocabulary_givesHuggingFacesIds(String name) throws IOException {
    BpeTokenizer tokenizer = read(FOLDER.resolve("ggml-vocab-" + name + ".gguf"));
    assertIds(tokenizer, name);
    Path copy = dir.resolve("copy.gguf");
    GgufWriter.write(copy, GgufTokenizer.metadata(tokenizer), List.of());
    assertIds(read(copy), name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-2", "llama-bpe", "qwen2", "deepseek-llm", "llama-spm", "bert-bge"})
  void write_metadataOfAPublishedFile_givesItsBytes(String name) {
    Path published = FOLDER.resolve("ggml-vocab-" + name + ".gguf");
    try (GgufFile file = GgufFile.open(published)) {
      assertThat(file.metadata()).hasSizeGreaterThan(10);
      GgufWriter.write(dir.resolve("copy.gguf"), new LinkedHashMap<>(file.metadata()), List.of());
    }
    // Without tensors the published files end where padding would begin.
    assertThat(dir.resolve("copy.gguf"))
        .satisfies(
            copy -> {
              byte[] bytes = Files.readAllBytes(copy);
              byte[] expected = Files.readAllBytes(published);
              assertThat(Arrays.copyOf(bytes, expected.length)).isEqualTo(expected);
              assertThat(bytes.length).isLessThan(expected.length + 32);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-2", "llama-bpe", "qwen2", "deepseek-llm", "llama-spm", "bert-bge"})
  void open_publishedVocabulary_givesHuggingFacesIds(String name) throws IOException {
    try (GgufFile file = GgufFile.open(FOLDER.resolve("ggml-vocab-" + name + ".gguf"))) {
      assertIds(GgufTokenizer.open(file), name);
    }
  }

  @Test
  void read_sentencePiece_isNotByteLevel() {
    assertThatThrownBy(() -> read(FOLDER.resolve("ggml-vocab-llama-spm.gguf")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'tokenizer.ggml.model' is 'llama', which is not supported");
  }

  private static BpeTokenizer read(Path path) {
    try (GgufFile file = GgufFile.open(path)) {
      return GgufTokenizer.read(file);
    }
  }

  private static void assertIds(Tokenizer tokenizer, String name) throws IOException {
    String[] texts = Files.readString(FOLDER.resolve("ggml-vocab-" + name + ".gguf.inp")).split(BETWEEN, -1);
    List<String> ids = Files.readAllLines(FOLDER.resolve("ggml-vocab-" + name + ".gguf.out"));
    // Every text ends in what stands between them.
    assertThat(texts.length - 1).isEqualTo(ids.size()).isGreaterThan(40);
    for (int i = 0; i < ids.size(); i++) {
      int[] expected =
          Arrays.stream(ids.get(i).split(" ", -1)).filter(id -> !id.isEmpty()).mapToInt(Integer::parseInt).toArray();
      assertThat(tokenizer.encodeWithSpecials(texts[i])).as("'%s'", texts[i]).containsExactly(expected);
    }
  }
}
