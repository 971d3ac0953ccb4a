package dev.athanor.cli.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.UserException;
import dev.athanor.cli.model.ParityGate.Rounding;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.CheckpointWriter;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.WeightNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParityGateTest {
  private static final Path CHECKPOINTS = Path.of("..", "model", "src", "test", "resources", "checkpoints");

  private final ParityGate gate = new ParityGate(OptionalDouble.empty(), 1, true);
  @TempDir Path dir;

  /// A copy of a golden, with weights that are not quite the same.
  private Path spoiled(Path golden, BiFunction<String, float[], float[]> change) {
    Path copy = dir.resolve("spoiled-" + golden.getFileName());
    try (CheckpointDir original = CheckpointDir.open(golden)) {
      ModelSpec spec = original.spec();
      Map<String, StoredTensor> weights = new LinkedHashMap<>();
      WeightNames.weights(spec)
          .forEach(
              weight ->
                  weights.put(
                      weight.name(),
                      StoredTensor.of(change.apply(weight.name(), original.floats(weight.name())), weight.shape())));
      new CheckpointWriter(original.family(), spec, original.special(), 1 << 30).fill(copy, weights, _ -> {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return copy;
  }

  private Drift check(Path original, Path copy, Rounding rounding) {
    try (Checkpoint before = Checkpoint.open(original);
        Checkpoint after = Checkpoint.open(copy)) {
      return gate.check(gate.outputs(before), after, rounding);
    }
  }

  /// Of each kind of model, what the gate is for: one matrix of many is another.
  @Test
  void check_oneMatrixTurnedInEachFamily_isRefused() throws IOException {
    List<Path> goldens;
    try (Stream<Path> all = Files.list(CHECKPOINTS)) {
      goldens = all.toList();
    }
    for (Path golden : goldens) {
      Path copy = spoiled(golden, ParityGateTest::oneTurned);
      assertThatThrownBy(() -> check(golden, copy, Rounding.NONE))
          .as("%s", golden)
          .isInstanceOf(UserException.class)
          .hasMessageContaining("is above the tolerance of 1.00e-05");
      assertThat(check(golden, golden, Rounding.NONE).largest()).isZero();
    }
  }

  private static float[] oneTurned(String name, float[] values) {
    boolean turned =
        name.endsWith("layers.0.mlp.down_proj.weight")
            || name.endsWith("layers.0.mlp.experts.0.down_proj.weight")
            || name.endsWith("layers.0.mixer.out_proj.weight");
    return turned ? reversed(values) : values;
  }

  private static float[] reversed(float[] values) {
    float[] other = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      other[i] = values[values.length - 1 - i];
    }
    return other;
  }

  /// Heads that rotate in other pairs than they were trained in: the mistake that makes exported models talk nonsense.
  @Test
  void check_keysInTheOrderOfAnotherTool_areRefusedEvenQuantized() {
    Path golden = CHECKPOINTS.resolve("llama");
    Path copy = spoiled(golden, (name, values) -> name.matches(".*[qk]_proj.weight") ? interleaved(values) : values);
    for (Rounding rounding : List.of(Rounding.F16, Rounding.BF16, Rounding.Q8_0, Rounding.Q4_0)) {
      assertThatThrownBy(() -> check(golden, copy, rounding))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("the relative difference");
    }
  }

  /// Rows of heads of 8 over 32 columns.
  private static float[] interleaved(float[] values) {
    float[] other = new float[values.length];
    for (int row = 0; row < values.length / 32; row++) {
      int inHead = row % 8;
      int from = row - inHead + inHead % 2 * 4 + inHead / 2;
      System.arraycopy(values, from * 32, other, row * 32, 32);
    }
    return other;
  }

  /// The two engines know the same model.
  @Test
  void outputs_ofADecoder_areTheSameOnBothEngines() {
    try (Checkpoint golden = Checkpoint.open(CHECKPOINTS.resolve("qwen3"))) {
      Outputs served = gate.outputs(golden);
      Outputs torch = new ParityGate(OptionalDouble.empty(), 1, false).outputs(golden);
      assertThat(Drift.between(served, torch).largest()).isPositive().isLessThan(1e-3);
    }
  }

  @Test
  void check_outputsThatAreNoNumbers_tellNothing() {
    Path golden = CHECKPOINTS.resolve("llama");
    Path copy = spoiled(golden, (name, values) -> name.equals("model.norm.weight") ? Arrays.copyOf(new float[] {Float.NaN}, values.length) : values);
    assertThatThrownBy(() -> check(golden, copy, Rounding.Q4_0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("infinite or no numbers");
  }

  @Test
  void between_rowsOfLogits_areComparedAsDistributions() {
    Outputs a = new Outputs(Outputs.Kind.LOGITS, 2, new float[] {0, 0, 1, 0});
    Outputs b = new Outputs(Outputs.Kind.LOGITS, 2, new float[] {0, (float) Math.log(3), 1, 0});
    Drift drift = Drift.between(a, b);
    // KL(½, ½ ‖ ¼, ¾) = ½ ln 2 + ½ ln ⅔, in one row of two
    assertThat(drift.kl().orElseThrow()).isCloseTo((0.5 * Math.log(2) + 0.5 * Math.log(2.0 / 3)) / 2, within(1e-7));
    assertThat(drift.largest()).isCloseTo(Math.log(3), within(1e-6));
    assertThat(drift.relative()).isCloseTo(Math.log(3), within(1e-6));
    assertThat(drift.agreement().orElseThrow()).isEqualTo(0.5);
    assertThat(drift.rows()).isEqualTo(2);
    Outputs shifted = new Outputs(Outputs.Kind.LOGITS, 2, new float[] {7, 7, 8, 7});
    assertThat(Drift.between(a, shifted).kl().orElseThrow()).isCloseTo(0, within(1e-9));
    Outputs vectors = new Outputs(Outputs.Kind.VECTORS, 2, new float[] {1, 2});
    assertThat(Drift.between(vectors, vectors).kl()).isEmpty();
    assertThatThrownBy(() -> Drift.between(a, vectors)).isInstanceOf(IllegalArgumentException.class);
  }
}
