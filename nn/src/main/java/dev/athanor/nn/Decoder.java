package dev.athanor.nn;

import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Head;
import dev.athanor.model.WeightNames;
import dev.athanor.tensor.Scope;
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
          (index, x, own) -> blocks.block(index, x, new Pass(sequences, null, mode.dropout(), own)),
          routers,
          blocks::finish);
    }
    return new Hidden(blocks.forward(dropped.get(), new Pass(sequences, null, mode.dropout(), routers)), routers);
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
    return next(embed(more, caches), more, continued(more, caches), caches);
  }

  /// The same over embeddings that were made elsewhere.
  Tensor next(Tensor x_NC, TokenBatch more, Sequences sequences, List<Cache> caches) {
    Tensor hidden = finish(through(x_NC, sequences, caches, 0, blocks.size()));
    int at = 0;
    for (int i = 0; i < caches.size(); i++) {
      caches.get(i).append(Arrays.copyOfRange(more.ids(), at, at + more.lengths()[i]));
      at += more.lengths()[i];
    }
    return hidden;
  }

  static Sequences continued(TokenBatch more, List<? extends Past> pasts) {
    return new Sequences(more.lengths(), more.prefixes(), pasts.stream().mapToInt(Past::length).toArray());
  }

  /// The embeddings of the next tokens of sequences, [N, hidden], with all that is added to them.
  public Tensor embed(TokenBatch more, List<? extends Past> pasts) {
    Tensor rows = embedding.rows(more.ids());
    return embedding.complete(
        lookups.isEmpty() ? rows : lookups.addContinued(rows, more, pasts), continued(more, pasts), NO_TYPES);
  }

  /// The blocks `from` to `to` over the next tokens of sequences, without gradients; each block's own tensors are freed when it is done.
  public Tensor through(Tensor x_NC, TokenBatch more, List<? extends Past> pasts, int from, int to) {
    return through(x_NC, continued(more, pasts), pasts, from, to);
  }

  private Tensor through(Tensor x_NC, Sequences sequences, List<? extends Past> pasts, int from, int to) {
    try (Pass pass = Pass.continued(sequences, pasts, null)) {
      Tensor x = x_NC;
      for (int i = from; i < to; i++) {
        try (Scope scope = new Scope()) {
          x = scope.keep(blocks.block(i, x, pass));
        }
      }
      return x;
    }
  }

  /// What comes between the last block and the head.
  public Tensor finish(Tensor x_NC) {
    return blocks.finish(x_NC);
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
