package dev.athanor.inference.plain;

import dev.athanor.model.BlockSpec;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.InductionEmbedding;
import dev.athanor.model.Mixer;
import dev.athanor.model.NgramEmbedding;
import dev.athanor.model.Positions;
import dev.athanor.model.Stack;
import dev.athanor.model.WeightNames;
import java.util.function.UnaryOperator;

/// A decoder as its formulas stand, in double precision, without a cache, without SIMD: what the fast one is held against.
public final class PlainDecoder {
  private final CheckpointDir checkpoint;
  private final DecoderSpec spec;
  private final int[] ids;

  private PlainDecoder(CheckpointDir checkpoint, int[] ids) {
    this.checkpoint = checkpoint;
    this.spec = checkpoint.decoder();
    this.ids = ids;
  }

  /// The logits after every token of a sequence that is read at once.
  public static double[][] logits(CheckpointDir checkpoint, int[] ids) {
    return new PlainDecoder(checkpoint, ids).logits();
  }

  private double[][] logits() {
    double[][] x = embed();
    Stack stack = spec.stack();
    for (int index = 0; index < spec.numLayers(); index++) {
      x = block(x, index);
    }
    double[][] last = stack.finalNorm() ? Plain.norm(checkpoint, WeightNames.stackNorm(WeightNames.MODEL), x) : x;
    scale(last, spec.head().scale());
    double[][] logits =
        Plain.times(last, checkpoint.floats(spec.tiedHead() ? WeightNames.embedding() : WeightNames.head()));
    if (spec.head().bias()) {
      Plain.addToEach(logits, checkpoint.floats(WeightNames.headBias()));
    }
    spec.head()
        .softcap()
        .ifPresent(
            cap -> {
              for (double[] row : logits) {
                for (int i = 0; i < row.length; i++) {
                  row[i] = Plain.capped(row[i], cap);
                }
              }
            });
    return logits;
  }

  private static void scale(double[][] x, double factor) {
    for (double[] row : x) {
      for (int i = 0; i < row.length; i++) {
        row[i] *= factor;
      }
    }
  }

  // ---- embedding ----

  private double[][] embed() {
    double[][] x = new double[ids.length][];
    for (int t = 0; t < ids.length; t++) {
      x[t] = row(WeightNames.embedding(), ids[t]);
    }
    scale(x, spec.embedding().scale());
    spec.ngrams().ifPresent(ngrams -> lookUp(x, ngrams));
    spec.induction().ifPresent(induction -> lookUp(x, induction));
    switch (spec.embedding().positions()) {
      case Positions.None _ -> {}
      case Positions.Learned learned -> {
        for (int t = 0; t < ids.length; t++) {
          addRow(x[t], row(WeightNames.positions(WeightNames.MODEL), t + learned.offset()));
        }
      }
    }
    if (spec.embedding().tokenTypes() > 0) {
      for (double[] row : x) {
        addRow(row, row(WeightNames.types(WeightNames.MODEL), 0));
      }
    }
    return spec.embedding().norm() ? Plain.norm(checkpoint, WeightNames.embeddingNorm(WeightNames.MODEL), x) : x;
  }

  private void lookUp(double[][] x, NgramEmbedding ngrams) {
    double[][] found = new double[ids.length][ngrams.width()];
    for (int t = 0; t < ids.length; t++) {
      for (int i = 0; i < ngrams.orders().size(); i++) {
        int order = ngrams.orders().get(i);
        double[] row = row(WeightNames.ngramTable(order), ngrams.row(order, at -> ids[at], t));
        System.arraycopy(row, 0, found[t], i * row.length, row.length);
      }
    }
    Plain.add(x, Plain.times(found, checkpoint.floats(WeightNames.ngramProjection())));
  }

  private void lookUp(double[][] x, InductionEmbedding induction) {
    int hidden = spec.hiddenSize();
    double[][] found = new double[ids.length][induction.orders().size() * hidden];
    for (int t = 0; t < ids.length; t++) {
      for (int i = 0; i < induction.orders().size(); i++) {
        int follower = InductionEmbedding.follower(ids, 0, t, induction.orders().get(i));
        if (follower != InductionEmbedding.NONE) {
          System.arraycopy(row(WeightNames.embedding(), follower), 0, found[t], i * hidden, hidden);
        }
      }
    }
    Plain.add(x, Plain.times(found, checkpoint.floats(WeightNames.inductionProjection())));
  }

  private double[] row(String table, int index) {
    float[] all = checkpoint.floats(table);
    int width = (int) checkpoint.tensor(table).shape()[1];
    double[] row = new double[width];
    for (int i = 0; i < width; i++) {
      row[i] = all[index * width + i];
    }
    return row;
  }

  private static void addRow(double[] x, double[] row) {
    for (int i = 0; i < x.length; i++) {
      x[i] += row[i];
    }
  }

  // ---- blocks ----

  private double[][] block(double[][] x, int index) {
    WeightNames.Block names = WeightNames.block(index);
    BlockSpec block = spec.stack().blocks().get(index);
    double[][] mixed =
        part(
            x,
            names.inputNormPart(),
            names.postNormPart(),
            in ->
                switch (block.mixer()) {
                  case Mixer.Attention attention -> PlainAttention.mix(checkpoint, names, attention, in);
                  case Mixer.Mamba mamba -> PlainStateSpaces.mix(checkpoint, names.stateSpace(), mamba, in);
                  case Mixer.Mamba2 mamba -> PlainStateSpaces.mix(checkpoint, names.stateSpace(), mamba, in);
                });
    String before =
        switch (spec.stack().placement()) {
          case PRE -> names.postNormPart();
          case POST, SANDWICH -> names.preFeedNormPart();
        };
    return PlainFeedForward.isPresent(block.feedForward())
        ? part(
            mixed,
            before,
            names.postFeedNormPart(),
            in -> PlainFeedForward.feed(checkpoint, names, block.feedForward(), in))
        : mixed;
  }

  private double[][] part(double[][] x, String before, String after, UnaryOperator<double[][]> part) {
    return switch (spec.stack().placement()) {
      case PRE -> sum(x, part.apply(Plain.norm(checkpoint, before, x)));
      case POST -> Plain.norm(checkpoint, after, sum(x, part.apply(x)));
      case SANDWICH -> sum(x, Plain.norm(checkpoint, after, part.apply(Plain.norm(checkpoint, before, x))));
    };
  }

  private static double[][] sum(double[][] x, double[][] y) {
    Plain.add(y, x);
    return y;
  }
}
