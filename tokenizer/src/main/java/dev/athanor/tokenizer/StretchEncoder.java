package dev.athanor.tokenizer;

/// Encodes a part of a longer text as a tokenizer would inside it.
@FunctionalInterface
interface StretchEncoder {
  /// Where the part stands. Some tokenizers put a space before a text; before what goes on from other text there is none.
  enum Place {
    BEGINNING,
    AFTER_TOKEN,
    WITHIN
  }

  /// The ids of plain text: names of added tokens in it are ordinary text.
  int[] encode(String text, Place place);
}
