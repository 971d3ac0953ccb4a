package dev.athanor.nn;

import dev.athanor.model.Mixer;
import dev.athanor.model.WeightNames;
import dev.athanor.tensor.Fused;
import dev.athanor.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// Mamba-2's mixer. Dao and Gu, https://arxiv.org/abs/2405.21060, sections 6 and 7
///
/// Shapes: B sequences, L positions, C hidden size, I channels = H heads · P values, G groups of heads, S states.
final class StateSpaceDualLayer extends StateSpaceLayer {
  private final Mixer.Mamba2 m;
  private final Parameters parameters;
  private final WeightNames.StateSpace names;

  StateSpaceDualLayer(Mixer.Mamba2 mamba, Parameters parameters, WeightNames.StateSpace names, int block) {
    super(block);
    m = mamba;
    this.parameters = parameters;
    this.names = names;
  }

  @Override
  Continued forward(Tensor x_BLC, @Nullable Tensor tail, @Nullable Tensor state) {
    long batch = x_BLC.size(0);
    long length = x_BLC.size(1);
    int inner = m.innerSize();
    long grouped = (long) m.groups() * m.stateSize();
    Tensor all = Affine.linear(parameters, names.in(), m.projectionBias(), x_BLC);
    Tensor gate_BLI = all.narrow(2, 0, inner);
    Tensor padded = withTail(all.narrow(2, inner, m.convSize()).transpose(1, 2), tail, m.convKernel());
    Tensor convolved = padded.depthwiseConvolution(parameters.get(WeightNames.weight(names.convolution()))).transpose(1, 2);
    if (m.convBias()) {
      convolved = convolved.add(parameters.get(WeightNames.bias(names.convolution())));
    }
    Tensor xbc = convolved.silu();
    Tensor x_BLHP = xbc.narrow(2, 0, inner).reshape(batch, length, m.numHeads(), m.headDim());
    Tensor b_BLGS = xbc.narrow(2, inner, grouped).reshape(batch, length, m.groups(), m.stateSize());
    Tensor c_BLGS = xbc.narrow(2, inner + grouped, grouped).reshape(batch, length, m.groups(), m.stateSize());
    Tensor delta_BLH =
        all.narrow(2, inner + (long) m.convSize(), m.numHeads()).add(parameters.get(names.dtBias())).softplus();
    Tensor a_H = parameters.get(names.logA()).exp().neg();
    StateSpaceDual.Result result =
        StateSpaceDual.chunked(x_BLHP, delta_BLH, a_H, perHead(b_BLGS), perHead(c_BLGS), m.chunk(), state);
    Tensor direct = x_BLHP.mul(parameters.get(names.d()).view(1, 1, m.numHeads(), 1));
    Tensor y_BLI = result.y_BLHP().add(direct).reshape(batch, length, inner);
    Tensor gated = normed(y_BLI.mul(gate_BLI.silu()));
    return new Continued(
        Affine.linear(parameters, names.out(), m.projectionBias(), gated), tail(padded, m.convKernel()), result.state_BHPS());
  }

  /// RMS norm over the channels of each group.
  private Tensor normed(Tensor x_BLI) {
    Tensor weight = parameters.get(names.norm());
    if (m.groups() == 1) {
      return Fused.rmsNorm(x_BLI, weight, m.normEps());
    }
    long each = m.innerSize() / m.groups();
    Tensor x_BLGE = x_BLI.reshape(x_BLI.size(0), x_BLI.size(1), m.groups(), each);
    return Fused.rmsNorm(x_BLGE, Tensor.zeros(each).fill_(1), m.normEps()).reshape(x_BLI.shape()).mul(weight);
  }

  /// Heads of a group share its B and C.
  private Tensor perHead(Tensor x_BLGS) {
    int each = m.numHeads() / m.groups();
    if (each == 1) {
      return x_BLGS;
    }
    long batch = x_BLGS.size(0);
    long length = x_BLGS.size(1);
    return x_BLGS
        .unsqueeze(3)
        .expand(batch, length, m.groups(), each, m.stateSize())
        .reshape(batch, length, m.numHeads(), m.stateSize());
  }
}
