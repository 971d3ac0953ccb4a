package dev.athanor.nn;

import dev.athanor.model.Mixer;
import dev.athanor.model.WeightNames;
import dev.athanor.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// Mamba's mixer. Gu and Dao, https://arxiv.org/abs/2312.00752, section 3
///
/// Shapes: B sequences, L positions, C hidden size, I channels, S states of a channel, R rank of Δ.
final class SelectiveScanLayer extends StateSpaceLayer {
  private final Mixer.Mamba m;
  private final Parameters parameters;
  private final WeightNames.StateSpace names;

  SelectiveScanLayer(Mixer.Mamba mamba, Parameters parameters, WeightNames.StateSpace names, int block) {
    super(block);
    m = mamba;
    this.parameters = parameters;
    this.names = names;
  }

  @Override
  Continued forward(Tensor x_BLC, @Nullable Tensor tail, @Nullable Tensor state) {
    int inner = m.innerSize();
    Tensor both = Affine.linear(parameters, names.in(), m.projectionBias(), x_BLC);
    Tensor padded = withTail(both.narrow(2, 0, inner).transpose(1, 2), tail, m.convKernel());
    Tensor convolved = padded.depthwiseConvolution(parameters.get(WeightNames.weight(names.convolution()))).transpose(1, 2);
    if (m.convBias()) {
      convolved = convolved.add(parameters.get(WeightNames.bias(names.convolution())));
    }
    Tensor u_BLI = convolved.silu();
    Tensor selected = u_BLI.linear(parameters.get(names.x()));
    Tensor delta_BLI =
        Affine.linear(parameters, names.dt(), true, selected.narrow(2, 0, m.dtRank())).softplus();
    Tensor b_BLS = selected.narrow(2, m.dtRank(), m.stateSize());
    Tensor c_BLS = selected.narrow(2, m.dtRank() + (long) m.stateSize(), m.stateSize());
    Tensor a_IS = parameters.get(names.logA()).exp().neg();
    SelectiveScan.Result scanned = SelectiveScan.chunked(u_BLI, delta_BLI, a_IS, b_BLS, c_BLS, state);
    Tensor y_BLI = scanned.y_BLI().add(u_BLI.mul(parameters.get(names.d())));
    Tensor gated = y_BLI.mul(both.narrow(2, inner, inner).silu());
    return new Continued(
        Affine.linear(parameters, names.out(), m.projectionBias(), gated), tail(padded, m.convKernel()), scanned.state_BIS());
  }
}
