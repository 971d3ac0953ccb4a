package dev.athanor.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocabularyGrowthTest {
  private static final Path PUBLISHED = Path.of("src/test/resources/checkpoints");
  private static final Set<String> GROWING = Set.of(WeightNames.embedding(), WeightNames.head(), WeightNames.headBias());
  @TempDir Path temp;

  private static int vocabSize(ModelSpec spec) {
    return switch (spec) {
      case DecoderSpec decoder -> decoder.vocabSize();
      case EncoderSpec encoder -> encoder.vocabSize();
      case EncoderDecoderSpec both -> both.vocabSize();
      case VisionLanguageSpec both -> both.decoder().vocabSize();
      case VisionSpec _ -> 0;
    };
  }

  private static List<int[]> parts(int count, int first) {
    Random random = new Random(count);
    List<int[]> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      parts.add(random.ints(1 + random.nextInt(4), 0, first).toArray());
    }
    return parts;
  }

  /// The mean of rows, straight from its definition.
  private static float[] mean(StoredTensor table, int[] rows, int width) {
    float[] all = table.floats();
    float[] mean = new float[width];
    for (int column = 0; column < width; column++) {
      double sum = 0;
      for (int row : rows) {
        sum += all[row * width + column];
      }
      mean[column] = (float) (sum / rows.length);
    }
    return StoredTensor.of(table.dtype(), mean, width).floats();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bart", "bert", "bert-classify", "bert-first", "gemma2", "gpt2", "gpt2-first", "llama", "llava", "mamba", "mamba2", "mistral",
        "mixtral", "qwen2", "qwen3", "qwen3_moe", "roberta", "t5", "t5-gated"
      })
  void fill_anyFamily_addsMeansAndKeepsTheRest(String family) throws IOException {
    try (CheckpointDir from = CheckpointDir.open(PUBLISHED.resolve(family))) {
      int old = vocabSize(from.spec());
      // Rows of the model that its tokenizer does not use, none, and new rows enough to fill a multiple.
      for (int[] shape : new int[][] {{old, 5, 1}, {old - 7, 3, 1}, {old - 2, 9, 64}}) {
        List<int[]> parts = parts(shape[1], shape[0]);
        VocabularyGrowth growth = new VocabularyGrowth(from, shape[0], parts, shape[2], 20_000);
        Path to = temp.resolve(family + shape[0]);
        AtomicLong written = new AtomicLong();
        growth.fill(to, written::addAndGet, Set.of("golden.json"), folder -> Files.writeString(folder.resolve("tokenizer.json"), "{}"));
        assertThat(written).hasValue(growth.bytes());
        assertThat(to.resolve("golden.json")).doesNotExist();
        try (CheckpointDir grown = CheckpointDir.open(to)) {
          assertThat(vocabSize(grown.spec())).isEqualTo(growth.rows()).isGreaterThanOrEqualTo(Math.max(old, shape[0] + shape[1]));
          assertThat(grown.stored().names()).containsExactlyInAnyOrderElementsOf(from.stored().names());
          int grew = 0;
          for (WeightSpec weight : WeightNames.weights(from.spec())) {
            StoredTensor before = from.tensor(weight.name());
            StoredTensor after = grown.tensor(weight.name());
            assertThat(after.dtype()).isEqualTo(before.dtype());
            if (!GROWING.contains(weight.name())) {
              assertThat(after.floats()).as(weight.name()).isEqualTo(before.floats());
              continue;
            }
            grew++;
            int width = (int) (before.elements() / old);
            float[] values = after.floats();
            assertThat(values).hasSize(growth.rows() * width);
            assertThat(Arrays.copyOf(values, shape[0] * width)).isEqualTo(Arrays.copyOf(before.floats(), shape[0] * width));
            int at = shape[0];
            for (int[] rows : parts) {
              assertThat(Arrays.copyOfRange(values, at * width, (at + 1) * width)).isEqualTo(mean(before, rows, width));
              at++;
            }
            for (; at < growth.rows(); at++) {
              float[] rest =
                  at < old
                      ? Arrays.copyOfRange(before.floats(), at * width, (at + 1) * width)
                      : mean(before, IntStream.range(0, shape[0]).toArray(), width);
              assertThat(Arrays.copyOfRange(values, at * width, (at + 1) * width)).isEqualTo(rest);
            }
          }
          assertThat(grew).isPositive();
        }
      }
    }
  }

  @Test
  void fill_ourOwnFamilyAndATiedHeadStoredTwice_growBoth() throws IOException {
    try (CheckpointDir qwen = CheckpointDir.open(PUBLISHED.resolve("qwen2"))) {
      int old = qwen.decoder().vocabSize();
      Path twice = temp.resolve("twice");
      Files.createDirectories(twice);
      Map<String, TensorSource> tensors = new LinkedHashMap<>();
      qwen.stored().names().forEach(name -> tensors.put(name, qwen.stored().tensor(name)));
      tensors.put(WeightNames.head(), qwen.tensor(WeightNames.embedding()));
      SafeTensors.writeFolder(twice, tensors, Long.MAX_VALUE);
      Files.copy(qwen.path().resolve("config.json"), twice.resolve("config.json"));
      try (CheckpointDir from = CheckpointDir.open(twice)) {
        new VocabularyGrowth(from, old, parts(4, old), 1, Long.MAX_VALUE).fill(temp.resolve("grown"), _ -> {}, Set.of(), _ -> {});
        try (CheckpointDir grown = CheckpointDir.open(temp.resolve("grown"))) {
          assertThat(grown.stored().floats(WeightNames.head())).isEqualTo(grown.floats(WeightNames.embedding()));
        }
      }
      Map<String, StoredTensor> weights = new LinkedHashMap<>();
      DecoderSpec spec =
          qwen.decoder().with(Optional.of(new NgramEmbedding(List.of(2), 16, 4)), Optional.empty());
      for (WeightSpec weight : WeightNames.weights(spec)) {
        weights.put(weight.name(), StoredTensor.of(InitialWeights.of(weight, 1), weight.shape()));
      }
      CheckpointDir.write(temp.resolve("own"), spec, SpecialTokens.NONE, weights, _ -> {});
      try (CheckpointDir from = CheckpointDir.open(temp.resolve("own"))) {
        new VocabularyGrowth(from, old, parts(4, old), 1, Long.MAX_VALUE).fill(temp.resolve("own2"), _ -> {}, Set.of(), _ -> {});
        try (CheckpointDir grown = CheckpointDir.open(temp.resolve("own2"))) {
          assertThat(grown.decoder().vocabSize()).isEqualTo(old + 4);
          assertThat(grown.floats(WeightNames.ngramTable(2))).isEqualTo(from.floats(WeightNames.ngramTable(2)));
        }
      }
    }
  }

  @Test
  void growth_thatCannotBe_isRefused() {
    try (CheckpointDir llama = CheckpointDir.open(PUBLISHED.resolve("llama"));
        CheckpointDir clip = CheckpointDir.open(PUBLISHED.resolve("clip_vision"))) {
      int old = llama.decoder().vocabSize();
      assertThatThrownBy(() -> new VocabularyGrowth(llama, old + 1, List.of(), 1, 1))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("another model's");
      assertThatThrownBy(() -> new VocabularyGrowth(llama, old, List.of(), 0, 1)).isInstanceOf(UserException.class);
      assertThatThrownBy(() -> new VocabularyGrowth(clip, 1, List.of(), 1, 1))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("reads no tokens");
    }
  }
}
