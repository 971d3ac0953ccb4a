package dev.athanor.inference;

import dev.athanor.base.UserException;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Embedding;
import dev.athanor.model.Positions;
import dev.athanor.model.WeightNames;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// From tokens to the residual stream: each one's row, scaled, with what is looked up for it and what its position adds, perhaps
/// normalised.
final class TokenEmbedding {
  private final Embedding facts;
  private final Stream stream;
  private final PackedMatrix table;
  private final List<Lookup> lookups;
  private final List<Activations> found;
  /// Position p's at row p; empty where positions add nothing.
  private final float[] positions;
  /// Of the only token type that a decoder's tokens have; empty where there are none.
  private final float[] type;
  private final Optional<RowNorm> norm;

  TokenEmbedding(Weights weights, DecoderSpec spec, PackedMatrix table, Stream stream, Scratch.Frame frame) {
    facts = spec.embedding();
    this.stream = stream;
    this.table = table;
    lookups = Lookup.load(weights, table);
    found = lookups.stream().map(lookup -> frame.activations(lookup.width()).readBy(lookup.projection())).toList();
    positions =
        switch (facts.positions()) {
          case Positions.None _ -> new float[0];
          case Positions.Learned learned -> positions(weights, spec, learned);
        };
    type =
        facts.tokenTypes() > 0
            ? Arrays.copyOf(weights.floats(WeightNames.types(WeightNames.MODEL)), spec.hiddenSize())
            : new float[0];
    norm =
        facts.norm()
            ? Optional.of(RowNorm.load(weights, spec.norm(), WeightNames.embeddingNorm(WeightNames.MODEL)))
            : Optional.empty();
  }

  private static float[] positions(Weights weights, DecoderSpec spec, Positions.Learned learned) {
    int count = learned.rows() - learned.offset();
    if (count < spec.contextLength()) {
      throw new UserException(
          "%s has %d learned positions, fewer than its context of %d tokens"
              .formatted(weights.source(), count, spec.contextLength()));
    }
    float[] all = weights.floats(WeightNames.positions(WeightNames.MODEL));
    return Arrays.copyOfRange(all, learned.offset() * spec.hiddenSize(), all.length);
  }

  void run(Share share) {
    float[] x = stream.x().data();
    for (int row = share.from(); row < share.to(); row++) {
      int at = row * stream.stride();
      table.row(share.batch().id(row), x, at);
      if (facts.scale() != 1) {
        Kernels.scale(x, at, (float) facts.scale(), stream.hidden());
      }
    }
    for (int i = 0; i < lookups.size(); i++) {
      lookUp(share, lookups.get(i), found.get(i));
    }
    for (int row = share.from(); row < share.to(); row++) {
      complete(share.batch().position(row), x, row * stream.stride());
    }
  }

  private void lookUp(Share share, Lookup lookup, Activations into) {
    Batch batch = share.batch();
    for (int row = share.from(); row < share.to(); row++) {
      lookup.find(batch.cache(row), batch.position(row), into, row, batch.alone());
    }
    share.barrier();
    lookup.projection().multiply(share, into, stream.out(), stream.stride());
    share.barrier();
    for (int row = share.from(); row < share.to(); row++) {
      int at = row * stream.stride();
      Kernels.add(stream.x().data(), at, stream.out().data(), at, stream.hidden());
    }
  }

  private void complete(int position, float[] x, int at) {
    if (positions.length > 0) {
      Kernels.add(x, at, positions, position * stream.hidden(), stream.hidden());
    }
    if (type.length > 0) {
      Kernels.add(x, at, type, 0, stream.hidden());
    }
    if (norm.isPresent()) {
      norm.get().apply(x, at, x, at);
    }
  }
}
