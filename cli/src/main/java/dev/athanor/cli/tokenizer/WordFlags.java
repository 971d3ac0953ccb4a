package dev.athanor.cli.tokenizer;

import dev.athanor.base.UserException;
import dev.athanor.tokenizer.TextNormalizer;
import dev.athanor.tokenizer.WordOptions;
import dev.athanor.tokenizer.WordRules;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The flags of tokenizers over words with ▁ for a blank: `--model bpe` and `--model unigram`. What is not said is null.
public final class WordFlags {
  @Option(
      names = "--normalizer",
      paramLabel = "none|nfc|nfkc",
      description = "bpe, unigram: Unicode's normal form of every text, before all else (default: none)")
  @Nullable String normalizer;

  @Option(
      names = "--character-coverage",
      paramLabel = "<share>",
      description = "bpe, unigram: of all characters of the corpus, the share that has pieces; rarer ones are bytes, or unknown (default: 0.9995)")
  @Nullable Double coverage;

  @Option(
      names = "--byte-fallback",
      negatable = true,
      description = "bpe, unigram: characters without pieces become their UTF-8 bytes, 256 tokens, so that nothing is unknown (default: yes)")
  @Nullable Boolean byteFallback;

  @Option(names = "--split-digits", negatable = true, description = "bpe, unigram: every digit by itself (default: yes)")
  @Nullable Boolean splitDigits;

  @Option(names = "--split-scripts", negatable = true, description = "bpe, unigram: no piece holds letters of two scripts, or letters and punctuation (default: yes)")
  @Nullable Boolean splitScripts;

  @Option(names = "--collapse-whitespace", negatable = true, description = "bpe, unigram: any run of white space is one blank, none stands at the ends (default: no)")
  @Nullable Boolean collapse;

  @Option(names = "--space-pieces", negatable = true, description = "bpe, unigram: runs of blanks or of line ends may be one piece (default: yes, unless white space collapses)")
  @Nullable Boolean spacePieces;

  @Option(names = "--prefix-space", negatable = true, description = "bpe, unigram: a blank goes before every text, and away again in decoding (default: yes)")
  @Nullable Boolean prefix;

  @Option(names = "--max-piece-length", paramLabel = "<n>", description = "bpe, unigram: characters that a piece may have (default: 16)")
  @Nullable Integer longest;

  /// @throws UserException naming each flag that was said though the model has no such choice
  public void refuse(String model) {
    Map<String, @Nullable Object> flags = new LinkedHashMap<>();
    flags.put("--normalizer", normalizer);
    flags.put("--character-coverage", coverage);
    flags.put("--byte-fallback", byteFallback);
    flags.put("--split-digits", splitDigits);
    flags.put("--split-scripts", splitScripts);
    flags.put("--collapse-whitespace", collapse);
    flags.put("--space-pieces", spacePieces);
    flags.put("--prefix-space", prefix);
    flags.put("--max-piece-length", longest);
    List<String> said = flags.entrySet().stream().filter(flag -> flag.getValue() != null).map(Map.Entry::getKey).toList();
    if (!said.isEmpty()) {
      throw new UserException(String.join(", ", said) + ": for --model bpe and unigram; " + model + " takes bytes as they are, cut by its --preset");
    }
  }

  public WordOptions options(int vocabSize, List<String> special, String alphabet, int threads) {
    boolean collapses = Objects.requireNonNullElse(collapse, false);
    WordRules rules =
        new WordRules(
            TextNormalizer.named(Objects.requireNonNullElse(normalizer, "none")),
            collapses,
            Objects.requireNonNullElse(prefix, true),
            Objects.requireNonNullElse(spacePieces, !collapses),
            Objects.requireNonNullElse(splitDigits, true),
            Objects.requireNonNullElse(splitScripts, true),
            Objects.requireNonNullElse(longest, 16));
    return new WordOptions(
        vocabSize,
        special,
        rules,
        Objects.requireNonNullElse(coverage, 0.9995),
        alphabet,
        Objects.requireNonNullElse(byteFallback, true),
        threads);
  }
}
