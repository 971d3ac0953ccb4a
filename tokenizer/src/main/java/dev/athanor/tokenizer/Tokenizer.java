package dev.athanor.tokenizer;

import java.util.List;
import java.util.OptionalInt;

/// Text to token ids and back. Thread-safe.
public interface Tokenizer {
  /// Ids are 0 ≤ id < vocabSize, special tokens included.
  int vocabSize();

  /// The ids of plain text: a special token's name inside the text is ordinary text (what users type must not forge turns).
  int[] encode(String text);

  /// The ids of text in which the names of special and added tokens stand for those tokens.
  int[] encodeWithSpecials(String text);

  /// The ids of many plain texts, each as by itself, in their order.
  ///
  /// @param threads that share the work
  default List<int[]> encodeAll(List<String> texts, int threads) {
    return InParallel.map(texts, this::encode, threads);
  }

  /// The ids with the stretch of the text that each stands for.
  ///
  /// @param specials whether the names of special tokens stand for those tokens
  Encoding encodeWithOffsets(String text, boolean specials);

  /// What the model wants around texts; `encode` puts nothing around them.
  default Framing framing() {
    return Framing.NONE;
  }

  /// The UTF-8 bytes that a token stands for; they may be part of a character. A special token gives its name's bytes.
  byte[] bytes(int id);

  boolean isSpecial(int id);

  /// The id of a token by its exact content, special tokens included.
  OptionalInt id(String token);

  /// Malformed UTF-8 becomes U+FFFD.
  String decode(int[] ids, boolean skipSpecial);

  /// The text of tokens that come one by one; the same as `decode` of all of them.
  default TokenStream stream() {
    return TokenStream.ofBytes(this);
  }

  /// The token that ends a document or a turn in generation.
  int endOfText();

  /// How conversations are laid out for this tokenizer's model.
  ChatTemplate chatTemplate();
}
