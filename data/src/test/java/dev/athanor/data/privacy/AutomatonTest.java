package dev.athanor.data.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.data.SplitMix64;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AutomatonTest {
  private static List<String> hits(List<String> words, String text) {
    var hits = new ArrayList<String>();
    new Automaton(words).run(text.toCharArray(), 0, text.length(), (word, end) -> hits.add(words.get(word) + "@" + end));
    return hits;
  }

  @Test
  void run_wordsInsideWords_areAllHitLongestFirst() {
    assertThat(hits(List.of("he", "she", "his", "hers"), "usHERS")).containsExactly("she@4", "he@4", "hers@6");
    assertThat(hits(List.of("qq", "微信"), "ＱＱ和微信")).containsExactly("qq@2", "微信@5");
  }

  /// The plain search is the oracle.
  @Test
  void run_randomWordsAndTexts_equalPlainSearch() {
    var random = new SplitMix64(3);
    for (int round = 0; round < 200; round++) {
      List<String> words = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String word = draw(random, 1 + random.below(4));
        if (!words.contains(word)) {
          words.add(word);
        }
      }
      String text = draw(random, 60);
      var expected = new ArrayList<String>();
      for (String word : words) {
        for (int at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
          expected.add(word + "@" + (at + word.length()));
        }
      }
      assertThat(hits(words, text)).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  private static String draw(SplitMix64 random, int length) {
    var text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append("ab路".charAt(random.below(3)));
    }
    return text.toString();
  }
}
