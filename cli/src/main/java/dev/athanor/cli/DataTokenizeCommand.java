package dev.athanor.cli;

import dev.athanor.base.UserException;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.cli.tokenizer.TokenizerPlace;
import dev.athanor.data.mixture.Mixture;
import dev.athanor.data.shard.DocumentParts;
import dev.athanor.data.shard.TokensRecipe;
import dev.athanor.data.shard.TrainingShards;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "tokenize",
    description = {
      "Documents → shards of tokens, packed into rows and mixed, that a model is trained from.",
      "",
      "Run again, finished shards are kept and an interrupted one goes on; another mixture tokenises nothing anew. The same documents give"
          + " the same bytes on any number of threads."
    },
    sortOptions = false,
    footer = {
      "",
      "best-fit     a document that fits into a row is never cut (Ding et al. 2024)",
      "concatenate  documents end to end, cut where a row is full",
      "",
      "Examples:",
      "  athanor data tokenize corpora/web --tokenizer tokenizers/mine --output shards/web",
      "  athanor data tokenize corpora/web --tokenizer models/qwen --context-length 4096 --mixture mixture.yaml --output shards/web",
      "  athanor data shards inspect shards/web --row 0"
    })
final class DataTokenizeCommand implements Callable<Integer> {
  /// Where a data run has its documents.
  private static final String DOCUMENTS = "documents";

  @Parameters(paramLabel = "<documents>", description = "a data run's folder, or one with files of documents (.jsonl.gz, .jsonl.zst)")
  @Nullable Path documents;

  @Option(
      names = "--tokenizer", required = true,
      paramLabel = "<path>",
      description = "a folder, its tokenizer.json, a tokenizer.model, or a .gguf file")
  @Nullable Path tokenizer;

  @Option(
      names = "--context-length",
      paramLabel = "<n>", defaultValue = "2048",
      description = "tokens of a row (default: ${DEFAULT-VALUE})")
  String contextLength = "2048";

  @Option(
      names = "--packing",
      paramLabel = "best-fit|concatenate", defaultValue = "best-fit",
      description = "how documents are laid into rows (default: ${DEFAULT-VALUE})")
  String packing = "best-fit";

  @Option(
      names = "--mixture",
      paramLabel = "<file>",
      description = "what is wanted of which group, a YAML file such as {by: [source], weights: {web: 3, code: 1}}"
          + " (default: every document once)")
  @Nullable Path mixture;

  @Option(
      names = "--shard-tokens",
      paramLabel = "<n>", defaultValue = "100M",
      description = "that a file holds, about (default: ${DEFAULT-VALUE})")
  String shardTokens = "100M";

  @Option(
      names = "--seed",
      paramLabel = "<n>", defaultValue = "1",
      description = "of the packing and the order (default: ${DEFAULT-VALUE})")
  long seed;

  @Option(names = "--threads", paramLabel = "<n>", description = "that tokenise (default: all processors)")
  @Nullable Integer threads;

  @Option(names = "--output", required = true, paramLabel = "<folder>", description = "where to write")
  @Nullable Path output;

  private final Terminal terminal;

  DataTokenizeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path from = Objects.requireNonNull(documents, "picocli requires it");
    Path model = Objects.requireNonNull(tokenizer, "picocli requires it");
    int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    if (workers < 1) {
      throw new UserException("--threads: at least 1, not " + workers);
    }
    Mixture wanted = mixture == null ? Mixture.NATURAL : Recipes.read(mixture, Mixture.class);
    var request =
        new TrainingShards.Request(
            Objects.requireNonNull(output, "picocli requires it"), model.toString(), tokens(model), wanted, workers, seed);
    DocumentParts parts = DocumentParts.ofFolder(Files.isDirectory(from.resolve(DOCUMENTS)) ? from.resolve(DOCUMENTS) : from);
    TrainingShards.Description made = TrainingShards.make(request, TokenizerPlace.open(model), parts, terminal.progress());
    made.lines().forEach(terminal.out()::println);
    terminal.out().flush();
    return 0;
  }

  /// Numbers are read as in a recipe, and refused in its words.
  private TokensRecipe tokens(Path model) {
    List<String> set = List.of("shard_tokens=" + shardTokens, "packing=" + packing, "context_length=" + contextLength);
    TokensRecipe read = Recipes.parse("command line", "tokenizer: named", TokensRecipe.class, set);
    return new TokensRecipe(model.toString(), read.shardTokens(), read.packing(), read.contextLength());
  }
}
