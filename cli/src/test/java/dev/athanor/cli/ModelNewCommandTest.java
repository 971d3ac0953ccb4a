package dev.athanor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.cli.model.Checkpoint;
import dev.athanor.cli.model.Outputs;
import dev.athanor.cli.model.ParityGate;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DType;
import dev.athanor.model.InitialWeights;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import dev.athanor.model.families.Families;
import dev.athanor.model.families.Family;
import dev.athanor.model.vision.ImageProcessor;
import dev.athanor.tokenizer.BpeTrainer;
import dev.athanor.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ModelNewCommandTest {
  private static final String LLAMA =
      "--family llama --vocab-size 96 --hidden-size 32 --layers 2 --heads 4 --kv-heads 2 --intermediate-size 48 --context 64";

  private final Program program = new Program();
  @TempDir Path dir;

  private int create(String options, String... more) {
    List<String> arguments = new ArrayList<>(List.of("model", "new"));
    arguments.addAll(List.of(options.split(" ", -1)));
    arguments.addAll(List.of(more));
    return program.run(arguments.toArray(String[]::new));
  }

  private Path created(String name, String options) {
    Path out = dir.resolve(name);
    assertThat(create(options, "--out", out.toString())).as(program.err()).isZero();
    return out;
  }

  static Stream<String> everyFamily() {
    String decoder = " --vocab-size 96 --hidden-size 32 --layers 2 --heads 4 --kv-heads 2 --intermediate-size 48 --context 64";
    String encoder = " --vocab-size 96 --hidden-size 32 --layers 2 --heads 4 --intermediate-size 48 --context 64";
    return Stream.of(
        "llama" + decoder,
        "mistral" + decoder + " --window 8",
        "qwen2" + decoder + " --tied --window 8 --full-layers 1",
        "qwen3" + decoder + " --head-dim 8 --no-tied",
        "gemma2" + decoder + " --head-dim 8 --window 16",
        "gpt2 --vocab-size 96 --hidden-size 32 --layers 2 --heads 4 --context 64",
        "mixtral" + decoder + " --experts 4",
        "qwen3_moe" + decoder + " --experts 4 --experts-per-token 2 --expert-size 16 --experts-every 2",
        "mamba --vocab-size 96 --hidden-size 32 --layers 2 --state-size 8",
        "mamba2 --vocab-size 96 --hidden-size 32 --layers 2 --state-size 8 --state-head-dim 8 --groups 2 --chunk 16",
        "bert" + encoder,
        "bert" + encoder + " --top classifier --labels 5",
        "bert" + encoder + " --top hidden",
        "roberta" + encoder + " --top pooled",
        "xlm-roberta" + encoder,
        "t5 --vocab-size 96 --hidden-size 32 --layers 2 --heads 4 --head-dim 8 --intermediate-size 48 --gated",
        "bart" + encoder + " --decoder-layers 1",
        "clip_vision_model --hidden-size 32 --layers 2 --heads 4 --intermediate-size 48 --image-size 24 --patch-size 8",
        "llava" + decoder + " --image-size 24 --patch-size 8 --vision-hidden-size 32 --vision-layers 2 --vision-heads 4"
            + " --vision-intermediate-size 48",
        "athanor" + decoder,
        "athanor" + decoder.replace("--layers 2", "--layers 4") + " --attention-every 2 --state-size 8 --state-head-dim 8",
        "athanor" + decoder.replace("--layers 2", "--layers 3") + " --attention-every 3 --state-space mamba --experts 4");
  }

  @ParameterizedTest
  @MethodSource("everyFamily")
  void new_everyFamily_isOfItAndComputes(String options) throws IOException {
    Path out = created("fresh", "--family " + options);
    String family = options.substring(0, options.indexOf(' '));
    assertThat(program.out()).contains(family, "seed 1", "f32");
    assertThat(Json.readFile(out.resolve("config.json")).path("model_type").asString("")).isEqualTo(family);
    assertThat(program.run("model", "inspect", "--verify", out.toString())).as(program.err()).isZero();
    assertThat(program.out()).contains(family, "all files are as it says");
    try (Checkpoint model = Checkpoint.open(out)) {
      Outputs outputs = new ParityGate(OptionalDouble.empty(), 1, true).outputs(model);
      assertThat(outputs.rows()).isPositive();
      for (float value : outputs.values()) {
        assertThat(value).isFinite();
      }
    }
    boolean sees = family.equals("llava") || family.equals("clip_vision_model");
    assertThat(Files.exists(out.resolve(ImageProcessor.FILE))).isEqualTo(sees);
  }

  @Test
  void everyFamily_isTriedAbove() {
    List<String> tried = everyFamily().map(options -> options.substring(0, options.indexOf(' '))).distinct().toList();
    assertThat(Families.ALL.stream().map(Family::modelType)).containsExactlyInAnyOrderElementsOf(tried);
  }

  @Test
  void new_seed_decidesEveryBit() throws IOException {
    byte[] one = Files.readAllBytes(created("one", LLAMA + " --seed 7").resolve("model.safetensors"));
    assertThat(Files.readAllBytes(created("same", LLAMA + " --seed 7").resolve("model.safetensors"))).isEqualTo(one);
    assertThat(Files.readAllBytes(created("other", LLAMA).resolve("model.safetensors"))).isNotEqualTo(one);
    try (CheckpointDir model = CheckpointDir.open(dir.resolve("one"))) {
      for (WeightSpec weight : WeightNames.weights(model.spec())) {
        assertThat(model.floats(weight.name())).as(weight.name()).containsExactly(InitialWeights.of(weight, 7));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"bf16, BF16, bfloat16", "f16, F16, float16"})
  void new_dtype_roundsTheSameNumbers(String name, DType dtype, String torchName) {
    Path out = created("half", LLAMA + " --dtype " + name);
    assertThat(Json.readFile(out.resolve("config.json")).path("torch_dtype").asString("")).isEqualTo(torchName);
    try (CheckpointDir model = CheckpointDir.open(out)) {
      WeightSpec weight = WeightNames.weights(model.spec()).getFirst();
      assertThat(model.tensor(weight.name()).dtype()).isEqualTo(dtype);
      assertThat(model.floats(weight.name()))
          .containsExactly(StoredTensor.of(dtype, InitialWeights.of(weight, 1), weight.shape()).floats());
    }
  }

  @Test
  void new_shardSize_splits() {
    Path out = created("shards", LLAMA + " --shard-size 20KB");
    assertThat(out.resolve("model.safetensors.index.json")).exists();
    try (CheckpointDir model = CheckpointDir.open(out)) {
      assertThat(model.stored().files()).hasSizeGreaterThan(2);
    }
  }

  @Test
  void new_tokenizer_isCopiedAndGivesTheVocabularyAndTheEnds() {
    Path tokenizer = tokenizer();
    Path out =
        created(
            "model",
            "--family llama --hidden-size 32 --layers 1 --heads 4 --intermediate-size 48 --tokenizer " + tokenizer);
    try (CheckpointDir model = CheckpointDir.open(out)) {
      assertThat(model.decoder().vocabSize()).isEqualTo(Tokenizers.load(tokenizer).vocabSize());
      assertThat(model.special().eos()).contains(Tokenizers.load(tokenizer).endOfText());
    }
    assertThat(out.resolve("tokenizer.json")).hasSameTextualContentAs(tokenizer.resolve("tokenizer.json"));
    assertThat(create(LLAMA, "--tokenizer", tokenizer.toString(), "--out", dir.resolve("no").toString())).isEqualTo(2);
    assertThat(program.err()).contains("more than the vocabulary of 96");
  }

  private Path tokenizer() {
    Path folder = dir.resolve("tokenizer");
    Tokenizers.save(new BpeTrainer(BpeTrainer.Options.of(300)).train(List.of("class A {}"), Progress.silent()), folder);
    return folder;
  }

  @Test
  void new_config_isWhereItBegins() {
    Path golden = ModelInspectCommandTest.CHECKPOINTS.resolve("llama-llama3");
    Path out = created("more", "--config " + golden + " --layers 3");
    try (CheckpointDir model = CheckpointDir.open(out);
        CheckpointDir base = CheckpointDir.open(golden)) {
      assertThat(model.decoder().numLayers()).isEqualTo(3);
      assertThat(model.decoder().attention()).isEqualTo(base.decoder().attention());
      assertThat(model.special()).isEqualTo(base.special());
    }
  }

  @Test
  void new_existingFolder_isReplacedOnlyWhenAskedAndACheckpoint() throws IOException {
    Path out = created("model", LLAMA);
    assertMistake(LLAMA, out, "is there already; --force replaces it");
    assertThat(create(LLAMA + " --force --dtype bf16", "--out", out.toString())).isZero();
    assertThat(program.run("model", "inspect", out.toString())).isZero();
    assertThat(program.out()).contains("BF16");
    Path mine = Files.createDirectories(dir.resolve("mine"));
    Files.writeString(mine.resolve("thesis.txt"), "years of work");
    assertMistake(LLAMA + " --force", mine, "not even --force");
    assertThat(mine.resolve("thesis.txt")).exists();
    Path empty = Files.createDirectories(dir.resolve("empty"));
    assertThat(create(LLAMA, "--out", empty.toString())).isZero();
    assertMistake(LLAMA + " --force", Files.writeString(dir.resolve("file"), "x"), "is there and is no folder");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "--family rwkv | no family 'rwkv'; there are llama, mistral",
        "--seed 3 | --family or --config must say what the model is",
        "--family llama --hidden-size 32 --state-size 4 | needs --vocab-size, --layers, --heads, --intermediate-size; family 'llama' has no --state-size",
        "--family llama --hidden-size 32 --vocab-size 9 --layers 1 --heads 3 --kv-heads 2 --intermediate-size 9 | numHeads must be a multiple of numKvHeads",
        "--family bert --hidden-size 32 --vocab-size 9 --layers 1 --heads 3 --intermediate-size 9 | must be a multiple of the heads",
        "--family gemma2 --hidden-size 32 --vocab-size 9 --layers 1 --heads 4 --intermediate-size 9 --activation tanh | 'tanh' is not supported; supported are silu",
        "--family llama --hidden-size many | 'many' is not an int",
        "--family llama --dtype int8 | 'int8' is none of f32, bf16, f16",
        "--family llama --shard-size huge | 'huge' is no size such as 500MB or 5GB",
        "--config nowhere.json | no such file: nowhere.json",
        "--family llama --tokenizer nowhere | no tokenizer in nowhere"
      })
  void new_mistakes_exit2InASentence(String options, String message) {
    assertMistake(options, dir.resolve("none"), message);
    assertThat(dir.resolve("none")).doesNotExist();
  }

  @Test
  void new_unknownOption_isToldWithWhatMayBeMeant() {
    assertThat(create("--family llama --hiden-size 32")).isEqualTo(2);
    assertThat(program.err()).contains("--hiden-size", "--hidden-size", "athanor model new --help says more").doesNotContain("Examples:");
    assertThat(create("--family llama --hidden-size 32")).isEqualTo(2);
    assertThat(program.err()).contains("--out must say which folder to write");
  }

  private void assertMistake(String options, Path out, String message) {
    assertThat(create(options, "--out", out.toString())).isEqualTo(2);
    assertThat(program.err()).contains(message).doesNotContain("\tat ");
  }

  @Test
  void help_namesEverySettingAndWhoseItIs() {
    assertThat(program.run("model", "new", "--help")).isZero();
    assertThat(program.out()).contains("--hidden-size=<n>", "--[no-]tied", "(mamba, mamba2, athanor)", "Examples:", "llava");
  }
}
