package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SentencesTest {
  private static List<String> cut(String text) {
    List<String> sentences = new ArrayList<>();
    Sentences.cut(text, (from, to) -> sentences.add(text.substring(from, to)));
    return sentences;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "One came. Two went!  Three?; One came.|Two went!|Three?",
        "He met Dr. Ann B. Smith of St. Louis. She left.; He met Dr. Ann B. Smith of St. Louis.|She left.",
        "J. R. R. Tolkien wrote 3.5 pages.; J. R. R. Tolkien wrote 3.5 pages.",
        "\"Stop.\" She ran.; \"Stop.\"|She ran.",
        "昨天他来了。“好！”她说？走吧; 昨天他来了。|“好！”|她说？|走吧",
        "a.b@c.de x; a.b@c.de x"
      })
  void cut_plainText_endsWhereASentenceDoes(String text, String expected) {
    assertThat(cut(text)).containsExactly(expected.split("\\|", -1));
  }

  @Test
  void cut_lines_keepsWrappedOnesTogetherAndListsApart() {
    assertThat(cut("Yesterday the manager said that a certain John\nSmith would come\n\nMary Jones\nPaul Reed\n"))
        .containsExactly("Yesterday the manager said that a certain John\nSmith would come", "Mary Jones", "Paul Reed");
    assertThat(cut("It was a long line that ended with a full stop here.\nNext")).hasSize(2);
  }

  @Test
  void cut_anyText_givesOrderedBoundedStretchesOfAllThatIsNotBlank() {
    Random random = new Random(3);
    String letters = "ab .!?。！\n\n,，\"”)J\uD83D\uDE42";
    for (int round = 0; round < 300; round++) {
      var text = new StringBuilder();
      int length = random.nextInt(round % 10 == 0 ? 20_000 : 200);
      int few = round % 3 == 0 ? 2 : letters.length() - 1;
      while (text.length() < length) {
        int at = random.nextInt(few);
        text.append(at == letters.length() - 2 ? "\uD83D\uDE42" : letters.substring(at, at + 1));
      }
      String whole = text.toString();
      int[] before = {0};
      Sentences.cut(
          whole,
          (from, to) -> {
            assertThat(from).isGreaterThanOrEqualTo(before[0]).isLessThan(to);
            assertThat(whole.substring(before[0], from)).isBlank();
            assertThat(to - from).isLessThanOrEqualTo(Sentences.MOST_CHARS + 16);
            assertThat(Character.isLowSurrogate(whole.charAt(from))).isFalse();
            before[0] = to;
          });
      assertThat(whole.substring(before[0])).isBlank();
    }
  }
}
