package dev.athanor.inference;

import dev.athanor.model.DecoderSpec;
import dev.athanor.model.WeightNames;
import java.util.List;

/// A decoder with its weights packed, as a walk: embedding, the parts of the blocks one after the other, head. All members of a team
/// walk it together, each over its share of the rows (norms, rotation), the heads or channels (attention, recurrences) or the
/// weights' rows (products), and meet where one reads what others wrote.
final class PackedDecoder {
  private final Scratch scratch = new Scratch();
  private final TokenEmbedding embedding;
  private final List<Rotation> rotations;
  private final List<Residual> steps;
  private final OutputHead head;

  PackedDecoder(Weights weights, HeapKv memory) {
    DecoderSpec spec = weights.decoder();
    Stream stream = Stream.of(spec.hiddenSize(), scratch);
    PackedMatrix table = weights.packHead(Affine.of(weights.tensor(WeightNames.embedding())));
    embedding = new TokenEmbedding(weights, spec, table, stream, scratch.frame());
    BlockLoader blocks = new BlockLoader(weights, memory, stream, scratch);
    steps = blocks.steps();
    rotations = blocks.rotations();
    head = new OutputHead(weights, spec, table, stream);
  }

  /// Makes room for a pass, before its members begin.
  void fit(Batch batch) {
    scratch.fit(batch.tokens());
    head.fit(batch.wanted());
  }

  void run(Share share) {
    embedding.run(share);
    for (Rotation rotation : rotations) {
      rotation.prepare(share);
    }
    for (Residual step : steps) {
      step.run(share);
    }
    head.run(share);
  }

  /// What the last pass made, valid until the next.
  Logits logits(Batch batch) {
    return head.logits(batch.wanted());
  }
}
