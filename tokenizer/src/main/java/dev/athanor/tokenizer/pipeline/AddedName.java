package dev.athanor.tokenizer.pipeline;

/// A token that is matched in text as a whole, before pre-tokenizer and model.
///
/// @param singleWord only where no word character touches it
/// @param lstrip takes the white space before it too
/// @param rstrip takes the white space after it too
/// @param normalized matched in normalized text, by its normalized name
/// @param special a control token, left out of decoded text on request
public record AddedName(
    int id, String content, boolean singleWord, boolean lstrip, boolean rstrip, boolean normalized, boolean special) {
  static AddedName at(Place place) {
    String content = place.at("content").text();
    if (content.isEmpty()) {
      throw place.at("content").bad("is empty");
    }
    return new AddedName(
        place.at("id").number(0, Vocabulary.LARGEST_ID),
        content,
        place.flag("single_word", false),
        place.flag("lstrip", false),
        place.flag("rstrip", false),
        place.flag("normalized", false),
        place.flag("special", false));
  }
}
