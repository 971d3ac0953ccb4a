package dev.athanor.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.UserException;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DType;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer;
import dev.athanor.model.Mixer.Attention;
import dev.athanor.model.Mutations;
import dev.athanor.model.Rope;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.Stack;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import dev.athanor.tokenizer.BpeTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GgufModelTest {
  private static final Path CHECKPOINTS = Path.of("src/test/resources/checkpoints");

  @TempDir Path dir;

  @ParameterizedTest
  @CsvSource({
    "llama, llama",
    "llama-bias, llama",
    "llama-linear, llama",
    "llama-yarn, llama",
    "llama-llama3, llama",
    "mistral, llama",
    "mixtral, llama",
    "qwen2, qwen2",
    "qwen3, qwen3",
    "qwen3_moe, qwen3moe",
    "gemma2, gemma2",
    "gpt2, gpt2",
    "mamba, mamba",
    "mamba2, mamba2"
  })
  void write_publishedCheckpoint_readsBackSpecAndWeights(String folder, String architecture) {
    try (CheckpointDir checkpoint = CheckpointDir.open(CHECKPOINTS.resolve(folder))) {
      DecoderSpec spec = statable(checkpoint.decoder());
      Weights weights = weights(checkpoint, spec);
      GgufModel.write(file(), spec, checkpoint.special(), Optional.empty(), weights::tensor, GgmlType.F32);
      try (GgufModel read = GgufModel.open(file())) {
        assertThat(read.file().text("general.architecture")).contains(architecture);
        assertThat(read.spec()).isEqualTo(spec);
        assertThat(read.special()).isEqualTo(checkpoint.special());
        // All that llama.cpp has to go by where there is no tokenizer.
        assertThat(read.file().metadata()).containsEntry(architecture + ".vocab_size", GgufValue.u32(spec.vocabSize()));
        for (WeightSpec weight : WeightNames.weights(spec)) {
          StoredTensor same = read.tensor(weight.name());
          assertThat(same.shape()).as(weight.name()).containsExactly(weight.shape());
          // What stands in the file as exp or one more comes back rounded.
          assertThat(same.floats()).as(weight.name()).containsExactly(weights.tensor(weight.name()).floats(), within(5e-7f));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16", "Q8_0", "Q4_0"})
  void write_otherTypes_roundsMatricesOnly(GgmlType type) {
    DecoderSpec spec = llama();
    Weights weights = random(spec);
    write(spec, weights, type);
    try (GgufModel read = open()) {
      GgmlType embedding = read.file().tensor("token_embd.weight").type();
      assertThat(embedding).isEqualTo(type);
      assertThat(read.file().tensor("blk.0.attn_norm.weight").type()).isEqualTo(GgmlType.F32);
      // Its rows hold 48 numbers, which are no blocks of 32.
      GgmlType down = read.file().tensor("blk.0.ffn_down.weight").type();
      assertThat(down).isEqualTo(type.blockSize() == 1 ? type : GgmlType.F16);
      String q = WeightNames.block(1).q();
      DType dtype = type == GgmlType.BF16 ? DType.BF16 : type == GgmlType.F16 ? DType.F16 : DType.F32;
      assertThat(read.tensor(q).dtype()).isEqualTo(dtype);
      float[] expected = weights.tensor(q).floats();
      float[] rounded = read.floats(q);
      for (int i = 0; i < expected.length; i++) {
        // Numbers of N(0, 1) are below 5; Q4_0 is at most a step of 5/8 off.
        assertThat(rounded[i]).isCloseTo(expected[i], within(type == GgmlType.Q4_0 ? 0.63f : 0.04f));
      }
    }
  }

  @Test
  void write_llama_pairsRowsThatRotateTogether() {
    DecoderSpec spec = llama();
    Weights weights = random(spec);
    write(spec, weights, GgmlType.F32);
    try (GgufModel read = open()) {
      int d = spec.attention().headDim();
      int hidden = spec.hiddenSize();
      float[] ours = weights.tensor(WeightNames.block(0).q()).floats();
      float[] theirs = read.file().floats("blk.0.attn_q.weight");
      // Of the second head: row 2 is our row 1, row 3 its partner half a head further.
      assertThat(row(theirs, d + 2, hidden)).containsExactly(row(ours, d + 1, hidden));
      assertThat(row(theirs, d + 3, hidden)).containsExactly(row(ours, d + 1 + d / 2, hidden));
      float[] v = weights.tensor(WeightNames.block(0).v()).floats();
      assertThat(read.file().floats("blk.0.attn_v.weight")).containsExactly(v);
    }
  }

  private static float[] row(float[] matrix, int row, int width) {
    return Arrays.copyOfRange(matrix, row * width, (row + 1) * width);
  }

  @Test
  void write_tokenizerSmallerThanTheModel_fillsTheVocabularyUp() {
    BpeTokenizer tokenizer = GgufFixtures.tokenizer();
    DecoderSpec spec = new DecoderSpec(320, 64, llama().embedding(), llama().stack(), llama().head());
    SpecialTokens special = new SpecialTokens(OptionalInt.of(7), List.of(5, tokenizer.endOfText(), 6));
    GgufModel.write(file(), spec, special, Optional.of(tokenizer), random(spec)::tensor, GgmlType.F32);
    try (GgufModel read = open()) {
      assertThat(read.file().array("tokenizer.ggml.tokens").orElseThrow().texts()).hasSize(320).endsWith("[PAD319]");
      assertThat(read.tokenizer().encodeWithSpecials("判断<|im_end|>"))
          .containsExactly(tokenizer.encodeWithSpecials("判断<|im_end|>"));
      assertThat(read.special()).isEqualTo(new SpecialTokens(OptionalInt.of(7), List.of(tokenizer.endOfText(), 5, 6)));
    }
    assertThatThrownBy(
            () ->
                GgufModel.write(
                    file(), llama(), special, Optional.of(tokenizer), random(llama())::tensor, GgmlType.F32))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the tokenizer has 300 tokens, the model embeds 128");
  }

  @Test
  void open_fileWithoutOurKeys_infersLlama3sScaling() {
    DecoderSpec spec = withRope(llama(), new Rope(500_000, new Rope.Scaling.Llama3(32, 1, 4, 8192)));
    write(spec, random(spec), GgmlType.F32);
    rewrite(metadata -> metadata.keySet().removeIf(key -> key.startsWith("athanor.")), tensors -> {});
    try (GgufModel read = open()) {
      assertThat(read.spec()).isEqualTo(spec);
    }
    rewrite(metadata -> metadata.put("llama.rope.freq_base", GgufValue.f32(1e4)), tensors -> {});
    assertRefused("'rope_freqs.weight' holds factors of no scaling that is supported");
  }

  @Test
  void open_olderFiles_areRead() {
    DecoderSpec spec = withRope(llama(), new Rope(10_000, new Rope.Scaling.Linear(4)));
    write(spec, random(spec), GgmlType.F32);
    rewrite(
        metadata -> {
          metadata.remove("llama.rope.scaling.type");
          metadata.remove("llama.rope.scaling.factor");
          metadata.put("llama.rope.scale_linear", GgufValue.f32(4));
          metadata.remove("llama.attention.key_length");
          metadata.remove("llama.attention.value_length");
          metadata.remove("llama.rope.freq_base");
          metadata.remove("llama.vocab_size");
        },
        tensors -> {});
    try (GgufModel read = open()) {
      assertThat(read.spec()).isEqualTo(spec);
    }
  }

  @Test
  void open_gpt2_tiedHeadMayBeThereOrNot() {
    DecoderSpec spec = checkpoint("gpt2");
    assertThat(spec.tiedHead()).isTrue();
    write(spec, random(spec), GgmlType.F32);
    try (GgufModel read = open()) {
      assertThat(read.file().has("output.weight")).isTrue();
      assertThat(read.spec()).isEqualTo(spec);
    }
    rewrite(metadata -> {}, tensors -> tensors.removeIf(tensor -> tensor.name().equals("output.weight")));
    try (GgufModel read = open()) {
      assertThat(read.spec()).isEqualTo(spec);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "general.architecture | mpt | architecture 'mpt', which is not supported; supported: llama, qwen2, qwen3",
        "llama.rope.scaling.type | longrope | 'longrope', which is not supported; supported: none, linear, yarn",
        "llama.embedding_length | text | it should be a whole number"
      })
  void open_unsupportedText_isRefused(String key, String value, String problem) {
    write(llama(), random(llama()), GgmlType.F32);
    rewrite(metadata -> metadata.put(key, GgufValue.of(value)), tensors -> {});
    assertRefused(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "llama.block_count | 4294967295 | it is at most 2147483647",
        "llama.block_count | 2147483647 | but there are 21 tensors",
        "llama.block_count | 0 | a model needs at least one block",
        "llama.block_count | 1 | unexpected: blk.1.attn_norm.weight",
        "llama.block_count | 3 | missing: blk.2.attn_norm.weight",
        "llama.embedding_length | 0 | hiddenSize must be positive",
        "llama.embedding_length | 2147483647 | token_embd.weight has shape [128, 32], not [128, 2147483647]",
        "llama.attention.head_count | 0 | attention needs at least one head",
        "llama.attention.head_count_kv | 3 | numHeads must be a multiple",
        "llama.attention.key_length | 16 | 'llama.attention.value_length' is 8; only 16 is supported here",
        "llama.rope.dimension_count | 4 | only 8 is supported here",
        "llama.feed_forward_length | 0 | intermediateSize must be positive",
        "llama.context_length | 0 | contextLength must be positive",
        "llama.expert_count | 1000000 | is 1000000 in each of 2 blocks; at most 1048576",
        "llama.expert_count | 4 | 'llama.expert_used_count' is missing",
        "split.count | 3 | one of 3 parts of a model; join them with llama-gguf-split"
      })
  void open_lyingNumber_isRefused(String key, long value, String problem) {
    write(llama(), random(llama()), GgmlType.F32);
    rewrite(metadata -> metadata.put(key, GgufValue.u32(value)), tensors -> {});
    assertRefused(problem);
  }

  @Test
  void open_otherTensors_areNamed() {
    write(llama(), random(llama()), GgmlType.F32);
    rewrite(metadata -> {}, tensors -> tensors.removeIf(tensor -> tensor.name().equals("blk.1.ffn_up.weight")));
    assertRefused("missing: blk.1.ffn_up.weight");
    write(llama(), random(llama()), GgmlType.F32);
    MemorySegment block = MemorySegment.ofArray(new byte[84 * 128]);
    rewrite(
        metadata -> {},
        tensors -> {
          tensors.removeIf(tensor -> tensor.name().equals("blk.0.ffn_gate.weight"));
          tensors.add(new GgufWriter.Copied("blk.0.ffn_gate.weight", GgmlType.Q2_K, new long[] {128, 256}, block));
          tensors.add(new GgufWriter.Copied("blk.0.extra", GgmlType.Q2_K, new long[] {128, 256}, block));
        });
    assertRefused("blk.0.ffn_gate.weight has shape [128, 256], not [72, 32]");
    assertRefused("unexpected: blk.0.extra");
  }

  @Test
  void open_damagedModels_areReadWholeOrRefused() throws IOException {
    write(llama(), random(llama()), GgmlType.Q4_0);
    byte[] whole = Files.readAllBytes(file());
    Mutations mutations = new Mutations(19);
    int read = 0;
    for (int i = 0; i < 600; i++) {
      Files.write(file(), mutations.next(whole, 2_400));
      try (GgufModel damaged = open()) {
        WeightNames.weights(damaged.spec()).forEach(weight -> damaged.floats(weight.name()));
        read++;
      } catch (UserException e) {
        assertThat(e).hasMessageContaining("model.gguf");
      }
    }
    assertThat(read).isBetween(10, 550);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mistral | a sliding window of 8 in a context of 96",
        "qwen2-window | a sliding window of",
        "llama-dynamic | dynamic rope scaling",
        "gemma2 | attention scaled by 0.2041",
        "mamba2 | it has 2 groups",
        "qwen3_moe-sparse | a feed-forward part"
      })
  void write_whatLlamaCppWouldComputeOtherwise_isRefused(String folder, String why) {
    DecoderSpec spec = checkpoint(folder);
    assertThatThrownBy(() -> write(spec, random(spec), GgmlType.F32))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("cannot state this model: ")
        .hasMessageContaining(why);
  }

  private static DecoderSpec llama() {
    return checkpoint("llama");
  }

  private static DecoderSpec checkpoint(String folder) {
    try (CheckpointDir checkpoint = CheckpointDir.open(CHECKPOINTS.resolve(folder))) {
      return checkpoint.decoder();
    }
  }

  private static DecoderSpec withRope(DecoderSpec spec, Rope rope) {
    return withBlocks(
        spec,
        spec.stack().blocks().stream()
            .map(block -> new BlockSpec(((Attention) block.mixer()).withRope(Optional.of(rope)), block.feedForward()))
            .toList());
  }

  private void write(DecoderSpec spec, Weights weights, GgmlType type) {
    GgufModel.write(file(), spec, SpecialTokens.NONE, Optional.empty(), weights::tensor, type);
  }

  private GgufModel open() {
    return GgufModel.open(file());
  }

  private void assertRefused(String problem) {
    assertThatThrownBy(() -> open().close())
        .isInstanceOf(UserException.class)
        .hasMessageContaining(file().toString())
        .hasMessageContaining(problem);
  }

  /// Writes the file again with other keys and tensors.
  private void rewrite(
      Consumer<SequencedMap<String, GgufValue>> keys, Consumer<List<GgufWriter.Tensor>> otherTensors) {
    Path changed = dir.resolve("changed.gguf");
    try (GgufFile read = GgufFile.open(file())) {
      SequencedMap<String, GgufValue> metadata = new LinkedHashMap<>(read.metadata());
      List<GgufWriter.Tensor> tensors = new ArrayList<>();
      read.tensors().values().forEach(tensor -> tensors.add(new GgufWriter.Copied(tensor)));
      keys.accept(metadata);
      otherTensors.accept(tensors);
      GgufWriter.write(changed, metadata, tensors);
    }
    try {
      Files.move(changed, file(), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What GGUF can state of a tiny checkpoint that was made to try every fact: Mistral's window is left out, Gemma's attention
  /// scaled as usual, Mamba-2's groups are one and the experts' weights add up to one.
  private static DecoderSpec statable(DecoderSpec spec) {
    boolean gemma = spec.head().softcap().isPresent();
    List<BlockSpec> blocks = new ArrayList<>();
    for (BlockSpec block : spec.stack().blocks()) {
      Mixer mixer =
          switch (block.mixer()) {
            case Attention a -> gemma ? a.withScale(Attention.scale(a.headDim())) : a.withWindow(OptionalInt.empty());
            case Mixer.Mamba m -> m;
            case Mixer.Mamba2 m ->
                new Mixer.Mamba2(
                    m.numHeads(), m.headDim(), 1, m.stateSize(), m.convKernel(), m.chunk(), true, false, m.normEps());
          };
      FeedForward feed =
          block.feedForward() instanceof FeedForward.Experts e
              ? new FeedForward.Experts(
                  e.numExperts(), e.perToken(), e.intermediateSize(), e.activation(), true, e.shared(), e.balanceLoss(), 0)
              : block.feedForward();
      blocks.add(new BlockSpec(mixer, feed));
    }
    return withBlocks(spec, blocks);
  }

  private static DecoderSpec withBlocks(DecoderSpec spec, List<BlockSpec> blocks) {
    Stack stack = Stack.causal(spec.hiddenSize(), blocks, spec.norm(), spec.stack().placement());
    return new DecoderSpec(spec.vocabSize(), spec.contextLength(), spec.embedding(), stack, spec.head());
  }

  private interface Weights {
    StoredTensor tensor(String name);
  }

  /// The checkpoint's, or random ones where the spec is not quite the checkpoint's.
  private static Weights weights(CheckpointDir checkpoint, DecoderSpec spec) {
    boolean same = WeightNames.weights(spec).equals(WeightNames.weights(checkpoint.spec()));
    return same ? checkpoint::tensor : random(spec);
  }

  private static Weights random(DecoderSpec spec) {
    Random random = new Random(3);
    SequencedMap<String, StoredTensor> weights = new LinkedHashMap<>();
    for (WeightSpec weight : WeightNames.weights(spec)) {
      float[] values = new float[(int) weight.elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      weights.put(weight.name(), StoredTensor.of(values, weight.shape()));
    }
    return name -> Optional.ofNullable(weights.get(name)).orElseThrow();
  }

  private Path file() {
    return dir.resolve("model.gguf");
  }
}
