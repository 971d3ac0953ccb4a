package dev.athanor.tokenizer;

/// Text of tokens that come one by one. All that it gives, joined, is what [Tokenizer#decode] makes of all the tokens; what it
/// has given never changes, and a character is given whole. Not thread-safe: one for each generation.
public interface TokenStream {
  /// The text that can no longer change after one more token; may be empty.
  String push(int id);

  /// The rest.
  String finish();

  /// For a tokenizer whose tokens are bytes that only follow one another.
  static TokenStream ofBytes(Tokenizer tokenizer) {
    Utf8Stream text = new Utf8Stream();
    return new TokenStream() {
      @Override
      public String push(int id) {
        return text.feed(tokenizer.bytes(id));
      }

      @Override
      public String finish() {
        return text.finish();
      }
    };
  }
}
