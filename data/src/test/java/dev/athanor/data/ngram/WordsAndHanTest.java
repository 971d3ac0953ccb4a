package dev.athanor.data.ngram;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WordsAndHanTest {
  private static List<String> units(UnitCutter cutter, String text) {
    List<String> units = new ArrayList<>();
    cutter.cut(text, 0, text.length(), (chars, from, to) -> units.add(new String(chars, from, to - from)));
    return units;
  }

  @Test
  void cut_mixedScripts_areWordsAndCharacters() {
    assertThat(units(new WordsAndHan(), "The Cat's 1234 mice，我们来了。Ａ５𠀀𝒜b한국어"))
        .containsExactly("the", "cat", "'", "s", "0000", "mice", ",", "我", "们", "来", "了", "。", "a0", "𠀀", "𝒜b한국어");
  }

  @Test
  void cut_controlsAndHalfPairs_areBoundaries() {
    assertThat(units(new WordsAndHan(), "a\u0000b\uD800c\u200bd\u00a0e\u3000f\uDC00")).containsExactly("a", "b", "c", "d", "e", "f");
    assertThat(units(new WordsAndHan(), "")).isEmpty();
  }

  @Test
  void cut_endlessWord_isInPieces() {
    assertThat(units(new WordsAndHan(), "x".repeat(200))).extracting(String::length).containsExactly(64, 64, 64, 8);
    assertThat(String.join("", units(new WordsAndHan(), "𝒷".repeat(200)))).isEqualTo("𝒷".repeat(200));
  }

  @Test
  void whitespaceWords_anySigns_stay() {
    assertThat(units(new WhitespaceWords(), " A,b\t你好，　x\r")).containsExactly("A,b", "你好，　x");
    assertThat(units(new WhitespaceWords(), "y".repeat(300))).containsExactly("y".repeat(300));
  }
}
