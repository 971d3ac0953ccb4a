package dev.athanor.model.memory;

/// Bytes that a forward pass leaves for the way back.
///
/// The trainer holds every result of a pass until the micro-batch, or the block that is run again, is done with. Beside these the
/// graph keeps what no result shows: 16-bit copies of inputs and weights, which go as backward passes them.
///
/// @param results held to the end
/// @param copies gone as backward passes them
record Kept(long results, long copies) {
  static final Kept NOTHING = new Kept(0, 0);

  Kept plus(Kept other) {
    return new Kept(results + other.results, copies + other.copies);
  }

  long bytes() {
    return results + copies;
  }
}
