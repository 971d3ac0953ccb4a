package dev.athanor.tokenizer;

/// How a vocabulary packs texts. A *word* is a run of letters inside a piece, of a script that puts spaces between words; a *Han*
/// character is a Chinese one. Something is whole where no token begins or ends inside of it.
///
/// @param characters code points
/// @param words those of the texts, one by one
/// @param wholeWords words that lie in one token
/// @param wordTokens tokens that each word touches, summed over the words
/// @param han Chinese characters of the texts, one by one
/// @param wholeHan those that lie in one token
/// @param distinctHan different Chinese characters
/// @param distinctWholeHan those of them that are a token by themselves
public record Packing(
    long bytes,
    long characters,
    long tokens,
    long words,
    long wholeWords,
    long wordTokens,
    long han,
    long wholeHan,
    long distinctHan,
    long distinctWholeHan) {
  /// NaN where there is no text.
  public double bytesPerToken() {
    return ratio(bytes, tokens);
  }

  public double charactersPerToken() {
    return ratio(characters, tokens);
  }

  /// The share of words that lie in one token; NaN where there are none.
  public double wordCoverage() {
    return ratio(wholeWords, words);
  }

  /// Tokens that a word touches, on average.
  public double fertility() {
    return ratio(wordTokens, words);
  }

  /// The share of Chinese characters of the texts that lie in one token.
  public double hanCoverage() {
    return ratio(wholeHan, han);
  }

  /// The share of different Chinese characters that are a token by themselves.
  public double distinctHanCoverage() {
    return ratio(distinctWholeHan, distinctHan);
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? Double.NaN : (double) part / whole;
  }
}
