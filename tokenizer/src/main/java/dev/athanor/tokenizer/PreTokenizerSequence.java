package dev.athanor.tokenizer;

import java.util.List;

/// Several patterns one after the other, each cutting the pieces of the one before and seeing nothing around them (DeepSeek,
/// StarCoder, SmolLM…).
public record PreTokenizerSequence(List<PreTokenizer> steps) implements PreTokenizer {
  public PreTokenizerSequence {
    steps = List.copyOf(steps);
    if (steps.isEmpty()) {
      throw new IllegalArgumentException("a sequence has at least one step");
    }
  }

  /// @throws java.util.regex.PatternSyntaxException where Java's dialect has no such pattern
  public static PreTokenizerSequence of(String... regexes) {
    return new PreTokenizerSequence(List.of(regexes).stream().map(RegexPreTokenizer::ofRegex).toList());
  }

  @Override
  public void split(String text, Pieces pieces) {
    split(0, text, pieces);
  }

  private void split(int step, String text, Pieces pieces) {
    boolean last = step + 1 == steps.size();
    Pieces next = last ? pieces : (all, start, end) -> split(step + 1, all.substring(start, end), pieces);
    steps.get(step).split(text, next);
  }
}
