package dev.athanor.data.shard;

/// How documents are laid into rows of one length.
public enum Packing {
  /// Documents end to end, cut wherever a row is full: no padding but in a group's last row, and most rows begin inside a document.
  CONCATENATE,
  /// A document that fits into a row is never cut: Ding et al. 2024, "Fewer truncations improve language modeling", arXiv:2404.10830.
  BEST_FIT
}
