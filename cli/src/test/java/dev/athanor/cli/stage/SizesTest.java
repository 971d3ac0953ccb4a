package dev.athanor.cli.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer;
import dev.athanor.model.families.Families;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a recipe's `model` becomes, and which family's checkpoint it is written as.
class SizesTest {
  @TempDir Path dir;

  private DecoderSpec spec(String model) throws IOException {
    Path file = dir.resolve("recipe.yaml");
    Files.writeString(
        file, "name: x\ncollect: {sources: [{files: [src]}]}\npretrain: {tokens: 1000, model: " + model + "}\n");
    Recipe.Model read = Recipes.read(file, Recipe.class, List.of()).pretrain().model();
    assertThat(read).isNotNull();
    return Sizes.spec(java.util.Objects.requireNonNull(read), 300, 64);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{layers: 2} | qwen3",
        "{layers: 2, qk_norm: false} | llama",
        "{layers: 2, qk_norm: false, window: 16} | mistral",
        "{layers: 2, experts: {count: 4, z_loss: 0}} | qwen3_moe",
        "{layers: 2, qk_norm: false, experts: {z_loss: 0}} | mixtral",
        "{layers: 2, experts: {shared: 64}} | athanor",
        "{layers: 2, state_space: mamba} | mamba",
        "{layers: 2, state_space: mamba2} | mamba2",
        "{layers: 4, state_space: mamba2, attention_every: 2} | athanor"
      })
  void spec_ofEachKind_hasAFamily(String model, String family) throws IOException {
    assertThat(Families.of(spec(model)).modelType()).isEqualTo(family);
  }

  @Test
  void spec_hybrid_attendsInEachSecondBlock() throws IOException {
    DecoderSpec spec = spec("{layers: 4, state_space: mamba, attention_every: 2}");
    assertThat(spec.stack().blocks().stream().map(BlockSpec::mixer).map(Mixer::getClass).map(Class::getSimpleName))
        .containsExactly("Mamba", "Attention", "Mamba", "Attention");
    assertThat(spec.stack().blocks()).allMatch(block -> block.feedForward() instanceof FeedForward.Gated);
  }

  /// Unless the recipe says otherwise, a token costs what it does in the dense model, but for the router.
  @Test
  void spec_experts_costATokenWhatTheDensePartDoes() throws IOException {
    long dense = spec("{layers: 2}").matmulParameters();
    DecoderSpec mixture = spec("{layers: 2, experts: {}}");
    assertThat(mixture.matmulParameters() - 2 * 8 * 128).isEqualTo(dense);
    assertThat(mixture.parameters()).isGreaterThan(dense);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{layers: 2, attention_every: 2} | goes with state_space",
        "{layers: 2, experts: {count: 2, per_token: 3}} | between 1 and count",
        "{layers: 2, window: 0} | window must be at least 1",
        "{layers: 2, state_space: rwkv} | mamba"
      })
  void recipe_impossibleModel_isRefused(String model, String message) {
    assertThatThrownBy(() -> spec(model)).isInstanceOf(UserException.class).hasMessageContaining(message);
  }
}
