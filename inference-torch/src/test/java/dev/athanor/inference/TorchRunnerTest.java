package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import dev.athanor.inference.torch.HybridRunner;
import dev.athanor.inference.torch.TorchOptions;
import dev.athanor.inference.torch.TorchRunner;
import dev.athanor.tensor.Device;
import dev.athanor.tensor.LibTorch;
import dev.athanor.tensor.Precision;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchRunnerTest {
  private static final Path CHECKPOINTS = Path.of("../model/src/test/resources/checkpoints");
  private static final TorchOptions CPU = TorchOptions.of(Device.CPU, 2).withWeights(Precision.F32).withKvTokens(2000);

  @ParameterizedTest
  @ValueSource(strings = {"qwen3", "mixtral", "mamba2"})
  void forward_aThousandSteps_leavesNoTensorBehind(String family) {
    try (TorchRunner runner = TorchRunner.open(CHECKPOINTS.resolve(family), CPU)) {
      steps(runner, 50);
      long before = LibTorch.liveObjects();
      steps(runner, 1000);
      assertThat(LibTorch.liveObjects()).isEqualTo(before);
    }
  }

  /// Sequences that begin, fork, grow and end.
  private static void steps(TorchRunner runner, int count) {
    int steps = 0;
    while (steps < count) {
      try (KvCache cache = runner.newCache()) {
        runner.forward(List.of(new Slice(cache, new int[17], 0, 17, 1)));
        try (KvCache fork = cache.fork()) {
          for (int i = 0; i < 24; i++, steps++) {
            runner.forward(List.of(new Slice(cache, new int[] {i}, 0, 1, 1), new Slice(fork, new int[] {i + 1}, 0, 1, 1)));
          }
        }
      }
    }
  }

  @Test
  void close_everythingOfIt_isFreed() {
    openAndClose("mamba");
    long before = LibTorch.liveObjects();
    openAndClose("mamba");
    openAndClose("gemma2");
    assertThat(LibTorch.liveObjects()).isEqualTo(before);
  }

  private static void openAndClose(String family) {
    try (TorchRunner runner = TorchRunner.open(CHECKPOINTS.resolve(family), CPU)) {
      steps(runner, 1);
    }
  }

  /// How far logits move, relative to how far they spread: by about one rounding a product, and more where a token goes to another expert.
  @ParameterizedTest
  @EnumSource(names = {"BF16", "F16"})
  void forward_narrowWeights_areCloseToF32(Precision precision) {
    for (String family : List.of("qwen3", "gemma2", "mixtral", "gpt2", "mamba", "mamba2")) {
      Path model = CHECKPOINTS.resolve(family);
      try (TorchRunner exact = TorchRunner.open(model, CPU);
          TorchRunner narrow = TorchRunner.open(model, CPU.withWeights(precision))) {
        int[] ids = new Random(1).ints(40, 0, exact.spec().vocabSize()).toArray();
        double bound = precision == Precision.BF16 ? 6e-2 : 6e-3;
        assertThat(difference(exact, narrow, ids)).as(family).isBetween(1e-7, bound);
      }
    }
  }

  @Test
  void forward_keysAndValuesInHalf_areCloseToF32() {
    try (TorchRunner exact = TorchRunner.open(CHECKPOINTS.resolve("qwen3"), CPU);
        TorchRunner narrow = TorchRunner.open(CHECKPOINTS.resolve("qwen3"), CPU.withKv(Precision.F16))) {
      int[] ids = new Random(1).ints(40, 0, exact.spec().vocabSize()).toArray();
      assertThat(difference(exact, narrow, ids)).isBetween(1e-8, 1e-3);
    }
  }

  private static double difference(Runner exact, Runner narrow, int[] ids) {
    float[][] expected = RunnerContract.feed(exact, ids, () -> 7);
    float[][] actual = RunnerContract.feed(narrow, ids, () -> 7);
    double squares = 0;
    double difference = 0;
    for (int row = 0; row < expected.length; row++) {
      for (int i = 0; i < expected[row].length; i++) {
        squares += (double) expected[row][i] * expected[row][i];
        difference += Math.pow((double) expected[row][i] - actual[row][i], 2);
      }
    }
    return Math.sqrt(difference / squares);
  }

  @Test
  void open_cudaWithoutOne_isRefused() {
    Assumptions.assumeFalse(Device.CUDA.isAvailable(), "there is a GPU here");
    TorchOptions cuda = TorchOptions.of(Device.CUDA, 2);
    assertThatThrownBy(() -> TorchRunner.open(CHECKPOINTS.resolve("llama"), cuda))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no CUDA device");
    assertThatThrownBy(() -> HybridRunner.open(CHECKPOINTS.resolve("llama"), 1, cuda, CpuOptions.of(1)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no CUDA device");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void openHybrid_allOrNoneOfTheBlocks_isRefused(int blocks) {
    assertThatThrownBy(() -> HybridRunner.open(CHECKPOINTS.resolve("llama"), blocks, CPU, CpuOptions.of(1)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("2 blocks: between 1 and 1");
  }

  @Test
  void memory_withoutALimit_isWhatIsFree() {
    try (TorchRunner runner = TorchRunner.open(CHECKPOINTS.resolve("llama"), TorchOptions.of(Device.CPU, 2))) {
      assertThat(runner.memory().pool().capacity()).isGreaterThanOrEqualTo(4);
      RunnerContract.greedy(runner, new int[] {1, 2, 3}, 5);
    }
  }
}
