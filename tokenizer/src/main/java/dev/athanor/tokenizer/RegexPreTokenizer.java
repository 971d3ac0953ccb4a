package dev.athanor.tokenizer;

import dev.athanor.tokenizer.pipeline.Oniguruma;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Any other published pattern, run by `java.util.regex`. Matches are pieces and so is what lies between them (the
/// behaviour that Hugging Face calls "Isolated"). Patterns are Oniguruma's, see [Oniguruma].
public record RegexPreTokenizer(String regex, Pattern pattern) implements PreTokenizer {
  /// @throws PatternSyntaxException where Java's dialect has no such pattern
  public RegexPreTokenizer(String regex) {
    this(regex, compile(regex));
  }

  /// The scanner that stands for a pattern where there is one, else the pattern itself.
  ///
  /// @throws PatternSyntaxException where Java's dialect has no such pattern
  public static PreTokenizer ofRegex(String regex) {
    return PreTokenizerPattern.of(regex).<PreTokenizer>map(p -> p).orElseGet(() -> new RegexPreTokenizer(regex));
  }

  static Pattern compile(String regex) {
    return Oniguruma.compile(regex);
  }

  /// Patterns are equal where their regular expressions are.
  @Override
  public boolean equals(Object other) {
    return other instanceof RegexPreTokenizer that && regex.equals(that.regex);
  }

  @Override
  public int hashCode() {
    return regex.hashCode();
  }

  @Override
  public void split(String text, Pieces pieces) {
    Matcher matcher = pattern.matcher(text);
    int done = 0;
    while (matcher.find()) {
      if (matcher.start() > done) {
        pieces.accept(text, done, matcher.start());
      }
      if (matcher.end() > matcher.start()) {
        pieces.accept(text, matcher.start(), matcher.end());
      }
      done = matcher.end();
    }
    if (done < text.length()) {
      pieces.accept(text, done, text.length());
    }
  }
}
