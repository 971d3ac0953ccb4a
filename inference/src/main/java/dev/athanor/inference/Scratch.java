package dev.athanor.inference;

import java.util.ArrayList;
import java.util.List;

/// The memory of passes. The parts of a model run one after the other and leave nothing behind in it, so the n-th buffer of each
/// part's frame is the same memory.
final class Scratch {
  private final List<Buffer> own = new ArrayList<>();
  private final List<Buffer> shared = new ArrayList<>();

  /// A buffer of `width` numbers a row that nothing else writes to.
  Buffer own(int width) {
    Buffer buffer = new Buffer();
    buffer.require(width, 0);
    own.add(buffer);
    return buffer;
  }

  /// The memory of one part.
  Frame frame() {
    return new Frame();
  }

  /// Makes room for a pass.
  void fit(int tokens) {
    int rows = Activations.roundedUp(tokens);
    own.forEach(buffer -> buffer.fit(rows));
    shared.forEach(buffer -> buffer.fit(rows));
  }

  /// Buffers that differ from one another, and are another part's when that runs.
  final class Frame {
    private int next;

    /// `width` numbers a token
    Buffer rows(int width) {
      return rows(width, 1, 0);
    }

    /// `width` numbers a row, `perToken` rows a token, and `more` rows.
    Buffer rows(int width, int perToken, int more) {
      if (next == shared.size()) {
        shared.add(new Buffer());
      }
      Buffer buffer = shared.get(next++);
      buffer.require((long) width * perToken, (long) width * more);
      return buffer;
    }

    /// The input of a product.
    Activations activations(int width) {
      return new Activations(rows(width), width);
    }

    Activations activations(int width, int perToken, int more) {
      return new Activations(rows(width, perToken, more), width);
    }
  }
}
