package dev.athanor.inference;

import static dev.athanor.inference.Lanes.PANEL;

import dev.athanor.model.Mixer;
import dev.athanor.model.Norm;
import dev.athanor.model.WeightNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// Mamba-2's mixer as a recurrence: position by position, with a state of constant size. Dao and Gu,
/// https://arxiv.org/abs/2405.21060, sections 6 and 7
///
/// The channels of a group of heads begin on a panel, so that the kernel takes whole panels whose channels share B and C; the states of
/// a panel lie together, and a member runs its panels through all rows.
final class Mamba2Part implements BlockPart {
  private final Mixer.Mamba2 m;
  private final int block;
  private final HeapKv memory;
  private final Stream stream;
  /// Gates, then x, B and C, then a Δ a head.
  private final PackedMatrix in;
  private final Convolution convolution;
  private final PackedMatrix out;
  private final LoraSite inSite;
  private final LoraSite outSite;
  private final RowNorm[] norms;
  /// −exp(ln(−A)) of each head.
  private final float[] a;
  private final float[] d;
  /// A group's channels, and those with the gap behind them.
  private final int groupSize;
  private final int groupWidth;
  /// Of all groups.
  private final int width;
  private final int deltaAt;
  private final Buffer all;
  private final Buffer xbc;
  private final Buffer decays;
  private final Buffer inputs;
  private final Activations gated;

  Mamba2Part(
      Weights weights, Mixer.Mamba2 mamba, int block, HeapKv memory, Stream stream, Scratch.Frame frame, LoraSites sites) {
    m = mamba;
    this.block = block;
    this.memory = memory;
    this.stream = stream;
    WeightNames.StateSpace names = WeightNames.block(block).stateSpace();
    groupSize = m.innerSize() / m.groups();
    groupWidth = Lanes.padded(groupSize);
    width = m.groups() * groupWidth;
    convolution = new Convolution(weights, names, convolved(m), m.convKernel(), m.convBias());
    deltaAt = width + convolution.width();
    in = projection(weights, names);
    out = weights.pack(Affine.load(weights, names.out(), m.projectionBias()));
    inSite = sites.site(in, projected(names));
    outSite = sites.site(out, names.out());
    float[] weight = weights.floats(names.norm());
    norms = new RowNorm[m.groups()];
    for (int g = 0; g < norms.length; g++) {
      float[] own = Arrays.copyOfRange(weight, g * groupSize, (g + 1) * groupSize);
      norms[g] = RowNorm.rms(new Norm.Rms(m.normEps()), own);
    }
    a = weights.floats(names.logA());
    for (int h = 0; h < a.length; h++) {
      a[h] = (float) -Math.exp(a[h]);
    }
    d = new float[width];
    float[] perHead = weights.floats(names.d());
    for (int h = 0; h < perHead.length; h++) {
      Arrays.fill(d, channel(h), channel(h) + m.headDim(), perHead[h]);
    }
    all = frame.rows(in.paddedRows());
    xbc = frame.rows(convolution.width());
    decays = frame.rows(width);
    inputs = frame.rows(width);
    gated = frame.activations(m.innerSize()).readBy(out);
    stream.in().readBy(in);
  }

  /// What a sequence keeps.
  static RecurrentState memory(Mixer.Mamba2 m) {
    int panels = m.groups() * Lanes.padded(m.innerSize() / m.groups());
    return new RecurrentState(Convolution.kept(convolved(m), m.convKernel()), panels * m.stateSize());
  }

  /// x by group, B and C.
  private static Sections convolved(Mixer.Mamba2 m) {
    int shared = m.groups() * m.stateSize();
    return Sections.of(m.groups(), m.innerSize() / m.groups(), shared, shared);
  }

  private PackedMatrix projection(Weights weights, WeightNames.StateSpace names) {
    Affine whole = Affine.load(weights, names.in(), m.projectionBias());
    List<Affine> parts = new ArrayList<>();
    int row = 0;
    for (int g = 0; g < m.groups(); g++, row += groupSize) {
      parts.add(whole.rows(row, row + groupSize));
    }
    for (int size : convolved(m).sizes()) {
      parts.add(whole.rows(row, row + size));
      row += size;
    }
    parts.add(whole.rows(row, row + m.numHeads()).plus(weights.floats(names.dtBias())));
    return weights.pack(parts, true);
  }

  /// Where the rows of its weight lie in the projection, which aligns each part.
  private List<LoraSite.Part> projected(WeightNames.StateSpace names) {
    List<Integer> sizes = new ArrayList<>(Collections.nCopies(m.groups(), groupSize));
    for (int size : convolved(m).sizes()) {
      sizes.add(size);
    }
    sizes.add(m.numHeads());
    List<LoraSite.Part> parts = new ArrayList<>();
    int row = 0;
    int at = 0;
    for (int size : sizes) {
      parts.add(new LoraSite.Part(WeightNames.weight(names.in()), row, size, at));
      row += size;
      at += Lanes.padded(size);
    }
    return parts;
  }

  /// The place of a head's first channel.
  private int channel(int head) {
    int perGroup = m.numHeads() / m.groups();
    return head / perGroup * groupWidth + head % perGroup * m.headDim();
  }

  @Override
  public void run(Share share) {
    in.multiply(share, stream.in(), all, in.paddedRows());
    inSite.add(share, stream.in(), all, in.paddedRows());
    share.barrier();
    convolution.run(share, memory, block, all, width, in.paddedRows(), xbc);
    for (int row = share.from(); row < share.to(); row++) {
      step(row);
    }
    share.barrier();
    recur(share);
    share.barrier();
    for (int row = share.from(); row < share.to(); row++) {
      finish(row, share.batch().alone());
    }
    share.barrier();
    out.multiply(share, gated, stream.out(), stream.stride());
    outSite.add(share, gated, stream.out(), stream.stride());
    share.barrier();
  }

  /// From each head's Δ to each channel's decay and input, Δ·x.
  private void step(int row) {
    int delta = row * in.paddedRows() + deltaAt;
    Kernels.softplus(all.data(), delta, m.numHeads());
    for (int h = 0; h < m.numHeads(); h++) {
      float step = all.data()[delta + h];
      int channel = channel(h);
      int at = row * width + channel;
      int x = row * convolution.width() + channel;
      Arrays.fill(decays.data(), at, at + m.headDim(), (float) Math.exp(step * a[h]));
      for (int p = 0; p < m.headDim(); p++) {
        inputs.data()[at + p] = step * xbc.data()[x + p];
      }
    }
  }

  /// This member's panels of channels, of all rows.
  private void recur(Share share) {
    int stride = convolution.width();
    int shared = Lanes.padded(m.groups() * m.stateSize());
    int states = m.stateSize() * PANEL;
    int to = share.to(width / PANEL);
    for (Batch.Segment segment : share.batch().segments()) {
      RecurrentState own = memory.state(segment.cache().number(), block);
      int first = segment.first() * stride;
      for (int panel = share.from(width / PANEL); panel < to; panel++) {
        int b = first + width + panel * PANEL / groupWidth * m.stateSize();
        System.arraycopy(own.state(), panel * states, own.nextState(), panel * states, states);
        Recurrences.dual(
            own.nextState(), panel * states, m.stateSize(),
            decays.data(), inputs.data(), segment.first() * width + panel * PANEL, width,
            xbc.data(), first + panel * PANEL, b, b + shared, stride,
            d, panel * PANEL, segment.count());
      }
    }
  }

  /// The gate and the norm.
  private void finish(int row, boolean alone) {
    float[] y = xbc.data();
    int gate = row * in.paddedRows();
    int at = row * convolution.width();
    Kernels.silu(all.data(), gate, width);
    Kernels.times(y, at, all.data(), gate, width);
    for (int g = 0; g < norms.length; g++) {
      int group = at + g * groupWidth;
      norms[g].apply(y, group, y, group);
      gated.put(row, alone, g * groupSize, y, group, groupSize);
    }
    gated.complete(row, alone);
  }
}
