package dev.athanor.inference;

/// The residual stream, and what a part of a block reads from it and gives back.
///
/// @param hidden numbers a token
/// @param stride of the rows of x, normed and out: hidden rounded up to whole panels
/// @param x the stream itself
/// @param normed rows on their way
/// @param in what a part reads
/// @param out what a part gives back
record Stream(int hidden, int stride, Buffer x, Buffer normed, Activations in, Buffer out) {
  static Stream of(int hidden, Scratch scratch) {
    int stride = Lanes.padded(hidden);
    return new Stream(
        hidden,
        stride,
        scratch.own(stride),
        scratch.own(stride),
        scratch.ownActivations(hidden),
        scratch.own(stride));
  }
}
