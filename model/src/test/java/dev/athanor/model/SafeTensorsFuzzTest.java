package dev.athanor.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafeTensorsFuzzTest {
  private static final int ROUNDS = 2_000;

  @TempDir Path dir;

  @Test
  void open_damagedFiles_areReadWholeOrRefused() throws IOException {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    tensors.put("model.embed_tokens.weight", StoredTensor.of(DType.BF16, new float[24], 6, 4));
    tensors.put("model.norm.weight", StoredTensor.of(new float[] {1, 2, 3, 4}, 4));
    tensors.put("scalar", StoredTensor.of(new float[] {7}));
    tensors.put("empty", StoredTensor.of(DType.F16, new float[0], 0, 4));
    SafeTensors.write(dir.resolve("whole"), tensors);
    byte[] whole = Files.readAllBytes(dir.resolve("whole"));
    int header = 8 + (int) whole[0] + 256 * whole[1];
    Mutations mutations = new Mutations(11);
    Path file = dir.resolve("damaged.safetensors");
    int read = 0;
    int refused = 0;
    for (int i = 0; i < ROUNDS; i++) {
      Files.write(file, mutations.next(whole, header));
      try (SafeTensors damaged = SafeTensors.open(file)) {
        damaged.names().forEach(damaged::floats);
        read++;
      } catch (UserException e) {
        assertThat(e).hasMessageContaining("damaged.safetensors");
        refused++;
      }
    }
    assertThat(read).isGreaterThan(20);
    assertThat(refused).isGreaterThan(1_000);
  }
}
