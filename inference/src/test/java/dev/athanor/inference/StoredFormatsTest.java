package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer;
import dev.athanor.model.Norm;
import dev.athanor.model.Rope;
import dev.athanor.model.WeightSource;
import dev.athanor.model.gguf.GgmlType;
import dev.athanor.model.gguf.GgufModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoredFormatsTest {
  @TempDir Path dir;

  @BeforeEach
  void folder() {
    var attention = new Mixer.Attention(4, 2, 16, new Rope(10_000), false, false);
    var spec = DecoderSpec.uniform(96, 64, 2, 64, attention, new FeedForward.Gated(128), new Norm.Rms(1e-5), true);
    RandomDecoders.write(dir.resolve("folder"), spec, new Random(5));
  }

  private Path gguf(GgmlType type) {
    Path file = dir.resolve(type + ".gguf");
    try (CheckpointDir folder = CheckpointDir.open(dir.resolve("folder"))) {
      GgufModel.write(file, folder.decoder(), folder.special(), Optional.empty(), folder::tensor, type);
    }
    return file;
  }

  private static float[] logits(Path model, WeightFormats formats) {
    try (CpuRunner runner = CpuRunner.open(model, CpuOptions.of(2).withWeights(formats))) {
      int[] ids = new Random(3).ints(20, 0, runner.spec().vocabSize()).toArray();
      return runner.forward(List.of(new Slice(runner.newCache(), ids, 0, ids.length, 1))).copy(0);
    }
  }

  /// Rounded once for the file and once more when it is loaded, or once: the same to the last bit.
  @ParameterizedTest
  @CsvSource({"F32, F32", "F16, F16", "BF16, BF16", "Q8_0, INT8", "Q4_0, INT4"})
  void open_ggufFile_computesWhatTheFolderDoesInThatFormat(GgmlType type, WeightFormat format) {
    WeightFormats same = new WeightFormats(Optional.of(format), Optional.of(format));
    assertThat(logits(gguf(type), WeightFormats.AS_STORED)).containsExactly(logits(dir.resolve("folder"), same));
  }

  @Test
  void of_whatIsAskedFor_goesFirst() {
    WeightFormats wanted = WeightFormats.of(WeightFormat.F16);
    WeightFormats head = new WeightFormats(Optional.empty(), Optional.of(WeightFormat.F32));
    try (WeightSource four = StoredFormats.open(gguf(GgmlType.Q4_0))) {
      assertThat(StoredFormats.of(four, wanted)).isEqualTo(wanted);
      assertThat(StoredFormats.of(four, head).head()).contains(WeightFormat.F32);
      assertThat(StoredFormats.of(four, head).blocks()).contains(WeightFormat.INT4);
    }
    try (WeightSource folder = StoredFormats.open(dir.resolve("folder"))) {
      assertThat(StoredFormats.of(folder, head)).isEqualTo(head);
    }
  }
}
