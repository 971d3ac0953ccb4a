package dev.athanor.tokenizer;

import java.util.List;
import java.util.OptionalInt;

/// What a byte-level BPE tokenizer *is*: the content of a `tokenizer.json`.
///
/// @param tokens the bytes of each id of the model's vocabulary; empty where the file leaves a gap
/// @param mergeLefts the left ids of the merges, the most wanted first
/// @param mergeRights the right ids of the merges
/// @param addedTokens tokens outside the vocabulary (or naming one inside it), by id
/// @param addPrefixSpace puts a space before text that does not begin with one
/// @param nfc text is brought into Unicode's composed form first, so that decoding may differ from what was encoded
/// @param ignoreMerges a piece that is a token as a whole is that token, whatever the merges say (Llama 3)
/// @param bosId what the file's post-processor puts before every text
/// @param framing what the file's post-processor puts around one text and around two
/// @param trims how it shortens the stretches of text that tokens stand for
record BpeModel(
    byte[][] tokens,
    int[] mergeLefts,
    int[] mergeRights,
    List<AddedToken> addedTokens,
    PreTokenizer preTokenizer,
    boolean addPrefixSpace,
    boolean nfc,
    boolean ignoreMerges,
    OptionalInt bosId,
    Framing framing,
    List<OffsetTrim> trims) {
  BpeModel {
    addedTokens = List.copyOf(addedTokens);
    trims = List.copyOf(trims);
  }

  /// With nothing but that token before texts, and stretches as they are.
  BpeModel(
      byte[][] tokens,
      int[] mergeLefts,
      int[] mergeRights,
      List<AddedToken> addedTokens,
      PreTokenizer preTokenizer,
      boolean addPrefixSpace,
      boolean nfc,
      boolean ignoreMerges,
      OptionalInt bosId) {
    this(tokens, mergeLefts, mergeRights, addedTokens, preTokenizer, addPrefixSpace, nfc, ignoreMerges, bosId,
        bosId.isPresent() ? Framing.before(bosId.getAsInt()) : Framing.NONE, List.of());
  }
}
