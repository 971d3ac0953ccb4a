package dev.athanor.data.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokensTest {
  private static List<String> tokens(Tokens tokens, String text) {
    var found = new ArrayList<String>();
    tokens.forEach(text, 0, text.length(), (_, from, to, single) -> found.add(text.substring(from, to) + (single ? "*" : "")));
    return found;
  }

  private static List<Long> hashes(Tokens tokens, String text) {
    var found = new ArrayList<Long>();
    tokens.forEach(text, 0, text.length(), (hash, _, _, _) -> found.add(hash));
    return found;
  }

  @Test
  void auto_mixedText_wordsAndSingleCharacters() {
    var prose = new Tokens(Tokens.Cut.AUTO, true, false);
    assertThat(tokens(prose, "Hello, 世界！Java25的𠀀 naïve한국어 ひら ไทย"))
        .containsExactly("Hello", "世*", "界*", "Java25", "的*", "𠀀*", "naïve한국어", "ひ*", "ら*", "ไ*", "ท*", "ย*");
    assertThat(tokens(new Tokens(Tokens.Cut.AUTO, false, true), "a_b(😀);")).containsExactly("a", "_", "b", "(", "😀", ")", ";");
    assertThat(tokens(new Tokens(Tokens.Cut.WORD, true, false), "世界 a")).containsExactly("世界", "a");
    assertThat(tokens(new Tokens(Tokens.Cut.CHARACTER, true, false), "世 ab")).containsExactly("世*", "a*", "b*");
  }

  @Test
  void fold_caseAndWidth_doNotCount() {
    var folding = new Tokens(Tokens.Cut.AUTO, true, true);
    assertThat(hashes(folding, "ＡＢＣ１！")).isEqualTo(hashes(folding, "abc1!")).isEqualTo(hashes(folding, "Abc1!"));
    var exact = new Tokens(Tokens.Cut.AUTO, false, true);
    assertThat(hashes(exact, "Abc")).isNotEqualTo(hashes(exact, "abc"));
  }

  @Test
  void shingles_rolledHashes_areThoseOfTheirTokensAlone() {
    var shingles = new Shingles(new Tokens(Tokens.Cut.AUTO, true, false), 3);
    var whole = new ArrayList<Long>();
    assertThat(shingles.forEach("a b c d 天 地", 0, 11, whole::add)).isEqualTo(6);
    var alone = new ArrayList<Long>();
    for (String three : List.of("a b c", "b c d", "c d 天", "d 天 地")) {
      shingles.forEach(three, 0, three.length(), alone::add);
    }
    assertThat(whole).isEqualTo(alone);
    assertThat(new HashSet<>(whole)).hasSize(4);
  }

  @Test
  void shingles_fewTokens_areOneAndNoneIsNone() {
    var shingles = new Shingles(new Tokens(Tokens.Cut.AUTO, true, false), 3);
    var found = new ArrayList<Long>();
    assertThat(shingles.forEach("a b", 0, 3, found::add)).isEqualTo(2);
    assertThat(shingles.forEach("。！ ", 0, 3, found::add)).isZero();
    assertThat(found).hasSize(1);
  }
}
