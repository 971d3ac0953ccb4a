package dev.athanor.cli.stage;

import dev.athanor.base.UserException;
import dev.athanor.base.run.Stage;
import dev.athanor.base.run.StageContext;
import dev.athanor.data.Document;
import dev.athanor.data.DocumentFile;
import dev.athanor.data.pairs.InstructionPair;
import dev.athanor.data.pairs.PairFile;
import dev.athanor.data.pairs.PairMiner;
import dev.athanor.data.split.Part;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DecoderSpec;
import dev.athanor.nn.Parameters;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.ChatTemplate;
import dev.athanor.tokenizer.Tokenizers;
import dev.athanor.train.Checkpoints;
import dev.athanor.train.LabelledBatch;
import dev.athanor.train.Schedule;
import dev.athanor.train.TrainPlan;
import dev.athanor.train.Trainer;
import dev.athanor.train.TrainingLog;
import dev.athanor.train.objective.SupervisedFineTuning;
import dev.athanor.train.optim.AdamW;
import dev.athanor.train.optim.Muon;
import dev.athanor.train.optim.RowAdagrad;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Instruction pairs mined from the curated documents → a chat model.
public record SftStage(Recipe.Sft recipe, long seed) implements Stage {
  static final String NAME = "sft";
  static final String SUMMARY = "summary";
  static final String MODEL = "model";
  static final String TRAIN_PAIRS = "pairs-train.jsonl.gz";
  static final String TEST_PAIRS = "pairs-test.jsonl.gz";
  private static final int VALIDATION_PAIRS = 256;
  private static final int MICRO_BATCHES = 2;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public Object configuration() {
    return Map.of("sft", recipe, "seed", seed);
  }

  @Override
  public List<String> inputs() {
    return List.of(SplitStage.NAME, PretrainStage.NAME);
  }

  /// @param pairs by "kind/language" and split
  record Summary(
      Map<String, Long> trainPairs, Map<String, Long> testPairs, long steps, long tokens, TrainingLog log) {}

  @Override
  public void run(StageContext context) throws InterruptedException {
    Path splits = context.input(SplitStage.NAME);
    List<InstructionPair> train = mine(splits.resolve(Part.TRAIN.file()), context);
    List<InstructionPair> validation = mine(splits.resolve(Part.VALIDATION.file()), context);
    List<InstructionPair> test = mine(splits.resolve(Part.TEST.file()), context);
    PairFile.write(context.output().resolve(TRAIN_PAIRS), train);
    PairFile.write(context.output().resolve(TEST_PAIRS), test);
    if (train.isEmpty()) {
      throw new UserException(
          "sft: no documented method was found in the train split; leave the sft part out of the recipe, or add documented Java sources");
    }
    Path base = context.input(PretrainStage.NAME).resolve(PretrainStage.MODEL);
    try (CheckpointDir folder = CheckpointDir.open(base);
        Parameters parameters = Parameters.of(folder)) {
      tune(context, folder.decoder(), parameters, Tokenizers.load(base), train, validation, test);
    }
  }

  private void tune(
      StageContext context,
      DecoderSpec spec,
      Parameters parameters,
      BpeTokenizer tokenizer,
      List<InstructionPair> train,
      List<InstructionPair> validation,
      List<InstructionPair> test)
      throws InterruptedException {
    SupervisedFineTuning source = source(some(train, recipe.maxPairs()), tokenizer, spec);
    long steps = Math.max(1, (long) (recipe.epochs() * source.batchesPerEpoch() / MICRO_BATCHES));
    int processors = Runtime.getRuntime().availableProcessors();
    TrainPlan plan =
        new TrainPlan(
            steps,
            MICRO_BATCHES,
            Math.min(MICRO_BATCHES, processors),
            Math.max(1, processors / MICRO_BATCHES),
            new Schedule.Cosine(0.05, 0),
            new AdamW.Settings(recipe.adamwLearningRate(), 0.9, 0.95, 1e-8, 0),
            Optional.of(new Muon.Settings(recipe.muonLearningRate(), 0.95, 0)),
            1)
            .with(new RowAdagrad.Settings(recipe.ngramLearningRate()));
    String data = context.artifact(SplitStage.NAME).digest() + context.artifact(PretrainStage.NAME).digest() + seed;
    try (Trainer trainer =
        new Trainer(spec, parameters, plan, new Trainer.Settings(NAME, Math.max(1, steps / 10), data, 0, spec.contextLength()))) {
      Trainer.Result result =
          trainer.train(
              source,
              validationBatches(some(validation, VALIDATION_PAIRS), tokenizer, spec),
              new Checkpoints(context.checkpoints(), context.progress()::say),
              context.progress());
      SavedModel.write(context.output().resolve(MODEL), spec, SavedModel.special(tokenizer), parameters, tokenizer);
      context.metric(SUMMARY, new Summary(counts(train), counts(test), steps, result.tokens(), result.log()));
    }
  }

  private SupervisedFineTuning source(List<InstructionPair> pairs, BpeTokenizer tokenizer, DecoderSpec spec) {
    List<ChatTemplate.Rendered> rendered =
        pairs.stream().map(pair -> tokenizer.chatTemplate().renderForTraining(pair.messages())).toList();
    return SupervisedFineTuning.of(
        rendered, spec.contextLength(), Math.max(1, recipe.batchConversations() / MICRO_BATCHES), seed);
  }

  private List<LabelledBatch> validationBatches(
      List<InstructionPair> pairs, BpeTokenizer tokenizer, DecoderSpec spec) {
    if (pairs.isEmpty()) {
      return List.of();
    }
    SupervisedFineTuning source = source(pairs, tokenizer, spec);
    List<LabelledBatch> batches = new ArrayList<>();
    for (long i = 0; i < source.batchesPerEpoch(); i++) {
      batches.add(source.microBatch(i));
    }
    return batches;
  }

  private static List<InstructionPair> mine(Path documents, StageContext context) {
    try (Stream<Document> stream = DocumentFile.read(documents)) {
      List<InstructionPair> pairs = new PairMiner().mine(stream.toList()).pairs();
      context.progress().say("sft: " + pairs.size() + " pairs from " + documents.getFileName());
      return pairs;
    }
  }

  /// At most so many, evenly spread.
  static <T> List<T> some(List<T> all, int count) {
    if (all.size() <= count) {
      return all;
    }
    List<T> some = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      some.add(all.get((int) ((long) i * all.size() / count)));
    }
    return some;
  }

  private static Map<String, Long> counts(List<InstructionPair> pairs) {
    Map<String, Long> counts = new TreeMap<>();
    pairs.forEach(
        pair ->
            counts.merge(
                pair.kind().name().toLowerCase(Locale.ROOT) + "/" + pair.language(), 1L, Long::sum));
    return counts;
  }
}
