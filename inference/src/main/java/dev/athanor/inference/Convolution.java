package dev.athanor.inference;

import dev.athanor.model.WeightNames;

/// The convolution before a state space: of each channel by itself over the last few positions of its sequence, then SiLU. Between
/// passes the sequence keeps the inputs that its next positions still see.
final class Convolution {
  private final int width;
  private final float[] bias;
  /// One a position that is seen, the oldest first.
  private final float[][] taps;

  Convolution(Weights weights, WeightNames.StateSpace names, Sections channels, int kernel, boolean biased) {
    width = channels.width();
    bias = biased ? channels.spread(weights.floats(WeightNames.bias(names.convolution()))) : new float[width];
    float[] stored = weights.floats(WeightNames.weight(names.convolution()));
    int count = stored.length / kernel;
    taps = new float[kernel][];
    for (int tap = 0; tap < kernel; tap++) {
      float[] one = new float[count];
      for (int channel = 0; channel < count; channel++) {
        one[channel] = stored[channel * kernel + tap];
      }
      taps[tap] = channels.spread(one);
    }
  }

  /// Numbers that a sequence keeps.
  static int kept(Sections channels, int kernel) {
    return (kernel - 1) * channels.width();
  }

  /// Channels with their gaps.
  int width() {
    return width;
  }

  /// This member's rows.
  ///
  /// @param memory of the block, which holds what came before
  /// @param from rows of `stride` numbers, the inputs at `column`
  /// @param to rows of `width` numbers
  void run(Share share, HeapKv memory, int block, Buffer from, int column, int stride, Buffer to) {
    for (int row = share.from(); row < share.to(); row++) {
      Batch.Segment segment = share.batch().segment(row);
      RecurrentState own = memory.state(segment.cache().number(), block);
      int at = row * width;
      System.arraycopy(bias, 0, to.data(), at, width);
      int oldest = row - segment.first() - taps.length + 1;
      for (int tap = 0; tap < taps.length; tap++) {
        int seen = oldest + tap;
        if (seen >= 0) {
          int place = (segment.first() + seen) * stride + column;
          Kernels.addProduct(to.data(), at, taps[tap], 0, from.data(), place, width);
        } else {
          Kernels.addProduct(to.data(), at, taps[tap], 0, own.inputs(), before(seen), width);
        }
      }
      Kernels.silu(to.data(), at, width);
      if (row == segment.first() + segment.count() - 1) {
        keep(segment, own, from.data(), column, stride);
      }
    }
  }

  /// Where an input lies of those before the segment: number −1 is the last.
  private int before(int number) {
    return (number + taps.length - 1) * width;
  }

  private void keep(Batch.Segment segment, RecurrentState memory, float[] from, int column, int stride) {
    for (int i = 0; i < taps.length - 1; i++) {
      int number = segment.count() - taps.length + 1 + i;
      if (number >= 0) {
        System.arraycopy(from, (segment.first() + number) * stride + column, memory.nextInputs(), i * width, width);
      } else {
        System.arraycopy(memory.inputs(), before(number), memory.nextInputs(), i * width, width);
      }
    }
  }
}
