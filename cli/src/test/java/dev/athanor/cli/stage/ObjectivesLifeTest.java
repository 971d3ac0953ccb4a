package dev.athanor.cli.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.EncoderDecoderSpec;
import dev.athanor.model.EncoderSpec;
import dev.athanor.registry.Registry;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Lives under other objectives than causal language modelling.
class ObjectivesLifeTest {
  private static final String RECIPE =
      """
      name: other
      collect:
        sources:
          - files: ["src"]
      curate: {validation_share: 0.2, test_share: 0.2}
      tokenizer: {vocab_size: 400}
      pretrain:
        tokens: 80k
        architecture: %s
        model: {hidden_size: 32, layers: 1, heads: 2}
        context_length: 128
        batch_tokens: 1024
        %s
      evaluate: {methods: 1, documentations: 1, max_pairs: 1, max_new_tokens: 2}
      """;

  @TempDir Path dir;

  @BeforeEach
  void writeSources() throws IOException {
    DemoSources.write(dir.resolve("src"));
  }

  private JsonNode live(String architecture, String more) throws Exception {
    Files.writeString(dir.resolve("other.yaml"), RECIPE.formatted(architecture, more));
    Registry registry = Registry.open(dir.resolve("registry.db"));
    new Life(dir.resolve("other.yaml"), List.of(), dir.resolve("run"), () -> registry, Progress.silent()).live();
    return Json.readFile(dir.resolve("run/report.json"));
  }

  private static List<Double> validation(JsonNode report) {
    return report.at("/pretrain/curves/validation_loss/value").valueStream().map(JsonNode::asDouble).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bert    | masked_lm: {whole_words: true} | BertForMaskedLM              | masked LM",
        "roberta | dropout: 0.0                   | RobertaForMaskedLM           | masked LM",
        "t5      | span_corruption: {}            | T5ForConditionalGeneration   | span corruption",
        "t5      | bart_noising: {}               | T5ForConditionalGeneration   | BART noising",
        "bart    | dropout: 0.0                   | BartForConditionalGeneration | BART noising",
        "bart    | span_corruption: {density: 0.3} | BartForConditionalGeneration | span corruption"
      })
  void live_ofEveryArchitecture_learnsAndLeavesThePublishedLayout(
      String architecture, String more, String published, String objective) throws Exception {
    JsonNode report = live(architecture, more);

    List<Double> validation = validation(report);
    assertThat(validation.getFirst()).isBetween(5.5, 7.0); // ln 400 = 5.99
    assertThat(validation.getLast()).isLessThan(0.8 * validation.getFirst());
    assertThat(report.at("/recovery/objective").asString()).isEqualTo(objective);
    assertThat(report.at("/recovery/accuracy").asDouble()).isBetween(0.1, 1.0);
    assertThat(report.at("/recovery/perplexity").asDouble()).isBetween(1.0, 150.0);
    assertThat(report.at("/recovery/tokens").asLong()).isPositive();
    assertThat(report.path("evaluate").isMissingNode() || report.path("evaluate").isNull()).isTrue();

    Path model = dir.resolve("run/model");
    JsonNode config = Json.readFile(model.resolve(CheckpointDir.CONFIG));
    assertThat(config.at("/architectures/0").asString()).isEqualTo(published);
    assertThat(config.path("model_type").asString()).isEqualTo(architecture);
    BpeTokenizer tokenizer = Tokenizers.load(model);
    try (CheckpointDir folder = CheckpointDir.open(model)) {
      switch (folder.spec()) {
        case EncoderSpec encoder -> assertThat(encoder.vocabSize()).isEqualTo(tokenizer.vocabSize());
        case EncoderDecoderSpec both -> assertThat(both.vocabSize()).isEqualTo(tokenizer.vocabSize());
        default -> throw new AssertionError(folder.spec().kind());
      }
    }
    int pad = tokenizer.padId().orElseThrow();
    assertThat(config.path("pad_token_id").asInt(0)).isEqualTo(pad);
    switch (objective) {
      case "span corruption" -> assertThat(tokenizer.id("<extra_id_0>")).isPresent();
      default ->
          assertThat(Json.readFile(model.resolve(Tokenizers.CONFIG_FILE)).path("mask_token").asString())
              .isEqualTo(architecture.equals("bert") ? "[MASK]" : "<mask>");
    }
  }

  @Test
  void live_decoderWithFurtherTokens_saysHowWellTheyArePredicted_andSavesNoneOfTheirModules() throws Exception {
    JsonNode report = live("decoder", "multi_token_prediction: 2");
    assertThat(report.at("/pretrain/notes").toString()).contains("multi-token prediction").contains("by distance: ");
    try (CheckpointDir folder = CheckpointDir.open(dir.resolve("run/model"))) {
      assertThat(folder.family().modelType()).isEqualTo("qwen3");
      assertThat(folder.stored().names()).noneMatch(name -> name.startsWith("mtp"));
    }
  }

  /// Trained for a time, sizes and steps are chosen by what was measured, of other architectures too.
  @Test
  void live_encoderDecoderForATime_choosesItsTokens() throws Exception {
    Files.writeString(
        dir.resolve("other.yaml"), RECIPE.formatted("t5", "activation_checkpointing: false").replace("tokens: 80k", "budget: 5s"));
    Registry registry = Registry.open(dir.resolve("registry.db"));
    new Life(dir.resolve("other.yaml"), List.of(), dir.resolve("run"), () -> registry, Progress.silent()).live();
    JsonNode report = Json.readFile(dir.resolve("run/report.json"));
    assertThat(report.at("/pretrain/tokens").asLong()).isGreaterThan(1000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bert    | fill_in_the_middle: {}          | fill_in_the_middle is for a decoder, not for architecture: bert",
        "t5      | prefix_lm: true                 | prefix_lm is for a decoder",
        "roberta | multi_token_prediction: 1       | multi_token_prediction is for a decoder",
        "bart    | induction: {orders: [1]}        | induction is for a decoder",
        "decoder | masked_lm: {}                   | masked_lm is for an encoder: architecture bert or roberta",
        "t5      | masked_lm: {}                   | masked_lm is for an encoder",
        "bert    | span_corruption: {}             | span_corruption is for an encoder-decoder",
        "decoder | bart_noising: {}                | bart_noising is for an encoder-decoder",
        "t5      | activation_checkpointing: true  | activation_checkpointing is for a decoder or an encoder",
        "bert    | masked_lm: {rate: 2}            | rate must be between 0 and 1",
        "bart    | bart_noising: {text_infilling: 0, sentence_permutation: 0} | without any noise",
        "gpt     | prefix_lm: true                 | roberta"
      })
  void read_whatMakesNoSense_isToldBeforeAnyWork(String architecture, String more, String message) {
    assertThatThrownBy(() -> Recipes.parse("r.yaml", RECIPE.formatted(architecture, more), Recipe.class, List.of()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("r.yaml:")
        .hasMessageContaining(message);
  }

  @Test
  void read_twoObjectivesOrSftAfterAnEncoder_areRefused() {
    String two = RECIPE.formatted("t5", "span_corruption: {}\n  bart_noising: {}");
    assertThatThrownBy(() -> Recipes.parse("r.yaml", two, Recipe.class, List.of()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("two objectives");
    assertThatThrownBy(
            () -> Recipes.parse("r.yaml", RECIPE.formatted("bert", "dropout: 0.1") + "sft: {}\n", Recipe.class, List.of()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("sft needs a model that writes answers");
    assertThatThrownBy(
            () ->
                Recipes.parse(
                    "r.yaml",
                    RECIPE.formatted("bart", "dropout: 0.1").replace("heads: 2}", "heads: 2, experts: {}}"),
                    Recipe.class,
                    List.of()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("model.experts is for a decoder");
  }

  @ParameterizedTest
  @CsvSource({"masked-lm,ROBERTA", "span-corruption,T5", "bart-noising,BART"})
  void read_recipesOfTheProject_areWhole(String name, Recipe.Architecture architecture) {
    Recipe recipe = Recipes.read(Path.of("..", "recipes", name + ".yaml"), Recipe.class);
    assertThat(recipe.pretrain().architecture()).isEqualTo(architecture);
    assertThat(ControlTokens.of(recipe.pretrain()).all().size()).isBetween(4, 40);
  }
}
