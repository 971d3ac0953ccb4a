package dev.athanor.inference;

import dev.athanor.base.UserException;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Embedding;
import dev.athanor.model.Norm;
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
  /// Of each token type; empty where there are none.
  private final float[] types;
  private final Optional<RowNorm> norm;

  /// A decoder's.
  static TokenEmbedding of(Weights weights, PackedMatrix table, Stream stream, Scratch.Frame frame) {
    DecoderSpec spec = weights.decoder();
    return new TokenEmbedding(
        weights, spec.embedding(), spec.norm(), spec.contextLength(), Lookup.load(weights, table), table, stream, frame);
  }

  /// @param contextLength that learned positions must reach
  /// @param lookups of the model
  TokenEmbedding(
      Weights weights,
      Embedding facts,
      Norm norms,
      int contextLength,
      List<Lookup> lookups,
      PackedMatrix table,
      Stream stream,
      Scratch.Frame frame) {
    this.facts = facts;
    this.stream = stream;
    this.table = table;
    this.lookups = lookups;
    found = lookups.stream().map(lookup -> frame.activations(lookup.width()).readBy(lookup.projection())).toList();
    positions =
        switch (facts.positions()) {
          case Positions.None _ -> new float[0];
          case Positions.Learned learned -> positions(weights, contextLength, stream.hidden(), learned);
        };
    types = facts.tokenTypes() > 0 ? weights.floats(WeightNames.types(WeightNames.MODEL)) : new float[0];
    norm =
        facts.norm()
            ? Optional.of(RowNorm.load(weights, norms, WeightNames.embeddingNorm(WeightNames.MODEL)))
            : Optional.empty();
  }

  private static float[] positions(Weights weights, int contextLength, int hidden, Positions.Learned learned) {
    int count = learned.rows() - learned.offset();
    if (count < contextLength) {
      throw new UserException(
          "%s has %d learned positions, fewer than its context of %d tokens"
              .formatted(weights.source(), count, contextLength));
    }
    float[] all = weights.floats(WeightNames.positions(WeightNames.MODEL));
    return Arrays.copyOfRange(all, learned.offset() * hidden, all.length);
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
      complete(share.batch().position(row), share.batch().type(row), x, row * stream.stride());
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

  private void complete(int position, int type, float[] x, int at) {
    if (positions.length > 0) {
      Kernels.add(x, at, positions, position * stream.hidden(), stream.hidden());
    }
    if (types.length > 0) {
      Kernels.add(x, at, types, type * stream.hidden(), stream.hidden());
    }
    if (norm.isPresent()) {
      norm.get().apply(x, at, x, at);
    }
  }
}
