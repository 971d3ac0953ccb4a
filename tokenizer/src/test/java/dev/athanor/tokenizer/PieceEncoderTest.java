package dev.athanor.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Progress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The search for tokens that may stand side by side gives what merging gives, for lists of merges of every kind.
class PieceEncoderTest {
  private static final int LISTS = 300;

  @Test
  void encode_trainedMerges_equalsTheRule() {
    Random random = new Random(1);
    for (int i = 0; i < 40; i++) {
      List<String> texts = new ArrayList<>();
      for (int t = 0; t < 5; t++) {
        texts.add(word(random, 200, 2 + i % 4));
      }
      BpeTrainer.Options options = new BpeTrainer.Options(257 + 1 + i * 2, 1, List.of("<|end|>"), new RegexPreTokenizer("[^z]+"), 1);
      assertEqualToTheRule(new BpeTrainer(options).train(texts, Progress.silent()).model(), random, 2 + i % 4);
    }
  }

  /// As converters from lists of ranked tokens write them: every way to cut a token in two is a merge, so that several merges make one
  /// token, and some tokens are never reached.
  @Test
  void encode_everyCutIsAMerge_equalsTheRule() {
    Random random = new Random(2);
    for (int i = 0; i < LISTS; i++) {
      int letters = 1 + random.nextInt(4);
      Set<String> tokens = letters(letters);
      List<String[]> merges = new ArrayList<>();
      for (int t = 0; t < 30; t++) {
        String token = word(random, 2 + random.nextInt(6), letters);
        if (token.length() < 2 || tokens.contains(token)) {
          continue;
        }
        for (int cut = 1; cut < token.length(); cut++) {
          if (tokens.contains(token.substring(0, cut)) && tokens.contains(token.substring(cut))) {
            merges.add(new String[] {token.substring(0, cut), token.substring(cut)});
          }
        }
        tokens.add(token);
      }
      assertEqualToTheRule(model(tokens, merges), random, letters);
    }
  }

  /// Out of order too: a merge before those that make its parts, which no training writes.
  @Test
  void encode_shuffledMerges_equalsTheRule() {
    Random random = new Random(3);
    int searched = 0;
    for (int i = 0; i < LISTS; i++) {
      int letters = 1 + random.nextInt(4);
      Set<String> tokens = letters(letters);
      List<String[]> merges = new ArrayList<>();
      for (int t = 0; t < 20; t++) {
        List<String> known = List.copyOf(tokens);
        String left = known.get(random.nextInt(known.size()));
        String right = known.get(random.nextInt(known.size()));
        boolean listed = merges.stream().anyMatch(merge -> merge[0].equals(left) && merge[1].equals(right));
        if (left.length() + right.length() < 9 && !listed) {
          merges.add(new String[] {left, right});
          tokens.add(left + right);
        }
      }
      if (i % 2 == 0) {
        Collections.shuffle(merges, random);
      } else if (merges.size() > 1) {
        Collections.swap(merges, 0, random.nextInt(merges.size()));
      }
      searched += assertEqualToTheRule(model(tokens, merges), random, letters);
    }
    assertThat(searched).isBetween(LISTS / 20, LISTS * 19 / 20);
  }

  /// Each length with room of its own to search in, so that none is given room by a longer piece before it.
  @Test
  void encode_everyLengthFirst_hasRoom() {
    Random random = new Random(4);
    Set<String> tokens = letters(2);
    tokens.add("ab");
    PieceEncoder encoder = new PieceEncoder(model(tokens, List.<String[]>of(new String[] {"a", "b"})));
    assertThat(encoder.prepare()).isTrue();
    for (int length = 1; length <= 600; length++) {
      String text = word(random, length, 2);
      IntList ids = new IntList(16);
      encoder.encode(text, 0, text.length(), ids, new PieceEncoder.Scratch());
      byte[] piece = text.getBytes(StandardCharsets.UTF_8);
      assertThat(ids.toArray()).as("length %d", length).isEqualTo(encoder.merge(piece, piece.length));
    }
  }

  /// @return 1 where it searches, 0 where it merges
  private static int assertEqualToTheRule(BpeModel model, Random random, int letters) {
    PieceEncoder encoder = new PieceEncoder(model);
    boolean searches = encoder.prepare();
    for (int t = 0; t < 40; t++) {
      byte[] piece = word(random, random.nextInt(t < 30 ? 13 : 80), letters).getBytes(StandardCharsets.UTF_8);
      int[] expected = NaiveBpe.encode(piece, model).stream().mapToInt(Integer::intValue).toArray();
      assertThat(encoder.encode(piece)).as("%s", new String(piece, StandardCharsets.UTF_8)).containsExactly(expected);
      if (piece.length > 0) {
        assertThat(encoder.merge(piece, piece.length)).containsExactly(expected);
      }
    }
    return searches ? 1 : 0;
  }

  private static String word(Random random, int length, int letters) {
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < length; i++) {
      word.append("abcde".charAt(random.nextInt(letters)));
    }
    return word.toString();
  }

  private static Set<String> letters(int count) {
    Set<String> tokens = new LinkedHashSet<>();
    for (int i = 0; i < count; i++) {
      tokens.add("abcde".substring(i, i + 1));
    }
    return tokens;
  }

  /// All bytes and the tokens, in that order.
  private static BpeModel model(Set<String> tokens, List<String[]> merges) {
    Set<String> all = new LinkedHashSet<>();
    for (int b = 0; b < 256; b++) {
      all.add(String.valueOf((char) b));
    }
    all.addAll(tokens);
    List<String> ids = List.copyOf(all);
    return new BpeModel(
        ids.stream().map(token -> token.getBytes(StandardCharsets.ISO_8859_1)).toArray(byte[][]::new),
        merges.stream().mapToInt(merge -> ids.indexOf(merge[0])).toArray(),
        merges.stream().mapToInt(merge -> ids.indexOf(merge[1])).toArray(),
        List.of(),
        PreTokenizerPattern.QWEN2,
        false,
        false,
        false,
        OptionalInt.empty());
  }
}
