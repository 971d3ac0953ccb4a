package dev.athanor.inference;

/// Which keys and values a sequence keeps: those of its first positions and of its last. What is between is given back, so that a
/// sequence takes no more memory than that, however long its text becomes. It changes what the model says. Xiao et al., "Efficient
/// streaming language models with attention sinks", https://arxiv.org/abs/2309.17453. Positions keep their numbers, so a text is still no
/// longer than the model's context.
///
/// @param sinks first positions that are kept; whole pages of them
/// @param window last positions that are seen, the position itself among them
public record Eviction(int sinks, int window) {
  /// Everything is kept.
  public static final Eviction NONE = new Eviction(0, Integer.MAX_VALUE);

  public Eviction {
    if (sinks < 0 || window < 1) {
      throw new IllegalArgumentException("impossible eviction: " + sinks + " first positions, " + window + " last ones");
    }
  }

  /// Pages of first positions that are kept.
  int sinkPages() {
    return PagePool.pages(sinks);
  }

  /// Whether it takes anything from what a block with such a window sees.
  boolean narrows(int blockWindow) {
    return window < blockWindow;
  }
}
