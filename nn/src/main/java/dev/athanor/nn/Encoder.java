package dev.athanor.nn;

import dev.athanor.model.EncoderSpec;
import dev.athanor.model.EncoderSpec.Top;
import dev.athanor.model.WeightNames;
import dev.athanor.tensor.Tensor;
import java.util.Optional;
import java.util.OptionalDouble;

/// An encoder with what stands on it: hidden states, one vector a sequence, logits over the vocabulary, or labels' scores.
public final class Encoder implements Network {
  private static final long[] NO_TYPES = {};

  private final EncoderSpec spec;
  private final Parameters parameters;
  private final TokenEmbedding embedding;
  private final BlockChain blocks;

  public Encoder(EncoderSpec spec, Parameters parameters) {
    this.spec = spec;
    this.parameters = parameters;
    embedding = new TokenEmbedding(spec.embedding(), spec.stack().norm(), WeightNames.MODEL, parameters);
    blocks = new BlockChain(spec.stack(), WeightNames.MODEL, parameters);
  }

  @Override
  public EncoderSpec spec() {
    return spec;
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  @Override
  public Hidden hidden(Batch batch, Mode mode) {
    return switch (batch) {
      case TokenBatch sequences -> hidden(sequences, NO_TYPES, mode);
      case SeqToSeqBatch _, ImageTextBatch _ ->
          throw new IllegalArgumentException("an encoder reads sequences of tokens, nothing beside them");
    };
  }

  /// @param types of the tokens, such as 0 in the first and 1 in the second of two sentences; empty where all are 0
  public Hidden hidden(TokenBatch batch, long[] types, Mode mode) {
    Sequences sequences = Sequences.of(batch);
    java.util.function.Supplier<Tensor> embed =
        () -> mode.dropout().apply(embedding.complete(embedding.rows(batch.ids()), sequences, types), 0);
    RouterLosses routers = new RouterLosses();
    if (mode.checkpointing()) {
      return Hidden.checkpointed(
          embed,
          blocks.size(),
          (index, x, own) -> blocks.block(index, x, new Pass(sequences, null, mode.dropout(), own)),
          routers,
          blocks::finish);
    }
    return new Hidden(
        blocks.forward(embed.get(), new Pass(sequences, null, mode.dropout(), routers)), routers);
  }

  /// `tanh(dense(first token))` of each sequence, [sequences, hidden]; for models with a pooler.
  public Tensor pooled(Tensor hidden_NC, TokenBatch batch) {
    long[] firsts = new long[batch.lengths().length];
    int at = 0;
    for (int i = 0; i < firsts.length; i++) {
      firsts[i] = at;
      at += batch.lengths()[i];
    }
    Tensor first = hidden_NC.indexSelect(0, Tensor.of(firsts, firsts.length));
    return Affine.linear(parameters, WeightNames.pooler(), true, first).tanh();
  }

  /// A masked language model's head or a classifier's of tokens, over hidden states, or a classifier's, over what is [#pooled].
  ///
  /// @throws IllegalArgumentException when the model ends in hidden states
  @Override
  public OutputHead head() {
    return switch (spec.top()) {
      case Top.MaskedLm lm ->
          new OutputHead(
              parameters.get(WeightNames.embedding()),
              Optional.of(parameters.get(WeightNames.headBias())),
              OptionalDouble.empty(),
              x -> transform(lm, x));
      case Top.Classifier _, Top.TokenClassifier _ ->
          new OutputHead(
              parameters.get(WeightNames.weight(WeightNames.classifier())),
              Optional.of(parameters.get(WeightNames.bias(WeightNames.classifier()))),
              OptionalDouble.empty(),
              x -> x);
      case Top.Hidden _, Top.Pooled _ -> throw new IllegalArgumentException("this encoder ends in hidden states: it has no head");
    };
  }

  private Tensor transform(Top.MaskedLm lm, Tensor x_NC) {
    Tensor dense = Affine.linear(parameters, WeightNames.headTransform(), true, x_NC);
    return Affine.norm(spec.stack().norm(), parameters, WeightNames.headNorm(), Affine.activate(lm.activation(), dense));
  }
}
