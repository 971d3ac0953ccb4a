package dev.athanor.inference;

import static dev.athanor.inference.Lanes.LANES;

import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Head;
import dev.athanor.model.WeightNames;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// From the residual stream to the logits that are wanted: the final norm, the vocabulary's matrix, perhaps a cap.
final class OutputHead {
  private final Head facts;
  private final int vocabSize;
  private final Stream stream;
  private final Optional<RowNorm> finalNorm;
  private final PackedMatrix matrix;
  private final Activations in;
  private final Buffer logits;
  /// None where the matrix is the embedding too.
  private final Optional<LoraSite> site;

  /// @param embedding the matrix where it is tied; else it need not be there
  OutputHead(Weights weights, DecoderSpec spec, Optional<PackedMatrix> embedding, Stream stream, LoraSites sites) {
    facts = spec.head();
    vocabSize = spec.vocabSize();
    this.stream = stream;
    finalNorm =
        spec.stack().finalNorm()
            ? Optional.of(RowNorm.load(weights, spec.norm(), WeightNames.stackNorm(WeightNames.MODEL)))
            : Optional.empty();
    matrix = matrix(weights, embedding);
    site =
        facts.tied()
            ? Optional.empty()
            : Optional.of(sites.site(matrix, List.of(new LoraSite.Part(WeightNames.head(), 0, vocabSize, 0))));
    in = Activations.own(stream.hidden()).readBy(matrix);
    logits = new Buffer();
    logits.require(matrix.paddedRows(), 0);
  }

  private PackedMatrix matrix(Weights weights, Optional<PackedMatrix> embedding) {
    if (facts.tied() && !facts.bias()) {
      return embedding.orElseThrow();
    }
    Affine map = weights.affine(facts.tied() ? WeightNames.embedding() : WeightNames.head());
    return weights.packHead(facts.bias() ? map.plus(weights.floats(WeightNames.headBias())) : map);
  }

  /// Makes room for a pass.
  void fit(int wanted) {
    int rows = Activations.roundedUp(wanted);
    in.fit(rows);
    logits.fit(rows);
  }

  void run(Share share) {
    share.barrier();
    int wanted = share.batch().wanted();
    if (wanted == 0) {
      return;
    }
    for (int i = share.thread(); i < wanted; i += share.threads()) {
      prepare(i, share.batch().wantedRow(i) * stream.stride(), wanted == 1);
    }
    share.barrier();
    matrix.multiply(share, in, 0, wanted, logits.data(), matrix.paddedRows());
    if (site.isPresent() && site.get().touches(share.batch())) {
      site.get().add(share, wantedAdapters(share.batch()), wanted, in, logits.data(), matrix.paddedRows());
    }
    if (facts.softcap().isPresent()) {
      share.barrier();
      cap(share, wanted, (float) facts.softcap().getAsDouble());
    }
  }

  private static @Nullable LoadedAdapter[] wantedAdapters(Batch batch) {
    @Nullable LoadedAdapter[] adapters = new LoadedAdapter[batch.wanted()];
    for (int i = 0; i < adapters.length; i++) {
      adapters[i] = batch.adapters()[batch.wantedRow(i)];
    }
    return adapters;
  }

  private void prepare(int index, int at, boolean alone) {
    float[] normed = stream.normed().data();
    if (finalNorm.isPresent()) {
      finalNorm.get().apply(stream.x().data(), at, normed, at);
    } else {
      System.arraycopy(stream.x().data(), at, normed, at, stream.hidden());
    }
    if (facts.scale() != 1) {
      Kernels.scale(normed, at, (float) facts.scale(), stream.hidden());
    }
    in.putRow(index, alone, normed, at);
  }

  /// This member's columns, by whole vectors.
  private void cap(Share share, int wanted, float cap) {
    int vectors = matrix.paddedRows() / LANES;
    int from = share.from(vectors) * LANES;
    int count = share.to(vectors) * LANES - from;
    for (int i = 0; i < wanted; i++) {
      Kernels.softcap(logits.data(), i * matrix.paddedRows() + from, count, cap);
    }
  }

  /// What the last pass made.
  Logits logits(int wanted) {
    return new Logits(logits.data(), matrix.paddedRows(), vocabSize, wanted);
  }
}
