package dev.athanor.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WordsTest {
  private static WordOptions options(int vocabSize, double coverage, String alphabet) {
    return new WordOptions(vocabSize, List.of("</s>"), WordRules.standard(), coverage, alphabet, false, 2);
  }

  private static Map<String, Long> counts(Words words) {
    Map<String, Long> counts = new TreeMap<>();
    for (int w = 0; w < words.size(); w++) {
      assertThat(counts.put(words.text(words.start(w), words.start(w + 1) - 1 - words.start(w)), words.count(w))).isNull();
    }
    return counts;
  }

  @Test
  void count_texts_givesDistinctWordsAndTheirCounts() {
    Words words = Words.count(List.of("ba ab ab", "ba, ba").iterator(), options(100, 1, ""), "", Progress.silent());
    assertThat(counts(words)).isEqualTo(Map.of("▁ab", 2L, "▁ba", 3L, ",", 1L, "▁", 0L, "a", 0L, "b", 0L));
    assertThat(words.lastSymbol()).isEqualTo(4);
    // Of equal counts the smaller code point first.
    assertThat(IntStream.rangeClosed(1, 4).mapToObj(s -> Character.toString(words.character(s)))).containsExactly("a", "b", "▁", ",");
    assertThat(words.symbolCount(1)).isEqualTo(5);
  }

  @Test
  void count_rareCharacters_cutWordsUnlessTheyAreNamed() {
    List<String> texts = List.of("aaaa bbbb".repeat(20) + " axb xa");
    Words words = Words.count(texts.iterator(), options(100, 0.98, ""), "", Progress.silent());
    assertThat(counts(words)).containsEntry("▁a", 1L).containsEntry("b", 1L).containsEntry("▁", 1L).doesNotContainKey("x");
    Words named = Words.count(texts.iterator(), options(100, 0.98, "xz"), "", Progress.silent());
    assertThat(counts(named)).containsEntry("▁axb", 1L).containsEntry("▁xa", 1L).containsEntry("z", 0L);
    // As the normalizer leaves them.
    Words normal = Words.count(texts.iterator(), options(100, 0.98, "，e\u0301"), "", Progress.silent());
    assertThat(counts(normal)).containsEntry(",", 0L).containsEntry("e", 0L).doesNotContainKeys("，", "é");
  }

  @Test
  void count_moreCharactersThanRoom_isRefusedWithWhatIsNeeded() {
    assertThatThrownBy(() -> Words.count(List.of("abcdef").iterator(), options(6, 1, ""), "", Progress.silent()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("7 characters must be covered, which needs 9");
  }

  @Test
  void sort_randomSymbols_isTheOrderOfTheSuffixesToThatDepth() {
    Random random = new Random(3);
    for (int size : new int[] {0, 1, 13, 500, 40_000}) {
      char[] text = new char[size + 1];
      for (int i = 0; i < size; i++) {
        text[i] = (char) (random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(size % 2 == 0 ? 2 : 1000));
      }
      List<Integer> places = new ArrayList<>();
      IntStream.range(0, size).filter(i -> text[i] != 0).forEach(places::add);
      int[] sorted = places.stream().mapToInt(i -> i).toArray();
      SymbolSort.sort(text, sorted, 9, 3);
      places.sort(Comparator.comparing((Integer i) -> suffix(text, i)));
      assertThat(Arrays.stream(sorted).mapToObj(i -> suffix(text, i)).toList())
          .isEqualTo(places.stream().map(i -> suffix(text, i)).toList());
      assertThat(Arrays.stream(sorted).sorted().toArray()).isEqualTo(places.stream().mapToInt(i -> i).sorted().toArray());
    }
  }

  private static String suffix(char[] text, int from) {
    int to = from;
    while (to < from + 9 && text[to] != 0) {
      to++;
    }
    return new String(text, from, to - from);
  }
}
