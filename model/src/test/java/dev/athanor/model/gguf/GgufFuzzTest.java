package dev.athanor.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.UserException;
import dev.athanor.model.Mutations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufFuzzTest {
  private static final int ROUNDS = 1_500;

  @TempDir Path dir;

  @Test
  void open_damagedFiles_areReadWholeOrRefused() throws IOException {
    Path whole = dir.resolve("whole");
    GgufWriter.write(whole, GgufFixtures.metadata(), GgufFixtures.tensors());
    int data = (int) GgufFixtures.dataBytes();
    fuzz(Files.readAllBytes(whole), Files.readAllBytes(whole).length - data, 13);
  }

  @Test
  void open_damagedTokenizers_areReadWholeOrRefused() throws IOException {
    Path whole = dir.resolve("whole");
    GgufWriter.write(whole, GgufTokenizer.metadata(GgufFixtures.tokenizer()), List.of());
    byte[] bytes = Files.readAllBytes(whole);
    fuzz(bytes, bytes.length, 17);
  }

  private void fuzz(byte[] whole, int busy, long seed) throws IOException {
    Mutations mutations = new Mutations(seed);
    Path file = dir.resolve("damaged.gguf");
    int read = 0;
    int refused = 0;
    for (int i = 0; i < ROUNDS; i++) {
      Files.write(file, mutations.next(whole, busy));
      try (GgufFile damaged = GgufFile.open(file)) {
        damaged.metadata().values().forEach(GgufFuzzTest::read);
        damaged.tensors().values().stream().filter(tensor -> tensor.type().readable()).forEach(GgufTensor::floats);
        read++;
        GgufTokenizer.read(damaged);
      } catch (UserException e) {
        assertThat(e).hasMessageContaining("damaged.gguf");
        refused++;
      }
    }
    assertThat(read).isGreaterThan(50);
    assertThat(refused).isGreaterThan(800);
  }

  private static void read(GgufValue value) {
    if (value instanceof GgufArray array) {
      switch (array.elements()) {
        case U8, I8, U16, I16, U32, I32, U64, I64 -> array.integers();
        case F32, F64 -> array.reals();
        case BOOL -> array.bools();
        case TEXT -> array.texts();
        case ARRAY -> array.arrays().forEach(GgufFuzzTest::read);
      }
    }
  }
}
