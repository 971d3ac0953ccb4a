package dev.athanor.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Progress;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer;
import dev.athanor.model.Norm;
import dev.athanor.model.Rope;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.VocabularyGrowth;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import dev.athanor.nn.Parameters;
import dev.athanor.nn.TokenBatch;
import dev.athanor.tokenizer.BpeExtender;
import dev.athanor.tokenizer.BpeExtension;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.BpeTrainer;
import dev.athanor.tokenizer.KindCounts;
import dev.athanor.tokenizer.PreTokenizerPattern;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.train.optim.AdamW;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a model that was trained with few tokens makes of texts in more of them.
class GrownVocabularyLearnsTest {
  private static final int LENGTH = 48;
  private static final AdamW.Settings ADAM = new AdamW.Settings(0.01, 0.9, 0.95, 1e-6, 0.1);
  private static final List<String> WORDS =
      List.of("river", "mountain", "garden", "winter", "silver", "window", "letter", "number", "monkey", "planet", "butter", "copper");

  @TempDir Path dir;

  private static DecoderSpec spec(int vocabulary) {
    return DecoderSpec.uniform(
        vocabulary, 32, 2, 64, new Mixer.Attention(4, 2, 12, new Rope(10_000), true, false), new FeedForward.Gated(48), new Norm.Rms(1e-6), false);
  }

  /// Each word is followed by one of two.
  private static String text(long seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder();
    int word = random.nextInt(WORDS.size());
    while (text.length() < 12 * LENGTH) {
      text.append(' ').append(WORDS.get(word));
      word = (word * 5 + 1 + random.nextInt(2)) % WORDS.size();
    }
    return text.toString();
  }

  private static BatchSource source(Tokenizer tokenizer, long seed) {
    return sequence -> {
      int[] all = tokenizer.encode(text(seed * 1_000_003 + sequence));
      long[] ids = Arrays.stream(all).limit(LENGTH).asLongStream().toArray();
      long[] targets = Arrays.stream(all).skip(1).limit(LENGTH).asLongStream().toArray();
      return new LabelledBatch(new TokenBatch(ids, new int[] {LENGTH}), targets);
    };
  }

  private List<Double> losses(DecoderSpec spec, Parameters parameters, BatchSource source, int steps, String name) throws InterruptedException {
    TrainPlan plan = new TrainPlan(steps, 2, 1, 1, new Schedule.Constant(0.05), ADAM, Optional.empty(), 1);
    try (Trainer trainer = new Trainer(spec, parameters, plan, new Trainer.Settings("pretrain", 1000, name, 1, LENGTH))) {
      return trainer.train(source, List.of(), new Checkpoints(dir.resolve(name), _ -> {}), Progress.silent()).log().training().stream()
          .map(row -> row.loss())
          .toList();
    }
  }

  private static Map<String, StoredTensor> stored(DecoderSpec spec, Parameters parameters) {
    Map<String, StoredTensor> stored = new LinkedHashMap<>();
    Map<String, float[]> values = parameters.values();
    for (WeightSpec weight : WeightNames.weights(spec)) {
      stored.put(weight.name(), StoredTensor.of(Objects.requireNonNull(values.get(weight.name())), weight.shape()));
    }
    return stored;
  }

  private static Map<String, float[]> floats(CheckpointDir model) {
    return WeightNames.weights(model.spec()).stream().collect(Collectors.toMap(WeightSpec::name, weight -> model.floats(weight.name())));
  }

  /// The same with the rows of new tokens drawn anew, as of a fresh model.
  private static Map<String, float[]> redrawn(DecoderSpec spec, Map<String, float[]> values, int first, long seed) {
    Map<String, float[]> drawn = new LinkedHashMap<>(values);
    Random random = new Random(seed);
    for (String name : List.of(WeightNames.embedding(), WeightNames.head())) {
      float[] rows = Objects.requireNonNull(values.get(name)).clone();
      for (int i = first * spec.hiddenSize(); i < rows.length; i++) {
        rows[i] = (float) (0.02 * random.nextGaussian());
      }
      drawn.put(name, rows);
    }
    return drawn;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void train_newRowsFromTheMeansOfTheirParts_beginsLowerThanFromFreshRows(long seed) throws InterruptedException, IOException {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      texts.add(text(777 + i));
    }
    BpeTokenizer base =
        new BpeTrainer(new BpeTrainer.Options(270, 2, List.of("<end>"), PreTokenizerPattern.GPT2, 1)).train(texts, Progress.silent());
    BpeExtension extension =
        new BpeExtender(base, new BpeExtender.Options(40, 2, ""))
            .extend(
                KindCounts.count(texts.stream().map(text -> new KindCounts.Text("all", text)).iterator(), base, 1, Progress.silent()),
                Progress.silent());
    DecoderSpec small = spec(base.vocabSize());
    Path trained = dir.resolve("trained");
    try (Parameters parameters = Parameters.initialise(small, seed)) {
      List<Double> losses = losses(small, parameters, source(base, seed), 60, "base");
      assertThat(losses.getLast()).isLessThan(0.7 * losses.getFirst());
      CheckpointDir.write(trained, small, SpecialTokens.NONE, stored(small, parameters), _ -> {});
    }
    try (CheckpointDir from = CheckpointDir.open(trained)) {
      new VocabularyGrowth(from, extension.first(), extension.parts(), 1, CheckpointDir.SHARD_BYTES)
          .fill(dir.resolve("grown"), _ -> {}, Set.of(), _ -> {});
    }
    BatchSource source = source(extension.extended(), seed + 100);
    try (CheckpointDir grown = CheckpointDir.open(dir.resolve("grown"))) {
      DecoderSpec spec = grown.decoder();
      List<Double> mean;
      List<Double> fresh;
      try (Parameters parameters = Parameters.of(spec, floats(grown))) {
        mean = losses(spec, parameters, source, 8, "mean");
      }
      try (Parameters parameters = Parameters.of(spec, redrawn(spec, floats(grown), extension.first(), seed))) {
        fresh = losses(spec, parameters, source, 8, "fresh");
      }
      assertThat(mean.getFirst()).isLessThan(fresh.getFirst() - 0.5);
      assertThat(mean.stream().mapToDouble(d -> d).sum()).isLessThan(fresh.stream().mapToDouble(d -> d).sum());
    }
  }
}
