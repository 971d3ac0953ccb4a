package dev.athanor.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PreTokenizerPatternTest {
  private static List<String> pieces(PreTokenizer preTokenizer, String text) {
    List<String> pieces = new ArrayList<>();
    preTokenizer.split(text, (t, start, end) -> pieces.add(t.substring(start, end)));
    return pieces;
  }

  @ParameterizedTest
  @EnumSource
  void split_randomUnicode_equalsItsRegex(PreTokenizerPattern pattern) {
    RegexPreTokenizer regex = new RegexPreTokenizer(pattern.regex());
    RandomText random = new RandomText(11);
    for (int i = 0; i < 20_000; i++) {
      String text = random.next(24);
      assertThat(pieces(pattern, text)).as(text).isEqualTo(pieces(regex, text));
    }
  }

  @ParameterizedTest
  @EnumSource
  void split_everyCodePointInContext_equalsItsRegex(PreTokenizerPattern pattern) {
    RegexPreTokenizer regex = new RegexPreTokenizer(pattern.regex());
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      // Unpaired surrogates (Cs) are among them.
      String s = Character.toString(c);
      String text = s + "a " + s + s + " '" + s + "\n" + s + "1 ";
      List<String> expected = pieces(regex, text);
      if (!pieces(pattern, text).equals(expected)) {
        assertThat(pieces(pattern, text)).as("U+%04X", c).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void of_publishedRegex_isThePattern(PreTokenizerPattern pattern) {
    assertThat(PreTokenizerPattern.of(pattern.regex())).contains(pattern);
    assertThat(PreTokenizerPattern.of(pattern.regex() + "|x")).isEmpty();
  }
}
