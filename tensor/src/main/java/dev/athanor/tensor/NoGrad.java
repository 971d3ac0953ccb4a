package dev.athanor.tensor;

import org.bytedeco.pytorch.NoGradGuard;

/// While open, ops on this thread record no graph.
public final class NoGrad implements AutoCloseable {
  static {
    LibTorch.load();
  }

  private final NoGradGuard guard = new NoGradGuard();

  @Override
  public void close() {
    guard.close();
  }
}
