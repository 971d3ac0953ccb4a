package dev.athanor.inference;

import dev.athanor.model.DecoderSpec;
import dev.athanor.model.WeightNames;
import java.util.List;
import java.util.Optional;

/// A range of a decoder's blocks with their weights packed, as a walk: embedding where it begins here, the parts of the blocks one
/// after the other, head where it ends here. All members of a team walk it together, each over its share of the rows (norms, rotation),
/// the heads or channels (attention, recurrences) or the weights' rows (products), and meet where one reads what others wrote.
final class PackedDecoder {
  private final Scratch scratch = new Scratch();
  private final LoraSites sites = new LoraSites();
  private final Stream stream;
  private final Optional<TokenEmbedding> embedding;
  private final List<Rotation> rotations;
  private final List<Residual> steps;
  private final Optional<OutputHead> head;

  PackedDecoder(Weights weights, HeapKv memory, BlockRange range) {
    DecoderSpec spec = weights.decoder();
    stream = Stream.of(spec.hiddenSize(), scratch);
    Optional<PackedMatrix> table =
        range.isFirst() || (range.isLast() && spec.tiedHead())
            ? Optional.of(weights.packHead(weights.affine(WeightNames.embedding())))
            : Optional.empty();
    embedding =
        range.isFirst()
            ? table.map(rows -> TokenEmbedding.of(weights, rows, stream, scratch.frame()))
            : Optional.empty();
    BlockLoader blocks = new BlockLoader(weights, spec.stack(), memory, stream, scratch, sites);
    steps = blocks.steps(range);
    rotations = blocks.rotations();
    head = range.isLast() ? Optional.of(new OutputHead(weights, spec, table, stream, sites)) : Optional.empty();
  }

  /// Makes room for a pass, before its members begin.
  void fit(Batch batch) {
    scratch.fit(batch.tokens());
    head.ifPresent(own -> own.fit(batch.wanted()));
    sites.fit(batch);
  }

  /// Where adapters may add to it.
  LoraSites sites() {
    return sites;
  }

  /// Puts what the blocks before have made where the members will find it.
  void take(Batch batch, float[] hidden) {
    for (int row = 0; row < batch.tokens(); row++) {
      System.arraycopy(hidden, row * stream.hidden(), stream.x().data(), row * stream.stride(), stream.hidden());
    }
  }

  void run(Share share) {
    if (embedding.isPresent()) {
      embedding.get().run(share);
    }
    for (Rotation rotation : rotations) {
      rotation.prepare(share);
    }
    for (Residual step : steps) {
      step.run(share);
    }
    if (head.isPresent()) {
      head.get().run(share);
    }
  }

  /// The hidden states that the last pass made, a row a token.
  float[] hidden(Batch batch) {
    float[] hidden = new float[batch.tokens() * stream.hidden()];
    for (int row = 0; row < batch.tokens(); row++) {
      System.arraycopy(stream.x().data(), row * stream.stride(), hidden, row * stream.hidden(), stream.hidden());
    }
    return hidden;
  }

  /// What the last pass made, valid until the next.
  Logits logits(Batch batch) {
    return head.orElseThrow().logits(batch.wanted());
  }
}
