package dev.athanor.inference;

import org.jspecify.annotations.Nullable;

/// An adapter packed for a decoder. A sequence that runs under it holds it, so that it may be unloaded meanwhile.
///
/// @param number of this loading: another one, also of the same name, has another
/// @param terms what it adds at each [LoraSite]
/// @param width the most numbers that a row is reduced to
record LoadedAdapter(long number, String name, @Nullable LoraTerm[] terms, int width, long bytes) {
  private record Namespace(long adapter, String salt) {}

  @Nullable LoraTerm term(int site) {
    return terms[site];
  }

  /// Within which keys and values that were computed under an adapter are found again: those of the same loading alone. It does not
  /// hold the adapter.
  static Object namespace(@Nullable LoadedAdapter adapter, String salt) {
    return adapter == null ? salt : new Namespace(adapter.number, salt);
  }
}
