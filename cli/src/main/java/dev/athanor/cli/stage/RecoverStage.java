package dev.athanor.cli.stage;

import dev.athanor.base.UserException;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.base.run.Stage;
import dev.athanor.base.run.StageContext;
import dev.athanor.data.TokenFile;
import dev.athanor.data.split.Part;
import dev.athanor.model.CheckpointDir;
import dev.athanor.nn.Parameters;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.Tokenizers;
import dev.athanor.train.HeldOutScore;
import dev.athanor.train.LabelledBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// An encoder or an encoder-decoder → how much it makes good of held-out files that its own objective has spoilt. Takes the place of
/// [EvaluateStage], whose figures need a model that writes token by token.
record RecoverStage(Recipe.Pretrain recipe, long seed) implements Stage {
  static final String NAME = EvaluateStage.NAME;
  static final String RECOVERY = "recovery";
  private static final long TOKENS = 200_000;
  private static final int ROWS = 8;

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
    return Map.of("pretrain", Recipes.toTree(recipe), "seed", seed);
  }

  @Override
  public List<String> inputs() {
    return List.of(SplitStage.NAME, PretrainStage.NAME);
  }

  /// @param files that were read
  /// @param tokens that were to be predicted
  record Recovery(String objective, long files, long tokens, double loss, double perplexity, double accuracy) {}

  @Override
  public void run(StageContext context) throws IOException {
    Path model = context.input(PretrainStage.NAME).resolve(PretrainStage.MODEL);
    BpeTokenizer tokenizer = Tokenizers.load(model);
    Path tokens = context.output().resolve("test.tokens");
    TokenizerStage.tokenise(context.input(SplitStage.NAME).resolve(Part.TEST.file()), tokens, tokenizer, context);
    try (TokenFile file = TokenFile.open(tokens);
        CheckpointDir folder = CheckpointDir.open(model);
        Parameters parameters = Parameters.of(folder)) {
      List<LabelledBatch> batches = new PretrainData(recipe, tokenizer, ROWS, seed).fixed(file, TOKENS);
      if (batches.isEmpty()) {
        throw new UserException("evaluate: the test split holds no text; raise curate.test_share or add sources");
      }
      HeldOutScore score =
          HeldOutScore.of(folder.spec(), parameters, batches, Runtime.getRuntime().availableProcessors());
      Recovery recovery =
          new Recovery(
              recipe.objective(), file.documents(), score.learned(), score.loss(), score.perplexity(), score.accuracy());
      context
          .progress()
          .say(
              String.format(
                  Locale.ROOT,
                  "evaluate: %s on held-out files: loss %.3f, perplexity %.2f, %.1f %% of %d tokens right",
                  recovery.objective(),
                  recovery.loss(),
                  recovery.perplexity(),
                  100 * recovery.accuracy(),
                  recovery.tokens()));
      context.metric(RECOVERY, recovery);
    }
    Files.delete(tokens);
  }
}
