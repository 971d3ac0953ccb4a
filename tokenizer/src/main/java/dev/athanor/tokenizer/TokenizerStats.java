package dev.athanor.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// How well a tokenizer packs text, by kind ("zh", "en", "code"…): the more bytes a token, the more text fits a context.
public record TokenizerStats(Map<String, Count> byKind) {
  public TokenizerStats {
    byKind = Collections.unmodifiableMap(new LinkedHashMap<>(byKind));
  }

  /// UTF-8 bytes, characters (code points) and tokens.
  public record Count(long texts, long bytes, long characters, long tokens) {
    static final Count NONE = new Count(0, 0, 0, 0);

    /// 0 where there is no text.
    public double bytesPerToken() {
      return tokens == 0 ? 0 : (double) bytes / tokens;
    }

    /// 0 where there is no text.
    public double charactersPerToken() {
      return tokens == 0 ? 0 : (double) characters / tokens;
    }

    Count plus(Count other) {
      return new Count(
          texts + other.texts, bytes + other.bytes, characters + other.characters, tokens + other.tokens);
    }
  }

  /// Encodes every text once. The kinds keep the order of the map.
  public static TokenizerStats measure(Tokenizer tokenizer, Map<String, ? extends Iterable<String>> textsByKind) {
    Map<String, Count> counts = new LinkedHashMap<>();
    textsByKind.forEach(
        (kind, texts) -> {
          Count sum = Count.NONE;
          for (String text : texts) {
            sum = sum.plus(
                new Count(
                    1,
                    text.getBytes(StandardCharsets.UTF_8).length,
                    text.codePointCount(0, text.length()),
                    tokenizer.encode(text).length));
          }
          counts.put(kind, sum);
        });
    return new TokenizerStats(counts);
  }

  /// All kinds together.
  public Count total() {
    return byKind.values().stream().reduce(Count.NONE, Count::plus);
  }
}
