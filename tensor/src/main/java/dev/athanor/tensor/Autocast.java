package dev.athanor.tensor;

import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;

/// While open, LibTorch computes products on this thread in a [Precision], and what would lose by it (norms, softmax, losses) in
/// f32, on the [Device] that is in use. Scopes nest; F32 inside another switches casting off.
public final class Autocast implements AutoCloseable {
  static {
    LibTorch.load();
  }

  private final DeviceType device;
  private final boolean before;
  private final torch.ScalarType dtypeBefore;
  private final boolean cacheBefore;

  public Autocast(Precision precision) {
    device = Device.current().type();
    before = torch.is_autocast_enabled(device);
    dtypeBefore = torch.get_autocast_dtype(device);
    cacheBefore = torch.is_autocast_cache_enabled();
    torch.set_autocast_enabled(device, precision != Precision.F32);
    if (precision != Precision.F32) {
      torch.set_autocast_dtype(device, precision.scalarType());
    }
    // A cached cast belongs to one graph: a weight that is used again in another would bring that graph along.
    torch.set_autocast_cache_enabled(false);
  }

  @Override
  public void close() {
    torch.set_autocast_enabled(device, before);
    torch.set_autocast_dtype(device, dtypeBefore);
    torch.set_autocast_cache_enabled(cacheBefore);
  }
}
