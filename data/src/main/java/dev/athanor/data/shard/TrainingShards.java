package dev.athanor.data.shard;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.data.mixture.Mixture;
import dev.athanor.data.mixture.MixturePlan;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.Tokenizers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A folder that a model can be trained from: token shards, their rows, the mixture, and the tokenizer.
///
/// | there | what |
/// |---|---|
/// | `shards.json`, `shard-000000.tokens`, … | the documents' tokens: [TokenShards] |
/// | `rows-2048-best-fit.bin` | what makes which row: [RowsFile] |
/// | `training.json` | [Description] |
/// | `tokenizer/` | whose ids they are |
public final class TrainingShards implements AutoCloseable {
  public static final String FILE = "training.json";
  public static final String TOKENIZER = "tokenizer";
  private static final int VERSION = 1;

  private final TokenShards shards;
  private final RowsFile rowsFile;
  private final MixedRows rows;
  private final Description description;

  private TrainingShards(TokenShards shards, RowsFile rowsFile, MixedRows rows, Description description) {
    this.shards = shards;
    this.rowsFile = rowsFile;
    this.rows = rows;
    this.description = description;
  }

  /// @param tokenizerName for people: where it was read from
  /// @param threads that tokenise
  /// @param seed of the packing and the order
  public record Request(Path folder, String tokenizerName, TokensRecipe tokens, Mixture mixture, int threads, long seed) {}

  /// What is in the folder.
  ///
  /// @param version of this layout
  /// @param fingerprint of all tokens in their order: [ShardIndex#fingerprint]
  /// @param documents of all shards
  /// @param tokens end-of-text tokens included
  /// @param utf8Bytes of the documents' text
  /// @param rowsFile its name
  /// @param padding the share of all rows' places that hold nothing
  /// @param rowsPerPass rows that the mixture takes in a pass
  /// @param maxDeviation the largest difference between a wanted share and what it came to
  public record Description(
      int version,
      String fingerprint,
      long seed,
      ShardTokenizer tokenizer,
      int shards,
      long documents,
      long tokens,
      long utf8Bytes,
      String rowsFile,
      RowsSummary rows,
      double padding,
      long rowsPerPass,
      double maxDeviation,
      MixturePlan mixture) {
    /// For people.
    public List<String> lines() {
      List<String> lines = new ArrayList<>();
      lines.add(
          String.format(
              Locale.ROOT, "%,d documents, %,d tokens of %s (%.3f bytes a token) in %d shards", documents, tokens, tokenizer.name(),
              tokens == documents ? 0 : (double) utf8Bytes / (double) (tokens - documents), shards));
      lines.add(
          String.format(
              Locale.ROOT, "%,d rows of %,d tokens, %s: %.3f %% padding; %,d documents are cut, %,d of them would fit into a row",
              rows.rows(), rows.length(), rows.packing() == Packing.BEST_FIT ? "best fit" : "concatenated", 100 * padding, rows.cut(),
              rows.cutNeedlessly()));
      lines.add(String.format(Locale.ROOT, "%,d rows a pass of the mixture:", rowsPerPass));
      lines.addAll(mixture.lines());
      return lines;
    }
  }

  /// Makes the folder, or what is missing of it: finished shards and rows are kept, those interrupted go on. The mixture can be changed
  /// without tokenising anew, as long as its groups are the same.
  ///
  /// @throws UserException when the folder holds shards of other documents or another tokenizer, or the mixture cannot be
  public static Description make(Request request, Tokenizer tokenizer, DocumentParts documents, Progress progress) {
    Path folder = request.folder;
    ShardTokenizer identity = ShardTokenizer.of(request.tokenizerName, tokenizer);
    TokensRecipe recipe = request.tokens;
    var settings = new TokenShardWriter.Settings(recipe.shardTokens(), request.mixture.grouping(), request.threads);
    ShardIndex index = TokenShardWriter.write(folder, identity, tokenizer, documents, settings, progress);
    Tokenizers.save(tokenizer, folder.resolve(TOKENIZER));
    // Before the rows, which take longer: what is wrong with the mixture is said at once.
    MixturePlan plan = MixturePlan.of(index.groupSizes(), request.mixture);
    plan.notes().forEach(note -> progress.say("mixture: " + note));
    String name = "rows-%d-%s.bin".formatted(recipe.contextLength(), recipe.packing() == Packing.BEST_FIT ? "best-fit" : "concatenate");
    try (TokenShards shards = TokenShards.open(folder)) {
      RowsWriter.clean(folder.resolve(name));
      if (!isMade(folder.resolve(name), shards, request.seed)) {
        RowsWriter.write(folder.resolve(name), shards, recipe.contextLength(), recipe.packing(), request.seed, progress);
      }
      try (RowsFile rowsFile = RowsFile.open(folder.resolve(name), shards)) {
        var description =
            new Description(
                VERSION,
                index.fingerprint(),
                request.seed,
                identity,
                index.shards().size(),
                index.documents(),
                index.tokens(),
                index.utf8Bytes(),
                name,
                rowsFile.summary(),
                rowsFile.summary().padding(),
                new MixedRows(rowsFile, plan, request.seed).rowsPerPass(),
                plan.maxDeviation(),
                plan);
        AtomicFile.writeString(folder.resolve(FILE), Json.pretty(description));
        return description;
      }
    }
  }

  private static boolean isMade(Path file, TokenShards shards, long seed) {
    if (!Files.exists(file)) {
      return false;
    }
    try (RowsFile rows = RowsFile.open(file, shards)) {
      return rows.seed() == seed;
    } catch (UserException e) {
      // Damaged, or of shards that were there before.
      return false;
    }
  }

  /// @throws UserException when nothing is there, or something is missing or damaged
  public static Description describe(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      throw new UserException("nothing to train on in " + folder + ": it holds no " + FILE + "; athanor data tokenize makes one");
    }
    int version = Json.readFile(file).path("version").asInt(0);
    if (version != VERSION) {
      throw new UserException(file + ": version " + version + " of training shards; this program reads version " + VERSION);
    }
    return Json.readFile(file, Description.class);
  }

  /// @throws UserException when nothing is there, or something is missing or damaged
  @SuppressWarnings("MustBeClosedChecker") // what is opened lives as long as this, whose close() ends it
  public static TrainingShards open(Path folder) {
    Description description = describe(folder);
    TokenShards shards = TokenShards.open(folder);
    try {
      RowsFile rowsFile = RowsFile.open(folder.resolve(description.rowsFile()), shards);
      return new TrainingShards(shards, rowsFile, new MixedRows(rowsFile, description.mixture(), description.seed()), description);
    } catch (RuntimeException e) {
      shards.close();
      throw e;
    }
  }

  public Description description() {
    return description;
  }

  public TokenShards shards() {
    return shards;
  }

  /// The rows in the order of training.
  public MixedRows rows() {
    return rows;
  }

  @Override
  public void close() {
    rowsFile.close();
    shards.close();
  }
}
