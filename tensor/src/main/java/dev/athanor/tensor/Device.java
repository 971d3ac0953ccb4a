package dev.athanor.tensor;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch_cuda;

/// Where tensors lie and ops on them run.
public enum Device {
  CPU,
  /// The first GPU that CUDA shows; needs LibTorch's natives for CUDA.
  CUDA;

  private static final ThreadLocal<Device> CURRENT = ThreadLocal.withInitial(() -> CPU);

  /// Where this thread's new tensors are made.
  static Device current() {
    return CURRENT.get();
  }

  /// Whether this LibTorch can compute there.
  public boolean isAvailable() {
    LibTorch.load();
    return switch (this) {
      case CPU -> true;
      case CUDA -> torch.cuda_is_available();
    };
  }

  /// Bytes of its memory that nobody uses.
  public long freeBytes() {
    LibTorch.load();
    return switch (this) {
      case CPU -> Pointer.availablePhysicalBytes();
      case CUDA -> torch_cuda.getAllocator().getMemoryInfo((byte) 0).first();
    };
  }

  /// While the use is open, tensors that this thread makes of Java's numbers, or of none, are made here.
  public Use use() {
    Device before = CURRENT.get();
    CURRENT.set(this);
    return () -> CURRENT.set(before);
  }

  /// Ends with `close`.
  @FunctionalInterface
  public interface Use extends AutoCloseable {
    @Override
    void close();
  }

  DeviceType type() {
    return switch (this) {
      case CPU -> DeviceType.CPU;
      case CUDA -> DeviceType.CUDA;
    };
  }
}
