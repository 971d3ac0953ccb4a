package dev.athanor.inference;

import org.jspecify.annotations.Nullable;

/// An adapter packed for a decoder. A sequence that runs under it holds it, so that it may be unloaded meanwhile. Two are the same when
/// they are one loading.
final class LoadedAdapter {
  private record Namespace(long adapter, String salt) {}

  private final long number;
  private final @Nullable LoraTerm[] terms;
  private final int width;
  private final long bytes;

  /// @param number of this loading: another one, also of the same name, has another
  /// @param terms what it adds at each [LoraSite]
  LoadedAdapter(long number, @Nullable LoraTerm[] terms) {
    this.number = number;
    this.terms = terms;
    int widest = 0;
    long sum = 0;
    for (LoraTerm term : terms) {
      widest = Math.max(widest, term == null ? 0 : term.width());
      sum += term == null ? 0 : term.bytes();
    }
    width = widest;
    bytes = sum;
  }

  @Nullable LoraTerm term(int site) {
    return terms[site];
  }

  /// The most numbers that a row is reduced to.
  int width() {
    return width;
  }

  long bytes() {
    return bytes;
  }

  /// Within which keys and values that were computed under an adapter are found again: those of the same loading alone. It does not
  /// hold the adapter.
  static Object namespace(@Nullable LoadedAdapter adapter, String salt) {
    return adapter == null ? salt : new Namespace(adapter.number, salt);
  }
}
