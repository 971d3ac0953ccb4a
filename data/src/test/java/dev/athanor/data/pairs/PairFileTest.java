package dev.athanor.data.pairs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import dev.athanor.tokenizer.ChatMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairFileTest {
  private static final List<InstructionPair> PAIRS =
      List.of(pair("1", InstructionPair.Kind.DOC_TO_METHOD, "zh"), pair("2", InstructionPair.Kind.METHOD_TO_DOC, "en"));

  @TempDir Path folder;

  @Test
  void read_whatWasWritten_isEqual() {
    Path file = folder.resolve("pairs.jsonl.gz");
    PairFile.write(file, PAIRS);
    assertThat(PairFile.read(file)).isEqualTo(PAIRS);
  }

  @Test
  void write_twice_givesTheSameBytes() throws IOException {
    PairFile.write(folder.resolve("a"), PAIRS);
    PairFile.write(folder.resolve("b"), PAIRS);
    assertThat(Files.readAllBytes(folder.resolve("a"))).isEqualTo(Files.readAllBytes(folder.resolve("b")));
  }

  @Test
  void read_missingFile_saysSo() {
    assertThatThrownBy(() -> PairFile.read(folder.resolve("none.gz")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("none.gz");
  }

  @Test
  void read_cutFile_isRefused() throws IOException {
    Path file = folder.resolve("cut.gz");
    PairFile.write(file, PAIRS);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 20));
    assertThatThrownBy(() -> PairFile.read(file)).isInstanceOf(UserException.class).hasMessageContaining("cut.gz");
  }

  @Test
  void read_lineThatIsNoPair_namesTheLine() throws IOException {
    Path file = folder.resolve("bad.gz");
    try (var zip = new GZIPOutputStream(Files.newOutputStream(file))) {
      zip.write("{\"kind\": \"POEM\"}\n".getBytes(StandardCharsets.UTF_8));
    }
    assertThatThrownBy(() -> PairFile.read(file)).isInstanceOf(UserException.class).hasMessageContaining("bad.gz:1");
  }

  private static InstructionPair pair(String id, InstructionPair.Kind kind, String language) {
    var messages = List.of(new ChatMessage("user", "写\n\"x\""), new ChatMessage("assistant", "int x;"));
    return new InstructionPair(id, kind, language, messages, "o!p#A.f");
  }
}
