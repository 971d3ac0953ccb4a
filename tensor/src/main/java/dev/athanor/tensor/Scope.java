package dev.athanor.tensor;

import java.util.Iterator;
import org.bytedeco.javacpp.PointerScope;

/// Frees, when closed, every tensor made on this thread since it was opened, except those that were kept.
///
/// One scope a block, with the block's output kept, holds less memory than one scope a step.
public final class Scope implements AutoCloseable {
  static {
    LibTorch.load();
  }

  private final PointerScope scope = new PointerScope();

  /// Hands the tensor to the scope around this one; without one it lives until it is closed itself.
  public Tensor keep(Tensor tensor) {
    Iterator<PointerScope> scopes = PointerScope.getScopeIterator();
    while (scopes != null && scopes.hasNext()) {
      if (scopes.next().equals(scope) && scopes.hasNext()) {
        scopes.next().attach(tensor.raw);
        return tensor;
      }
    }
    return release(tensor);
  }

  /// The tensor survives every scope, until it is closed itself.
  public Tensor release(Tensor tensor) {
    // Detaching drops the scope's reference, and the last one frees.
    tensor.raw.retainReference();
    scope.detach(tensor.raw);
    return tensor;
  }

  @Override
  public void close() {
    scope.close();
  }
}
