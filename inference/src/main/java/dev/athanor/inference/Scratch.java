package dev.athanor.inference;

import java.util.ArrayList;
import java.util.List;

/// The memory of passes. The parts of a model run one after the other and leave nothing behind in it, so the n-th buffer of each
/// part's frame is the same memory.
final class Scratch {
  private final List<Buffer> own = new ArrayList<>();
  private final List<Buffer> shared = new ArrayList<>();
  private final List<IntBuffer> sharedInts = new ArrayList<>();
  private final List<Activations> ownActivations = new ArrayList<>();

  /// A buffer of `width` numbers a row that nothing else writes to.
  Buffer own(int width) {
    Buffer buffer = new Buffer();
    buffer.require(width, 0);
    own.add(buffer);
    return buffer;
  }

  /// The input of products that nothing else writes to.
  Activations ownActivations(int width) {
    Activations activations = Activations.own(width);
    ownActivations.add(activations);
    return activations;
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
    sharedInts.forEach(buffer -> buffer.fit(rows));
    ownActivations.forEach(activations -> activations.fit(rows));
  }

  /// Buffers that differ from one another, and are another part's when that runs.
  final class Frame {
    private int next;
    private int nextInts;

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
      return activations(width, 1, 0);
    }

    Activations activations(int width, int perToken, int more) {
      if (nextInts == sharedInts.size()) {
        sharedInts.add(new IntBuffer());
      }
      return new Activations(width, perToken, more, rows(0), sharedInts.get(nextInts++), rows(0));
    }
  }
}
