package dev.athanor.cli.tokenizer;

import dev.athanor.tokenizer.AddedToken;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.BpeVocabulary;
import dev.athanor.tokenizer.PreTokenizer;
import dev.athanor.tokenizer.PreTokenizerPattern;
import dev.athanor.tokenizer.PreTokenizerSequence;
import dev.athanor.tokenizer.RegexPreTokenizer;
import dev.athanor.tokenizer.TokenizerStats;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What a tokenizer is. Its JSON is this record.
///
/// @param tokens ids in all
/// @param patterns regular expressions that cut text, one after another
/// @param bos what stands before every text
/// @param pieces the tokens of a short text, as text
public record TokenizerSummary(
    String model,
    int tokens,
    int merges,
    List<String> patterns,
    boolean nfc,
    boolean ignoreMerges,
    List<Added> added,
    @Nullable Integer bos,
    int end,
    boolean chatTemplate,
    TokenizerStats.@Nullable Count measured,
    List<String> pieces) {
  /// A token matched as a whole.
  public record Added(int id, String name, boolean special) {}

  /// @param text to measure on
  /// @param show whether its tokens are listed
  public static TokenizerSummary of(BpeTokenizer tokenizer, Optional<String> text, boolean show) {
    BpeVocabulary vocabulary = tokenizer.vocabulary();
    int[] ids = show ? tokenizer.encodeWithSpecials(text.orElseThrow()) : new int[0];
    return new TokenizerSummary(
        "byte-level BPE",
        tokenizer.vocabSize(),
        vocabulary.merges().size(),
        patterns(tokenizer.preTokenizer()),
        vocabulary.rules().nfc(),
        vocabulary.rules().ignoreMerges(),
        tokenizer.addedTokens().stream().map(TokenizerSummary::added).toList(),
        tokenizer.bosId().isPresent() ? tokenizer.bosId().getAsInt() : null,
        tokenizer.endOfText(),
        vocabulary.chatTemplate().isPresent(),
        text.map(t -> TokenizerStats.measure(tokenizer, Map.of("text", List.of(t))).total()).orElse(null),
        Arrays.stream(ids).mapToObj(id -> tokenizer.decode(new int[] {id}, false)).toList());
  }

  private static Added added(AddedToken token) {
    return new Added(token.id(), token.content(), token.special());
  }

  private static List<String> patterns(PreTokenizer preTokenizer) {
    return switch (preTokenizer) {
      case PreTokenizerPattern pattern -> List.of(pattern.regex());
      case RegexPreTokenizer regex -> List.of(regex.regex());
      case PreTokenizerSequence sequence -> sequence.steps().stream().flatMap(step -> patterns(step).stream()).toList();
    };
  }

  /// For people.
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(line("model", model + (nfc ? ", text composed (NFC) first" : "") + (ignoreMerges ? ", whole pieces before merges" : "")));
    lines.add(line("tokens", "%,d: %,d merges, %,d added (%,d special)".formatted(tokens, merges, added.size(), added.stream().filter(Added::special).count())));
    patterns.forEach(pattern -> lines.add(line("cut by", pattern)));
    lines.add(line("before text", bos == null ? "nothing" : named(bos)));
    lines.add(line("end", named(end)));
    lines.add(line("chat template", chatTemplate ? "yes" : "no"));
    added.stream().limit(20).forEach(token -> lines.add(line(token.special() ? "special" : "added", token.id() + " " + token.name())));
    if (added.size() > 20) {
      lines.add(line("", "and " + (added.size() - 20) + " more"));
    }
    TokenizerStats.Count count = measured;
    if (count != null) {
      lines.add(
          line(
              "on the text",
              String.format(
                  Locale.ROOT, "%,d bytes, %,d characters, %,d tokens: %.3f bytes and %.3f characters per token",
                  count.bytes(), count.characters(), count.tokens(), count.bytesPerToken(), count.charactersPerToken())));
    }
    if (!pieces.isEmpty()) {
      lines.add(line("pieces", pieces.stream().map(piece -> "[" + piece.replace("\n", "\\n") + "]").collect(Collectors.joining(" "))));
    }
    return lines;
  }

  private String named(int id) {
    return IntStream.range(0, added.size()).filter(i -> added.get(i).id() == id).mapToObj(i -> id + " " + added.get(i).name()).findFirst().orElse("" + id);
  }

  private static String line(String label, String value) {
    return String.format(Locale.ROOT, "%-14s %s", label, value);
  }
}
