package dev.athanor.nn;

import dev.athanor.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A mixer that recurs: what both kinds of state space share. Sequences of one length go together; a cache keeps the convolution's
/// last inputs and the state, whatever the sequence's length.
///
/// Shapes: B sequences, L positions, C hidden size, I channels.
abstract sealed class StateSpaceLayer permits SelectiveScanLayer, StateSpaceDualLayer {
  private final int block;

  StateSpaceLayer(int block) {
    this.block = block;
  }

  /// What comes out, and what a later call needs to go on.
  ///
  /// @param tail the convolution's last inputs, [B, channels, kernel − 1]
  record Continued(Tensor y_BLC, Tensor tail, Tensor state) {}

  /// @param tail and `state` of what came before, or null at the beginning
  abstract Continued forward(Tensor x_BLC, @Nullable Tensor tail, @Nullable Tensor state);

  Tensor forward(Tensor x_NC, Pass pass) {
    Sequences sequences = pass.sequences();
    long hidden = x_NC.size(1);
    List<? extends Past> pasts = pass.pasts();
    if (pasts == null && sequences.isRectangle()) {
      Tensor x_BLC = x_NC.view(sequences.count(), sequences.lengths()[0], hidden);
      return forward(x_BLC, null, null).y_BLC().reshape(x_NC.size(0), hidden);
    }
    List<Tensor> parts = x_NC.split(sequences.longLengths(), 0);
    List<Tensor> mixed = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      Tensor x_1LC = parts.get(i).unsqueeze(0);
      if (pasts == null) {
        mixed.add(forward(x_1LC, null, null).y_BLC().reshape(parts.get(i).shape()));
      } else {
        Past past = pasts.get(i);
        Continued continued =
            forward(x_1LC, past.part(block, Past.Part.CONVOLUTION), past.part(block, Past.Part.STATE));
        past.put(block, Past.Part.CONVOLUTION, continued.tail());
        past.put(block, Past.Part.STATE, continued.state());
        mixed.add(continued.y_BLC().reshape(parts.get(i).shape()));
      }
    }
    return Tensor.cat(mixed, 0);
  }

  /// The input of a causal convolution, [B, channels, kernel − 1 + L]: what came before, or zeros, and then `x`.
  static Tensor withTail(Tensor x_BIL, @Nullable Tensor tail, int kernel) {
    return tail == null ? x_BIL.padLast(kernel - 1, 0) : Tensor.cat(List.of(tail, x_BIL), 2);
  }

  static Tensor tail(Tensor padded, int kernel) {
    return padded.narrow(2, padded.size(2) - (kernel - 1), kernel - 1);
  }
}
