package dev.athanor.cli.stage;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.run.Stage;
import dev.athanor.base.run.StageContext;
import dev.athanor.data.Document;
import dev.athanor.data.DocumentFile;
import dev.athanor.data.ngram.NgramModel;
import dev.athanor.data.pairs.InstructionPair;
import dev.athanor.data.pairs.PairFile;
import dev.athanor.data.split.Part;
import dev.athanor.eval.Evaluation;
import dev.athanor.eval.Evaluator;
import dev.athanor.inference.CpuRunner;
import dev.athanor.inference.Engine;
import dev.athanor.inference.EngineOptions;
import dev.athanor.inference.Generator;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The models → figures on held-out files and pairs, beside baselines measured on the same bytes. Runs on the engine that
/// serves, so that what was evaluated is what is served.
///
/// @param tuned whether there is a chat model after the base model
public record EvaluateStage(Recipe.Evaluate recipe, boolean tuned) implements Stage {
  static final String NAME = "evaluate";
  static final String EVALUATION = "evaluation.json";
  private static final int NGRAM_ORDER = 5;
  private static final int BATCH = 16;
  private static final long MIXTURE_TOKENS = 60_000;

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
    return recipe;
  }

  @Override
  public List<String> inputs() {
    return tuned
        ? List.of(SplitStage.NAME, PretrainStage.NAME, SftStage.NAME)
        : List.of(SplitStage.NAME, PretrainStage.NAME);
  }

  @Override
  public void run(StageContext context) {
    Path splits = context.input(SplitStage.NAME);
    Path base = context.input(PretrainStage.NAME).resolve(PretrainStage.MODEL);
    Path chat = tuned ? context.input(SftStage.NAME).resolve(SftStage.MODEL) : base;
    BpeTokenizer tokenizer = Tokenizers.load(base);
    int threads = Runtime.getRuntime().availableProcessors();
    NgramModel ngram = ngram(splits.resolve(Part.TRAIN.file()), tokenizer, context.progress());
    Evaluator evaluator =
        new Evaluator(
            tokenizer,
            new Evaluator.Options(BATCH, MIXTURE_TOKENS, recipe.methods(), recipe.documentations()),
            context.progress());
    try (CpuRunner baseRunner = CpuRunner.open(base, threads);
        CpuRunner chatRunner = CpuRunner.open(chat, threads);
        Generator engine = Engine.open(chat, tokenizer, EngineOptions.DEFAULT)) {
      Evaluation evaluation =
          evaluator.evaluate(
              new Evaluator.Subject(
                  baseRunner,
                  ngram,
                  chatRunner,
                  new Answers(engine, recipe.maxNewTokens())::answer,
                  documents(splits.resolve(Part.TEST.file())),
                  documents(splits.resolve(Part.VALIDATION.file())),
                  pairs(context)));
      AtomicFile.writeString(context.output().resolve(EVALUATION), Json.pretty(evaluation));
    }
  }

  private List<InstructionPair> pairs(StageContext context) {
    return tuned
        ? SftStage.some(
            PairFile.read(context.input(SftStage.NAME).resolve(SftStage.TEST_PAIRS)), recipe.maxPairs())
        : List.of();
  }

  /// Each document in the form in which held-out documents are scored: the end of a text, then its tokens.
  private static NgramModel ngram(Path train, BpeTokenizer tokenizer, Progress progress) {
    progress.say("evaluate: counting the " + NGRAM_ORDER + "-gram baseline on the train split");
    List<int[]> sequences = new ArrayList<>();
    for (Document document : documents(train)) {
      int[] ids = tokenizer.encode(document.text());
      int[] sequence = new int[ids.length + 1];
      sequence[0] = tokenizer.endOfText();
      System.arraycopy(ids, 0, sequence, 1, ids.length);
      sequences.add(sequence);
    }
    return NgramModel.train(sequences, tokenizer.vocabSize(), NGRAM_ORDER);
  }

  private static List<Document> documents(Path file) {
    try (Stream<Document> stream = DocumentFile.read(file)) {
      return stream.toList();
    }
  }
}
