package dev.athanor.nn;

import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Head;
import dev.athanor.model.WeightNames;
import dev.athanor.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A decoder as a chain: embedding, blocks, final norm, head. Interprets a [DecoderSpec].
public final class Decoder implements Network {
  private static final long[] NO_TYPES = {};

  private final DecoderSpec spec;
  private final Parameters parameters;
  private final TokenEmbedding embedding;
  private final Lookups lookups;
  private final BlockChain blocks;

  public Decoder(DecoderSpec spec, Parameters parameters) {
    this.spec = spec;
    this.parameters = parameters;
    embedding = new TokenEmbedding(spec.embedding(), spec.norm(), WeightNames.MODEL, parameters);
    lookups = new Lookups(spec, parameters);
    blocks = new BlockChain(spec.stack(), WeightNames.MODEL, parameters);
  }

  @Override
  public DecoderSpec spec() {
    return spec;
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  @Override
  public Hidden hidden(Batch batch, Mode mode) {
    return switch (batch) {
      case TokenBatch sequences -> hidden(sequences, mode);
      case SeqToSeqBatch _, ImageTextBatch _ ->
          throw new IllegalArgumentException("a decoder alone reads sequences of tokens, nothing beside them");
    };
  }

  private Hidden hidden(TokenBatch batch, Mode mode) {
    Sequences sequences = Sequences.of(batch);
    return run(() -> embed(batch.ids(), sequences), sequences, mode);
  }

  /// The blocks over embeddings that may not come from tokens alone.
  Hidden run(Supplier<Tensor> embed, Sequences sequences, Mode mode) {
    RouterLosses routers = new RouterLosses();
    Supplier<Tensor> dropped = () -> mode.dropout().apply(embed.get(), 0);
    if (mode.checkpointing()) {
      return Hidden.checkpointed(
          dropped,
          blocks.size(),
          (index, x, own) -> blocks.block(index, x, new Pass(sequences, null, null, mode.dropout(), own)),
          routers,
          blocks::finish);
    }
    return new Hidden(blocks.forward(dropped.get(), new Pass(sequences, null, null, mode.dropout(), routers)), routers);
  }

  /// Token embeddings with all that is added to them.
  Tensor embed(long[] ids, Sequences sequences) {
    Tensor rows = embedding.rows(ids);
    return embedding.complete(lookups.isEmpty() ? rows : lookups.add(rows, ids, sequences.lengths()), sequences, NO_TYPES);
  }

  /// The tokens' own embeddings, with nothing added.
  Tensor rows(long[] ids) {
    return embedding.rows(ids);
  }

  /// An empty cache for one sequence.
  public Cache newCache() {
    return blocks.newCache();
  }

  /// Feeds the next tokens of sequences and fills their caches; for generation, without gradients.
  ///
  /// @param more of each sequence, one after the other
  /// @return hidden states of those tokens, [N, hidden]
  public Tensor next(TokenBatch more, List<Cache> caches) {
    Sequences sequences = continued(more, caches);
    return next(embedContinued(more, caches, sequences), more, sequences, caches);
  }

  /// The same over embeddings that were made elsewhere.
  Tensor next(Tensor x_NC, TokenBatch more, Sequences sequences, List<Cache> caches) {
    Pass pass = new Pass(sequences, caches, null, Dropout.NONE, new RouterLosses());
    Tensor hidden = blocks.forward(x_NC, pass);
    int at = 0;
    for (int i = 0; i < caches.size(); i++) {
      caches.get(i).append(Arrays.copyOfRange(more.ids(), at, at + more.lengths()[i]));
      at += more.lengths()[i];
    }
    return hidden;
  }

  static Sequences continued(TokenBatch more, List<Cache> caches) {
    return new Sequences(more.lengths(), more.prefixes(), caches.stream().mapToInt(Cache::length).toArray());
  }

  private Tensor embedContinued(TokenBatch more, List<Cache> caches, Sequences sequences) {
    Tensor rows = embedding.rows(more.ids());
    return embedding.complete(lookups.isEmpty() ? rows : lookups.addContinued(rows, more, caches), sequences, NO_TYPES);
  }

  @Override
  public OutputHead head() {
    return head(spec.head(), parameters);
  }

  static OutputHead head(Head facts, Parameters parameters) {
    Tensor weight = parameters.get(facts.tied() ? WeightNames.embedding() : WeightNames.head());
    @Nullable Tensor bias = facts.bias() ? parameters.get(WeightNames.headBias()) : null;
    UnaryOperator<Tensor> prepare = facts.scale() == 1 ? UnaryOperator.identity() : x -> x.mul(facts.scale());
    return new OutputHead(weight, Optional.ofNullable(bias), facts.softcap(), prepare);
  }
}
