package dev.athanor.tensor;

import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;

/// While open, LibTorch computes products on this thread in a [Precision], and what would lose by it (norms, softmax, losses) in
/// f32. Scopes nest; F32 inside another switches casting off.
public final class Autocast implements AutoCloseable {
  static {
    LibTorch.load();
  }

  private final boolean before;
  private final torch.ScalarType dtypeBefore;
  private final boolean cacheBefore;

  public Autocast(Precision precision) {
    before = torch.is_autocast_enabled(DeviceType.CPU);
    dtypeBefore = torch.get_autocast_dtype(DeviceType.CPU);
    cacheBefore = torch.is_autocast_cache_enabled();
    torch.set_autocast_enabled(DeviceType.CPU, precision != Precision.F32);
    if (precision != Precision.F32) {
      torch.set_autocast_dtype(DeviceType.CPU, precision.scalarType());
    }
    // A cached cast belongs to one graph: a weight that is used again in another would bring that graph along.
    torch.set_autocast_cache_enabled(false);
  }

  @Override
  public void close() {
    torch.set_autocast_enabled(DeviceType.CPU, before);
    torch.set_autocast_dtype(DeviceType.CPU, dtypeBefore);
    torch.set_autocast_cache_enabled(cacheBefore);
  }
}
