package dev.athanor.inference;

import dev.athanor.model.FeedForward;
import dev.athanor.model.WeightNames;

/// `down(act(up(x)))`.
final class PlainPart implements BlockPart {
  private final FeedForward.Plain facts;
  private final Stream stream;
  private final PackedMatrix up;
  private final PackedMatrix down;
  private final LoraSite upSite;
  private final LoraSite downSite;
  private final Buffer wide;
  private final Activations activated;

  PlainPart(
      Weights weights,
      FeedForward.Plain facts,
      WeightNames.Block names,
      Stream stream,
      Scratch.Frame frame,
      LoraSites sites) {
    this.facts = facts;
    this.stream = stream;
    up = weights.pack(Affine.load(weights, names.upPart(), facts.bias()));
    down = weights.pack(Affine.load(weights, names.downPart(), facts.bias()));
    upSite = sites.site(up, names.upPart());
    downSite = sites.site(down, names.downPart());
    wide = frame.rows(up.paddedRows());
    activated = frame.activations(facts.intermediateSize()).readBy(down);
    stream.in().readBy(up);
  }

  @Override
  public void run(Share share) {
    up.multiply(share, stream.in(), wide, up.paddedRows());
    upSite.add(share, stream.in(), wide, up.paddedRows());
    share.barrier();
    for (int row = share.from(); row < share.to(); row++) {
      int at = row * up.paddedRows();
      Kernels.activate(facts.activation(), wide.data(), at, facts.intermediateSize());
      activated.putRow(row, share.batch().alone(), wide.data(), at);
    }
    share.barrier();
    down.multiply(share, activated, stream.out(), stream.stride());
    downSite.add(share, activated, stream.out(), stream.stride());
    share.barrier();
  }
}
