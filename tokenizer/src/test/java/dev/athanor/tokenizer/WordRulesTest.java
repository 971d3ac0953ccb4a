package dev.athanor.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class WordRulesTest {
  private static List<String> cut(WordRules rules, String text) {
    List<String> words = new ArrayList<>();
    rules.split(text, (t, start, end) -> words.add(t.substring(start, end)));
    return words;
  }

  @Test
  void split_standard_collapsesBlanksAndPartsScripts() {
    assertThat(cut(WordRules.standard(), "  Hello,\u3000\n world! ")).containsExactly(" Hello", ",", " world", "!");
    assertThat(cut(WordRules.standard(), "カタカナーとかな漢字abc12-3")).containsExactly(" カタカナーとかな漢字", "abc", "12-3");
    assertThat(cut(WordRules.standard(), "")).isEmpty();
    assertThat(cut(WordRules.standard(), " \t ")).isEmpty();
  }

  @Test
  void split_lossless_keepsRunsOfBlanksTogetherAndDigitsApart() {
    assertThat(cut(WordRules.lossless(), "if\n\n   x42")).containsExactly(" if", "\n\n", "   x", "4", "2");
    assertThat(cut(WordRules.lossless(), " 7")).containsExactly("  ", "7");
    assertThat(cut(WordRules.lossless(), "\r\n\t\t")).containsExactly(" ", "\r", "\n", "\t\t");
  }

  @Test
  void split_marksBelongToWhatTheyFollow() {
    assertThat(cut(WordRules.standard(), "cafe\u0301s ?\u0301a")).containsExactly(" cafés", " ?\u0301", "a");
  }

  @Test
  void split_oneSpaceAtATime_whereRunsAreNoPieces() {
    WordRules rules = new WordRules(TextNormalizer.NONE, false, false, false, false, false, 16);
    assertThat(cut(rules, "a1,b  c\n\n")).containsExactly("a1,b", " ", " c", "\n", "\n");
  }

  @Test
  void split_aLongRun_isCut() {
    WordRules rules = WordRules.lossless();
    List<String> words = cut(rules, "a".repeat(600));
    assertThat(words).hasSize(3).allSatisfy(word -> assertThat(word.length()).isLessThanOrEqualTo(256));
  }

  @Test
  void split_randomTexts_isThePreparedTextAndPartsInTheSamePlacesAnywhere() {
    RandomText random = new RandomText(8);
    for (int i = 0; i < 500; i++) {
      String text = random.next(30);
      for (WordRules rules : List.of(WordRules.standard(), WordRules.lossless())) {
        assertThat(String.join("", cut(rules, text))).isEqualTo(rules.prepare(text));
        assertThat(cut(rules, text)).doesNotContain("");
      }
    }
    assertThat(WordRules.lossless().prepare("a\u2581b")).isEqualTo(" a b");
  }

  @Test
  void prepare_collapsedWhiteSpace_isWhatRegularExpressionsMakeOfIt() {
    WordRules rules = new WordRules(TextNormalizer.NONE, true, false, false, false, true, 16);
    Pattern runs = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);
    RandomText random = new RandomText(14);
    for (int i = 0; i < 3_000; i++) {
      String text = i % 3 == 0 ? random.words(1 + i % 40) : random.next(14);
      String collapsed = runs.matcher(text).replaceAll(" ");
      int from = collapsed.startsWith(" ") ? 1 : 0;
      int to = collapsed.length() - (collapsed.endsWith(" ") && collapsed.length() > from ? 1 : 0);
      assertThat(rules.prepare(text)).isEqualTo(collapsed.substring(from, to));
    }
  }

  @Test
  void isPiece_markersInside_areNone() {
    WordRules rules = WordRules.lossless();
    assertThat(rules.isPiece("▁a")).isTrue();
    assertThat(rules.isPiece("▁▁▁")).isTrue();
    assertThat(rules.isPiece("▁▁a")).isFalse();
    assertThat(rules.isPiece("a▁")).isFalse();
    assertThat(rules.isPiece("𠮷".repeat(16))).isTrue();
    assertThat(rules.isPiece("a".repeat(17))).isFalse();
  }

  @Test
  void rules_thatContradict_areRefused() {
    assertThatThrownBy(() -> new WordRules(TextNormalizer.NONE, true, true, true, false, true, 16))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("collapses");
    assertThatThrownBy(() -> new WordRules(TextNormalizer.NONE, true, true, false, false, true, 0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("1 to 64");
  }
}
