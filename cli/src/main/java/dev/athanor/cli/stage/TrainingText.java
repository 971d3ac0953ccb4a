package dev.athanor.cli.stage;

import dev.athanor.data.TokenFile;
import dev.athanor.data.shard.ShardTokenizer;
import dev.athanor.data.shard.TrainingShards;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.train.BatchSource;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What a model is pre-trained on, open: the train split's tokens, or shards that stand in its place.
sealed interface TrainingText extends AutoCloseable {
  /// @param shards null for the train split
  /// @param tokens of the tokenizer stage
  /// @throws dev.athanor.base.UserException when it is missing or damaged, or of another tokenizer
  @SuppressWarnings("MustBeClosedChecker") // the caller closes what is returned, and with it the shards
  static TrainingText open(@Nullable Path shards, Path tokens, BpeTokenizer tokenizer) {
    if (shards == null) {
      return new Split(TokenFile.open(tokens.resolve(TokenizerStage.TRAIN)));
    }
    TrainingShards open = TrainingShards.open(shards);
    try {
      open.shards().require(ShardTokenizer.of("the run's tokenizer", tokenizer));
    } catch (RuntimeException e) {
      open.close();
      throw e;
    }
    return new Packed(open);
  }

  /// Micro-batches of it.
  BatchSource with(PretrainData data);

  @Override
  void close();

  record Split(TokenFile file) implements TrainingText {
    @Override
    public BatchSource with(PretrainData data) {
      return data.of(file);
    }

    @Override
    public void close() {
      file.close();
    }
  }

  record Packed(TrainingShards shards) implements TrainingText {
    @Override
    public BatchSource with(PretrainData data) {
      return data.of(shards.rows());
    }

    @Override
    public void close() {
      shards.close();
    }
  }
}
