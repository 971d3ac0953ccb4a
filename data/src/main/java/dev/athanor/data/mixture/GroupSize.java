package dev.athanor.data.mixture;

/// A group of documents as it is: what they share, and how many there are.
///
/// @param name the values that its documents share, joined by `/`: "web/zh"
/// @param tokens of all documents, end-of-text tokens included
public record GroupSize(String name, long documents, long tokens) {
  public GroupSize {
    if (documents < 0 || tokens < documents) {
      throw new IllegalArgumentException(
          "group %s: every document has at least its end-of-text token, not %d tokens in %d documents".formatted(name, tokens, documents));
    }
  }
}
