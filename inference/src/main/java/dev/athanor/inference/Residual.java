package dev.athanor.inference;

import dev.athanor.inference.Residual.Norms.Both;
import dev.athanor.inference.Residual.Norms.Post;
import dev.athanor.inference.Residual.Norms.Pre;

/// A part of a block on the residual stream, with its norms. What it does before and after the part concerns one row each, and
/// members keep to their own rows, so that one such step follows another without a meeting.
record Residual(Norms norms, BlockPart part, Stream stream) {
  /// The norms of a part, by where a stack has them.
  sealed interface Norms {
    record Pre(RowNorm before) implements Norms {}

    record Post(RowNorm after) implements Norms {}

    record Both(RowNorm before, RowNorm after) implements Norms {}
  }

  void run(Share share) {
    float[] x = stream.x().data();
    float[] normed = stream.normed().data();
    boolean alone = share.batch().alone();
    for (int row = share.from(); row < share.to(); row++) {
      int at = row * stream.stride();
      switch (norms) {
        case Pre pre -> before(pre.before(), x, normed, row, at, alone);
        case Both both -> before(both.before(), x, normed, row, at, alone);
        case Post _ -> stream.in().putRow(row, alone, x, at);
      }
    }
    share.barrier();
    part.run(share);
    float[] out = stream.out().data();
    for (int row = share.from(); row < share.to(); row++) {
      int at = row * stream.stride();
      switch (norms) {
        case Pre _ -> Kernels.add(x, at, out, at, stream.hidden());
        case Post post -> {
          Kernels.add(x, at, out, at, stream.hidden());
          post.after().apply(x, at, x, at);
        }
        case Both both -> {
          both.after().apply(out, at, out, at);
          Kernels.add(x, at, out, at, stream.hidden());
        }
      }
    }
  }

  private void before(RowNorm norm, float[] x, float[] normed, int row, int at, boolean alone) {
    norm.apply(x, at, normed, at);
    stream.in().putRow(row, alone, normed, at);
  }
}
