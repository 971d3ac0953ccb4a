package dev.athanor.inference;

import java.util.List;

/// A matrix whose inputs somebody sees. A pass that nobody watches has none.
final class WatchedMatrix extends PackedMatrix {
  private final PackedMatrix matrix;
  private final List<String> names;
  private final InputWatcher watcher;
  private final float[] row;

  /// @param names of the weights in it
  WatchedMatrix(PackedMatrix matrix, List<String> names, InputWatcher watcher) {
    super(matrix.rows(), matrix.cols());
    this.matrix = matrix;
    this.names = names;
    this.watcher = watcher;
    this.row = new float[matrix.cols()];
  }

  @Override
  void put(int at, float[] weights) {
    matrix.put(at, weights);
  }

  @Override
  void row(int at, float[] to, int place) {
    matrix.row(at, to, place);
  }

  @Override
  boolean readsRounded() {
    return matrix.readsRounded();
  }

  @Override
  void show(Activations x, int first, int count) {
    for (int i = first; i < first + count; i++) {
      x.row(i, count == 1, row);
      watcher.see(names, row);
    }
  }

  @Override
  void one(Activations x, int at, float[] y, int yo, Share share) {
    matrix.one(x, at, y, yo, share);
  }

  @Override
  void many(Activations x, int first, int tiles, float[] y, int stride, Share share) {
    matrix.many(x, first, tiles, y, stride, share);
  }
}
