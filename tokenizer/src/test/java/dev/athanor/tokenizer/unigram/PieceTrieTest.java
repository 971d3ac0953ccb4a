package dev.athanor.tokenizer.unigram;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PieceTrieTest {
  private static PieceTrie trie(List<String> sorted) {
    StringBuilder symbols = new StringBuilder();
    int[] at = new int[sorted.size()];
    for (int i = 0; i < at.length; i++) {
      at[i] = symbols.length();
      symbols.append(sorted.get(i));
    }
    return PieceTrie.of(
        symbols.toString().toCharArray(), at, sorted.stream().mapToInt(String::length).toArray(), IntStream.range(0, at.length).map(i -> i * 2).toArray());
  }

  private static int find(PieceTrie trie, String text) {
    int node = PieceTrie.ROOT;
    for (int i = 0; i < text.length(); i++) {
      node = trie.child(node, text.charAt(i));
      if (node < 0) {
        return -2;
      }
    }
    return trie.value(node);
  }

  @Test
  void child_randomPieces_findsThemTheirPrefixesAndNothingElse() {
    Random random = new Random(11);
    for (int letters : new int[] {2, 26, 3000, 65_535}) {
      TreeSet<String> pieces = new TreeSet<>();
      for (int i = 0; i < 3000; i++) {
        pieces.add(word(random, letters));
      }
      List<String> sorted = new ArrayList<>(pieces);
      PieceTrie trie = trie(sorted);
      TreeSet<String> prefixes = new TreeSet<>();
      for (int i = 0; i < sorted.size(); i++) {
        assertThat(find(trie, sorted.get(i))).isEqualTo(2 * i);
        for (int n = 1; n < sorted.get(i).length(); n++) {
          prefixes.add(sorted.get(i).substring(0, n));
        }
      }
      for (int i = 0; i < 20_000; i++) {
        String text = word(random, letters);
        int expected = pieces.contains(text) ? 2 * pieces.headSet(text).size() : prefixes.contains(text) ? -1 : -2;
        assertThat(find(trie, text)).isEqualTo(expected);
      }
    }
  }

  private static String word(Random random, int letters) {
    StringBuilder word = new StringBuilder();
    int length = 1 + random.nextInt(6);
    for (int i = 0; i < length; i++) {
      word.append((char) (1 + (int) (letters * Math.pow(random.nextDouble(), 3))));
    }
    return word.toString();
  }

  @Test
  void child_noPieces_findsNothing() {
    assertThat(trie(List.of()).child(PieceTrie.ROOT, '\0')).isEqualTo(-1);
    PieceTrie one = trie(List.of("a"));
    assertThat(one.child(one.child(PieceTrie.ROOT, 'a'), '\0')).isEqualTo(-1);
    assertThat(one.child(PieceTrie.ROOT, '\uFFFF')).isEqualTo(-1);
  }
}
