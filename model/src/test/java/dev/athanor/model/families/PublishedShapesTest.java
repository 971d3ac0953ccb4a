package dev.athanor.model.families;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublishedShapesTest {
  /// As their makers state them.
  @ParameterizedTest
  @CsvSource({
    "gpt2, 124439808", "gpt2-xl, 1557611200", "llama-2-7b, 6738415616", "llama-3.1-8b, 8030261248", "llama-3.2-1b, 1235814400",
    "mistral-7b, 7241732096", "mixtral-8x7b, 46702792704", "qwen2.5-0.5b, 494032768", "qwen2.5-7b, 7615616512",
    "qwen3-0.6b, 596049920", "qwen3-30b-a3b, 30532122624", "gemma-2-2b, 2614341888", "gemma-2-9b, 9241705984", "mamba-130m, 129135360"
  })
  void named_knownModels_haveTheParametersThatTheirMakersState(String name, long parameters) {
    assertThat(PublishedShapes.named(name).parameters()).isEqualTo(parameters);
  }

  @Test
  void named_allOfThem_areSpecs() {
    assertThat(PublishedShapes.names()).hasSizeGreaterThan(25);
    for (String name : PublishedShapes.names()) {
      assertThat(PublishedShapes.named(name).parameters()).as(name).isGreaterThan(100_000_000L);
    }
    assertThatThrownBy(() -> PublishedShapes.named("llama-9")).isInstanceOf(UserException.class).hasMessageContaining("qwen2.5-7b");
  }
}
