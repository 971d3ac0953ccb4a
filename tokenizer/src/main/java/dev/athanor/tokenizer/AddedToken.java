package dev.athanor.tokenizer;

/// A token that is matched in text as a whole, before any other step, and that merges never make.
///
/// @param lstrip takes the white space before it too
/// @param rstrip takes the white space after it too
/// @param normalized matched in the normalized text and not in the raw one
/// @param special a control token, left out of decoded text on request
public record AddedToken(
    int id, String content, boolean lstrip, boolean rstrip, boolean normalized, boolean special) {
  public AddedToken {
    if (content.isEmpty() || id < 0) {
      throw new IllegalArgumentException("an added token has a name and an id ≥ 0");
    }
  }

  public static AddedToken special(int id, String content) {
    return new AddedToken(id, content, false, false, false, true);
  }
}
