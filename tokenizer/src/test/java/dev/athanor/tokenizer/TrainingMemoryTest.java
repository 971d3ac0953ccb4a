package dev.athanor.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingMemoryTest {
  @TempDir Path dir;

  /// Many distinct words, so that what they take is more than the least bound.
  @Test
  void train_inLittleMemory_isTheSameTokenizerAndLeavesNothing() throws IOException {
    List<String> texts = texts(40, 20_000);
    BpeTrainer.Options options = new BpeTrainer.Options(600, 2, List.of("<|end|>"), PreTokenizerPattern.GPT2, 2);
    Path spilled = dir.resolve("spilled");
    Files.createDirectories(spilled);
    TrainingMemory little = new TrainingMemory(TrainingMemory.LEAST, spilled);
    // As many as train counts, so that runs are written: what is compared did not fit.
    try (PieceRuns runs = new PieceRuns(spilled); Progress.Task task = Progress.silent().start("count", -1, "char")) {
      assertThat(new PieceCounter(options.pattern(), 2).count(texts.iterator(), little, runs, task)).isSameAs(runs);
      assertThat(files(spilled)).isPositive();
    }
    Tokenizers.save(new BpeTrainer(options, little).train(texts, Progress.silent()), dir.resolve("little"));
    Tokenizers.save(new BpeTrainer(options).train(texts, Progress.silent()), dir.resolve("all"));
    assertThat(dir.resolve("little/tokenizer.json")).hasSameBinaryContentAs(dir.resolve("all/tokenizer.json"));
    assertThat(files(spilled)).isZero();
  }

  @Test
  void forEach_manyRuns_addsWhatIsEqual() throws IOException {
    Random random = new Random(3);
    Map<String, Long> expected = new TreeMap<>();
    Map<String, Long> merged = new TreeMap<>();
    try (PieceRuns runs = new PieceRuns(dir)) {
      for (int r = 0; r < 300; r++) {
        PieceCounts counts = new PieceCounts();
        for (int i = 0; i < 20; i++) {
          String piece = Character.toString(random.nextInt(0xFFFF)) + random.nextInt(3) + (random.nextBoolean() ? "\uD83D" : "");
          String text = random.nextInt(3) == 0 ? "common" : piece;
          counts.accept(text, 0, text.length());
          expected.merge(text, 1L, Long::sum);
        }
        runs.add(counts);
      }
      for (int again = 0; again < 2; again++) {
        merged.clear();
        runs.forEach((piece, count) -> assertThat(merged.put(piece, count)).isNull());
        assertThat(merged).isEqualTo(expected);
      }
    }
    assertThat(files(dir)).isZero();
  }

  @Test
  void new_lessThanTheLeast_isRefused() {
    assertThatThrownBy(() -> new TrainingMemory(1000, dir)).isInstanceOf(UserException.class).hasMessageContaining("64 MiB");
  }

  private static List<String> texts(int count, int words) {
    Random random = new Random(5);
    return Stream.generate(
            () -> {
              StringBuilder text = new StringBuilder();
              for (int w = 0; w < words; w++) {
                text.append(' ');
                for (int i = 0; i < 7; i++) {
                  text.append((char) ('a' + Math.min(25, (int) Math.abs(random.nextGaussian() * 9))));
                }
              }
              return text.toString();
            })
        .limit(count)
        .toList();
  }

  private static long files(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(Files::isRegularFile).count();
    }
  }
}
