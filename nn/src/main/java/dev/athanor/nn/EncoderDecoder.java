package dev.athanor.nn;

import dev.athanor.model.EncoderDecoderSpec;
import dev.athanor.model.WeightNames;
import dev.athanor.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An encoder and a decoder that attends to it.
public final class EncoderDecoder implements Network {
  private static final long[] NO_TYPES = {};
  /// The decoder drops at other places than the encoder.
  private static final int DECODER_SEED = 0x5eed;

  private final EncoderDecoderSpec spec;
  private final Parameters parameters;
  private final TokenEmbedding sources;
  private final TokenEmbedding targets;
  private final BlockChain encoder;
  private final BlockChain decoder;

  public EncoderDecoder(EncoderDecoderSpec spec, Parameters parameters) {
    this.spec = spec;
    this.parameters = parameters;
    sources = new TokenEmbedding(spec.embedding(), spec.encoder().norm(), WeightNames.ENCODER, parameters);
    targets = new TokenEmbedding(spec.embedding(), spec.decoder().norm(), WeightNames.DECODER, parameters);
    encoder = new BlockChain(spec.encoder(), WeightNames.ENCODER, parameters);
    decoder = new BlockChain(spec.decoder(), WeightNames.DECODER, parameters);
  }

  @Override
  public EncoderDecoderSpec spec() {
    return spec;
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  /// @throws IllegalArgumentException with a checkpointing mode: two chains that meet in every block have no single way back
  @Override
  public Hidden hidden(Batch batch, Mode mode) {
    return switch (batch) {
      case SeqToSeqBatch pairs -> hidden(pairs, mode);
      case TokenBatch _, ImageTextBatch _ -> throw new IllegalArgumentException("an encoder-decoder reads pairs of sequences");
    };
  }

  private Hidden hidden(SeqToSeqBatch pairs, Mode mode) {
    if (mode.checkpointing()) {
      throw new IllegalArgumentException("activation checkpointing is for chains of blocks, not for encoder-decoders");
    }
    RouterLosses routers = new RouterLosses();
    Pass.Memory memory = encode(pairs.source(), mode.dropout(), routers);
    Sequences sequences = Sequences.of(pairs.target());
    Dropout dropout = mode.dropout().reseeded(DECODER_SEED);
    Tensor x_NC = dropout.apply(targets.complete(targets.rows(pairs.target().ids()), sequences, NO_TYPES), 0);
    return new Hidden(decoder.forward(x_NC, new Pass(sequences, memory, dropout, routers)), routers);
  }

  private Pass.Memory encode(TokenBatch batch, Dropout dropout, RouterLosses routers) {
    Sequences sequences = Sequences.of(batch);
    Tensor x_MC = dropout.apply(sources.complete(sources.rows(batch.ids()), sequences, NO_TYPES), 0);
    return new Pass.Memory(encoder.forward(x_MC, new Pass(sequences, null, dropout, routers)), sequences);
  }

  /// The hidden states of sources, [M, hidden].
  public Tensor encode(TokenBatch batch) {
    return encode(batch, Dropout.NONE, new RouterLosses()).hidden_MC();
  }

  /// An empty cache for one target.
  public Cache newCache() {
    return decoder.newCache();
  }

  /// Feeds the next tokens of targets and fills their caches; for generation, without gradients.
  ///
  /// @param source what they attend to, with the first tokens; null once the caches have it
  /// @return hidden states of those tokens, [N, hidden]
  public Tensor next(@Nullable TokenBatch source, TokenBatch more, List<Cache> caches) {
    Pass.Memory memory = source == null ? null : encode(source, Dropout.NONE, new RouterLosses());
    Sequences sequences = Decoder.continued(more, caches);
    Tensor x_NC = targets.complete(targets.rows(more.ids()), sequences, NO_TYPES);
    Tensor hidden;
    try (Pass pass = Pass.continued(sequences, caches, memory)) {
      hidden = decoder.forward(x_NC, pass);
    }
    int at = 0;
    for (int i = 0; i < caches.size(); i++) {
      caches.get(i).append(Arrays.copyOfRange(more.ids(), at, at + more.lengths()[i]));
      at += more.lengths()[i];
    }
    return hidden;
  }

  @Override
  public OutputHead head() {
    return Decoder.head(spec.head(), parameters);
  }
}
