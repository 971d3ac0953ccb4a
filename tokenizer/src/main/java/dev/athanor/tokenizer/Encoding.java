package dev.athanor.tokenizer;

/// Tokens of a text with the stretch of it that each stands for: `text.substring(starts[i], ends[i])`, so in UTF-16 code units
/// of the original text, before any normalisation. A token that is part of a character stands for the whole character; one
/// that the tokenizer adds (a prefix space) for the character that it was added before. Where the published post-processor trims
/// offsets, white space at both ends of a token is left out of its stretch.
public record Encoding(int[] ids, int[] starts, int[] ends) {
  public Encoding {
    if (ids.length != starts.length || ids.length != ends.length) {
      throw new IllegalArgumentException("%d ids, %d starts, %d ends".formatted(ids.length, starts.length, ends.length));
    }
  }
}
