package dev.athanor.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.model.Footprint.Cache;
import dev.athanor.model.Footprint.Precision;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FootprintTest {
  private static ModelSpec spec(String family) {
    try (CheckpointDir dir = CheckpointDir.look(Path.of("src/test/resources/checkpoints").resolve(family))) {
      return dir.spec();
    }
  }

  @Test
  void weights_ofALlama_areThoseOfItsShapes() {
    ModelSpec llama = spec("llama");
    long vectors = 5 * 32;
    // The products out of 72 channels have rows that are no multiple of 32.
    long ungrouped = vectors + 2 * 32 * 72;
    long grouped = llama.parameters() - ungrouped;
    assertThat(Footprint.weights(llama, Precision.F32)).isEqualTo(4 * llama.parameters());
    assertThat(Footprint.weights(llama, Precision.BF16)).isEqualTo(2 * llama.parameters());
    assertThat(Footprint.weights(llama, Precision.INT8)).isEqualTo(grouped / 32 * 34 + 4 * ungrouped);
    // The embedding and the head have 8 bits.
    long vocabulary = 2 * 128 * 32;
    assertThat(Footprint.weights(llama, Precision.INT4))
        .isEqualTo((grouped - vocabulary) / 32 * 18 + vocabulary / 32 * 34 + 4 * ungrouped);
  }

  @Test
  void cache_ofEachKind_isWhatIsKept() {
    // 2 blocks, 2 key-value heads of 8, context 64
    assertThat(Footprint.cache(spec("llama"))).contains(new Cache(2 * 2 * 16, 0, 0, 64 * 64));
    // 2 of 4 blocks see 8 positions; context 96
    assertThat(Footprint.cache(spec("gemma2"))).contains(new Cache(4 * 2 * 16, 0, 0, 2 * 32 * 96 + 2 * 32 * 8));
    // 2 blocks, inner 64, state 8, kernel 4
    assertThat(Footprint.cache(spec("mamba"))).contains(new Cache(0, 0, 2 * 64 * 11, 2 * 64 * 11));
    // 2 blocks, 8 heads of 8, 2 groups, state 8, kernel 4
    long mamba2 = 2 * (64 * 8 + (64 + 2 * 2 * 8) * 3);
    assertThat(Footprint.cache(spec("mamba2"))).contains(new Cache(0, 0, mamba2, mamba2));
    // 2 blocks, 4 heads of 8, context 64, as much for the source
    assertThat(Footprint.cache(spec("bart"))).contains(new Cache(2 * 64, 2 * 64, 0, 2 * 2 * 64 * 64));
    assertThat(Footprint.cache(spec("bert"))).isEmpty();
    assertThat(Footprint.cache(spec("clip_vision"))).isEmpty();
  }
}
