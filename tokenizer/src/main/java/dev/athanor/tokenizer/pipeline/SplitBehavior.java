package dev.athanor.tokenizer.pipeline;

/// What becomes of the matches at which text is split: of `the-final--countdown` at `-`…
enum SplitBehavior {
  /// `the`, `final`, `countdown`
  REMOVED("Removed"),
  /// `the`, `-`, `final`, `-`, `-`, `countdown`
  ISOLATED("Isolated"),
  /// `the-`, `final-`, `-`, `countdown`
  MERGED_WITH_PREVIOUS("MergedWithPrevious"),
  /// `the`, `-final`, `-`, `-countdown`
  MERGED_WITH_NEXT("MergedWithNext"),
  /// `the`, `-`, `final`, `--`, `countdown`
  CONTIGUOUS("Contiguous");

  private final String published;

  SplitBehavior(String published) {
    this.published = published;
  }

  static SplitBehavior at(Place place) {
    String name = place.text();
    for (SplitBehavior behavior : values()) {
      if (behavior.published.equals(name)) {
        return behavior;
      }
    }
    throw place.bad("'" + name + "' is not supported; supported: Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous");
  }

  /// The pieces, not always whole in number: each `end` with whether what ends there is kept.
  Parts pieces(Parts parts) {
    Parts kept = new Parts();
    int n = parts.size();
    for (int i = 0; i < n; i++) {
      boolean match = parts.isMatch(i);
      switch (this) {
        case REMOVED -> kept.add(parts.end(i), !match);
        case ISOLATED -> kept.add(parts.end(i), true);
        case CONTIGUOUS -> {
          if (i + 1 == n || parts.isMatch(i + 1) != match) {
            kept.add(parts.end(i), true);
          }
        }
        case MERGED_WITH_PREVIOUS -> {
          boolean takesNext = i + 1 < n && parts.isMatch(i + 1) && !match;
          if (!takesNext) {
            kept.add(parts.end(i), true);
          }
        }
        case MERGED_WITH_NEXT -> {
          boolean goesWithNext = match && i + 1 < n && !parts.isMatch(i + 1);
          if (!goesWithNext) {
            kept.add(parts.end(i), true);
          }
        }
      }
    }
    return kept;
  }
}
