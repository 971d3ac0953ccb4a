package dev.athanor.inference;

import static dev.athanor.inference.Lanes.LANES;

import dev.athanor.model.Mixer;
import dev.athanor.model.WeightNames;
import java.util.List;

/// Mamba's mixer as a recurrence: position by position, with a state of constant size. Gu and Dao,
/// https://arxiv.org/abs/2312.00752, section 3
///
/// Channels are taken LANES at a time: the states of a group lie together, one vector each, and a member runs its groups through all
/// rows.
final class MambaPart implements BlockPart {
  private final Mixer.Mamba m;
  private final int block;
  private final HeapKv memory;
  private final Stream stream;
  /// Channels, and their gates from a panel of their own on.
  private final PackedMatrix in;
  private final Convolution convolution;
  /// The bottleneck of Δ, B and C.
  private final PackedMatrix select;
  private final PackedMatrix delta;
  private final PackedMatrix out;
  private final LoraSite inSite;
  private final LoraSite selectSite;
  private final LoraSite deltaSite;
  private final LoraSite outSite;
  /// As the states lie.
  private final float[] a;
  private final float[] d;
  private final int width;
  private final int groups;
  private final Buffer both;
  private final Buffer channels;
  private final Activations channelsIn;
  private final Buffer selected;
  private final Activations bottleneck;
  private final Buffer deltas;

  MambaPart(
      Weights weights, Mixer.Mamba mamba, int block, HeapKv memory, Stream stream, Scratch.Frame frame, LoraSites sites) {
    m = mamba;
    this.block = block;
    this.memory = memory;
    this.stream = stream;
    WeightNames.StateSpace names = WeightNames.block(block).stateSpace();
    Affine inAndGate = Affine.load(weights, names.in(), m.projectionBias());
    int inner = m.innerSize();
    in = weights.pack(List.of(inAndGate.rows(0, inner), inAndGate.rows(inner, 2 * inner)), true);
    Sections sections = new Sections(inner);
    convolution = new Convolution(weights, names, sections, m.convKernel(), m.convBias());
    select = weights.packAsStored(weights.affine(names.x()));
    delta = weights.packAsStored(Affine.load(weights, names.dt(), true));
    out = weights.pack(Affine.load(weights, names.out(), m.projectionBias()));
    String inWeight = WeightNames.weight(names.in());
    inSite =
        sites.site(
            in,
            List.of(
                new LoraSite.Part(inWeight, 0, inner, 0), new LoraSite.Part(inWeight, inner, inner, Lanes.padded(inner))));
    selectSite = sites.site(select, List.of(new LoraSite.Part(names.x(), 0, select.rows(), 0)));
    deltaSite = sites.site(delta, names.dt());
    outSite = sites.site(out, names.out());
    d = sections.spread(weights.floats(names.d()));
    width = sections.width();
    groups = groups(m);
    a = decays(weights.floats(names.logA()));
    both = frame.rows(in.paddedRows());
    channels = frame.rows(width);
    channelsIn = frame.activations(inner).readBy(select).readBy(out);
    stream.in().readBy(in);
    selected = frame.rows(select.paddedRows());
    bottleneck = frame.activations(m.dtRank()).readBy(delta);
    deltas = frame.rows(width);
  }

  /// What a sequence keeps.
  static RecurrentState memory(Mixer.Mamba m) {
    return new RecurrentState(
        Convolution.kept(new Sections(m.innerSize()), m.convKernel()), groups(m) * m.stateSize() * LANES);
  }

  private static int groups(Mixer.Mamba m) {
    return (m.innerSize() + LANES - 1) / LANES;
  }

  /// −exp(ln(−A)), from a row a channel to a vector a state.
  private float[] decays(float[] logA) {
    float[] decays = new float[groups * m.stateSize() * LANES];
    for (int channel = 0; channel < m.innerSize(); channel++) {
      int group = channel / LANES * m.stateSize() * LANES;
      for (int s = 0; s < m.stateSize(); s++) {
        decays[group + s * LANES + channel % LANES] = (float) -Math.exp(logA[channel * m.stateSize() + s]);
      }
    }
    return decays;
  }

  @Override
  public void run(Share share) {
    in.multiply(share, stream.in(), both, in.paddedRows());
    inSite.add(share, stream.in(), both, in.paddedRows());
    share.barrier();
    convolution.run(share, memory, block, both, 0, in.paddedRows(), channels);
    put(share, channels, width, channelsIn);
    share.barrier();
    select.multiply(share, channelsIn, selected, select.paddedRows());
    selectSite.add(share, channelsIn, selected, select.paddedRows());
    share.barrier();
    put(share, selected, select.paddedRows(), bottleneck);
    share.barrier();
    delta.multiply(share, bottleneck, deltas, width);
    deltaSite.add(share, bottleneck, deltas, width);
    share.barrier();
    int from = share.from(groups) * LANES;
    int to = Math.min(share.to(groups) * LANES, m.innerSize());
    if (from < to) {
      recur(share.batch(), from, to);
    }
    channelsIn.complete(share);
    share.barrier();
    out.multiply(share, channelsIn, stream.out(), stream.stride());
    outSite.add(share, channelsIn, stream.out(), stream.stride());
    share.barrier();
  }

  private static void put(Share share, Buffer rows, int stride, Activations into) {
    for (int row = share.from(); row < share.to(); row++) {
      into.putRow(row, share.batch().alone(), rows.data(), row * stride);
    }
  }

  /// The channels `from` to `to` of all rows, from the convolution's result to what the projection out reads.
  private void recur(Batch batch, int from, int to) {
    for (int row = 0; row < batch.tokens(); row++) {
      Kernels.softplus(deltas.data(), row * width + from, to - from);
    }
    int stride = select.paddedRows();
    int states = m.stateSize() * LANES;
    for (Batch.Segment segment : batch.segments()) {
      RecurrentState own = memory.state(segment.cache().number(), block);
      for (int channel = from; channel < to; channel += LANES) {
        int state = channel / LANES * states;
        System.arraycopy(own.state(), state, own.nextState(), state, states);
        Recurrences.selective(
            own.nextState(), state, a, state, m.stateSize(),
            deltas.data(), channels.data(), segment.first() * width + channel, width,
            selected.data(), segment.first() * stride + m.dtRank(), stride,
            d, channel, segment.count());
      }
    }
    for (int row = 0; row < batch.tokens(); row++) {
      int gate = row * in.paddedRows() + width + from;
      int y = row * width + from;
      Kernels.silu(both.data(), gate, to - from);
      Kernels.times(channels.data(), y, both.data(), gate, to - from);
      channelsIn.put(row, batch.alone(), from, channels.data(), y, to - from);
    }
  }
}
