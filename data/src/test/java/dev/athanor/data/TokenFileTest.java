package dev.athanor.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenFileTest {
  @TempDir Path folder;

  private static Iterator<Document> documents(int count) {
    return IntStream.range(0, count).mapToObj(i -> Documents.prose("d" + i, text(i))).iterator();
  }

  private static String text(int i) {
    return "文" + "x".repeat(i % 7) + i;
  }

  /// Narrow ids, ids that need all of 16 bits, and wide ids.
  @ParameterizedTest
  @ValueSource(ints = {1, 65280, 70000})
  void open_writtenDocuments_givesTheirTokensInOrder(int shift) {
    var tokenizer = new BytesTokenizer(shift);
    Path file = folder.resolve("tokens");
    TokenFile.write(file, tokenizer, documents(600), tokenizer.vocabSize());
    try (TokenFile tokens = TokenFile.open(file)) {
      assertThat(tokens.documents()).isEqualTo(600);
      assertThat(tokens.vocabSize()).isEqualTo(tokenizer.vocabSize());
      assertThat(tokens.start(600)).isEqualTo(tokens.tokens());
      assertThat(tokens.utf8Bytes()).isEqualTo(tokens.tokens() - 600);
      for (int i = 0; i < 600; i++) {
        int length = (int) (tokens.start(i + 1L) - tokens.start(i));
        int[] ids = new int[length + 1];
        tokens.copy(tokens.start(i), length, ids, 1);
        assertThat(ids[length]).isZero();
        assertThat(tokenizer.decode(Arrays.copyOfRange(ids, 1, length), true)).isEqualTo(text(i));
        assertThat(tokens.get(tokens.start(i))).isEqualTo(ids[1]);
      }
    }
  }

  @Test
  void write_noDocuments_opensEmpty() {
    Path file = folder.resolve("tokens");
    TokenFile.write(file, new BytesTokenizer(1), documents(0), 300);
    try (TokenFile tokens = TokenFile.open(file)) {
      assertThat(tokens.tokens()).isZero();
      assertThat(tokens.start(0)).isZero();
    }
  }

  @Test
  void write_twice_givesEqualBytes() throws IOException {
    Path one = folder.resolve("one");
    Path two = folder.resolve("two");
    TokenFile.write(one, new BytesTokenizer(1), documents(2000), 300);
    TokenFile.write(two, new BytesTokenizer(1), documents(2000), 300);
    assertThat(Files.readAllBytes(one)).isEqualTo(Files.readAllBytes(two));
  }

  @Test
  void open_anyFlippedByteOrCut_isRefused() throws IOException {
    Path file = folder.resolve("tokens");
    TokenFile.write(file, new BytesTokenizer(1), documents(5), 300);
    byte[] whole = Files.readAllBytes(file);
    for (int i = 0; i < whole.length; i++) {
      byte[] flipped = whole.clone();
      flipped[i] ^= 0x10;
      Files.write(file, flipped);
      assertThatThrownBy(() -> TokenFile.open(file)).as("byte %d", i).isInstanceOf(UserException.class);
    }
    for (int length = 0; length < whole.length; length += 3) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> TokenFile.open(file)).as("length %d", length).isInstanceOf(UserException.class);
    }
    Files.write(file, whole);
    TokenFile.open(file).close();
  }

  @Test
  void open_missingFile_isRefused() {
    assertThatThrownBy(() -> TokenFile.open(folder.resolve("none")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no such file");
  }
}
