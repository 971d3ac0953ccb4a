package dev.athanor.data.engine;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Progress;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.base.run.Run;
import dev.athanor.data.engine.ShardReport.ShardFile;
import dev.athanor.data.mixture.Mixture;
import dev.athanor.data.shard.DocumentParts;
import dev.athanor.data.shard.TokensRecipe;
import dev.athanor.data.shard.TrainingShards;
import dev.athanor.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;

/// A data recipe on its way from sources to shards of documents, in one folder:
///
/// | there | what |
/// |---|---|
/// | `documents/` | the shards, with `manifest.json` |
/// | `shards/` | tokens and rows to train from, where the recipe has `tokens` |
/// | `recipe.yaml` | the recipe, every default said |
/// | `report.json` | what each step did |
/// | `artifacts/`, `work/` | every pass and decision, finished and under way |
///
/// Run again, what is finished is reused, what was interrupted goes on shard by shard.
public final class DataRun {
  public static final String DOCUMENTS = "documents";
  public static final String SHARDS = "shards";
  public static final String MANIFEST = "manifest.json";
  public static final String RECIPE = "recipe.yaml";
  public static final String REPORT = "report.json";

  private final DataRecipe recipe;
  private final Path folder;
  private final Path output;
  private final Engine engine;
  private final String codeVersion;

  /// @param folder that the recipe's relative paths start from
  /// @param output where the run lives
  public DataRun(DataRecipe recipe, Path folder, Path output, Engine engine, String codeVersion) {
    this.recipe = recipe;
    this.folder = folder;
    this.output = output;
    this.engine = engine;
    this.codeVersion = codeVersion;
  }

  /// What the manifest of the documents says.
  ///
  /// @param shards by file name, in order
  public record Manifest(String name, long documents, long bytes, SortedMap<String, ShardFile> shards) {}

  /// Runs whatever is not there yet.
  ///
  /// @throws dev.athanor.base.UserException when sources or files of steps cannot be read, or the disk is full
  public DataReport run(Progress progress) throws InterruptedException {
    var curation = new Curation(recipe, folder, engine, false);
    curation.check();
    try (Run run = Run.open(output, progress, codeVersion)) {
      AtomicFile.writeString(output.resolve(RECIPE), Recipes.toYaml(recipe));
      return curation.publish(run.execute(curation.stages()).stages(), output);
    }
  }

  /// Makes token shards and rows of the documents, if the recipe asks for them; finished shards are kept, interrupted ones go on.
  public Optional<TrainingShards.Description> tokenise(Progress progress) {
    TokensRecipe tokens = recipe.tokens();
    if (tokens == null) {
      return Optional.empty();
    }
    Mixture mixture = Objects.requireNonNullElse(recipe.mixture(), Mixture.NATURAL);
    Path tokenizer = folder.resolve(tokens.tokenizer());
    var request =
        new TrainingShards.Request(output.resolve(SHARDS), tokens.tokenizer(), tokens, mixture, recipe.limits().threadCount(), recipe.seed());
    DocumentParts documents = DocumentParts.ofFolder(output.resolve(DOCUMENTS));
    return Optional.of(TrainingShards.make(request, Tokenizers.open(tokenizer), documents, progress));
  }
}
