package dev.athanor.train.objective;

import dev.athanor.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A document in three parts, one after the other its text; any may be empty.
record MiddleParts(int[] prefix, int[] middle, int[] suffix) {
  /// Cuts at two places, every pair of them equally likely.
  ///
  /// @return no fewer tokens than the document has
  static MiddleParts of(int[] document, MiddleCut cut, Chance chance) {
    return switch (cut) {
      case MiddleCut.BetweenTokens _ -> betweenTokens(document, chance);
      case MiddleCut.BetweenCharacters characters ->
          betweenCharacters(document, characters.tokenizer(), chance).orElseGet(() -> betweenTokens(document, chance));
    };
  }

  static MiddleParts betweenTokens(int[] document, Chance chance) {
    int[] places = twoPlaces(document.length, chance);
    return new MiddleParts(
        Arrays.copyOf(document, places[0]),
        Arrays.copyOfRange(document, places[0], places[1]),
        Arrays.copyOfRange(document, places[1], document.length));
  }

  private static Optional<MiddleParts> betweenCharacters(int[] document, Tokenizer tokenizer, Chance chance) {
    List<TokenText> stretches = TokenText.between(tokenizer, document);
    if (stretches.size() != 1 || stretches.getFirst().tokens() < document.length) {
      return Optional.empty();
    }
    String text = stretches.getFirst().text().text();
    int[] places = twoPlaces(text.codePointCount(0, text.length()), chance);
    int first = text.offsetByCodePoints(0, places[0]);
    int second = text.offsetByCodePoints(first, places[1] - places[0]);
    MiddleParts parts =
        new MiddleParts(
            tokenizer.encode(text.substring(0, first)),
            tokenizer.encode(text.substring(first, second)),
            tokenizer.encode(text.substring(second)));
    boolean whole = text.getBytes(StandardCharsets.UTF_8).length == stretches.getFirst().bytes();
    return whole && parts.text(tokenizer).equals(text) && parts.tokens() >= document.length
        ? Optional.of(parts)
        : Optional.empty();
  }

  /// Two of the places between `items`, the ends included, in order.
  private static int[] twoPlaces(int items, Chance chance) {
    int one = chance.below(items + 1);
    int other = chance.below(items + 1);
    return new int[] {Math.min(one, other), Math.max(one, other)};
  }

  private String text(Tokenizer tokenizer) {
    return tokenizer.decode(prefix, false) + tokenizer.decode(middle, false) + tokenizer.decode(suffix, false);
  }

  int tokens() {
    return prefix.length + middle.length + suffix.length;
  }

  MiddleParts withoutLast(int count) {
    return new MiddleParts(prefix, middle, Arrays.copyOf(suffix, suffix.length - count));
  }
}
