package dev.athanor.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The oracle: BPE as its definition reads, on lists of strings of bytes, counting everything anew at every step.
final class NaiveBpe {
  record Pair(int left, int right) implements Comparable<Pair> {
    @Override
    public int compareTo(Pair other) {
      return left != other.left ? Integer.compare(left, other.left) : Integer.compare(right, other.right);
    }
  }

  private NaiveBpe() {}

  static List<Pair> train(List<String> texts, PreTokenizer pattern, int merges, long minFrequency) {
    List<String> tokens = bytesInOrder();
    List<List<Integer>> words = new ArrayList<>();
    for (String text : texts) {
      pattern.split(
          text,
          (t, start, end) -> {
            List<Integer> word = new ArrayList<>();
            for (byte b : t.substring(start, end).getBytes(StandardCharsets.UTF_8)) {
              word.add(tokens.indexOf(String.valueOf((char) (b & 0xFF))));
            }
            words.add(word);
          });
    }
    return train(words, tokens, merges, minFrequency);
  }

  /// Goes on from words of ids.
  ///
  /// @param tokens grows by a token with every merge
  static List<Pair> train(List<List<Integer>> words, List<String> tokens, int merges, long minFrequency) {
    Set<String> known = new HashSet<>(tokens);
    List<Pair> learned = new ArrayList<>();
    while (learned.size() < merges) {
      Map<Pair, Long> counts = new TreeMap<>();
      for (List<Integer> word : words) {
        for (int i = 0; i + 1 < word.size(); i++) {
          counts.merge(new Pair(word.get(i), word.get(i + 1)), 1L, Long::sum);
        }
      }
      Pair best = null;
      long bestCount = 0;
      for (var entry : counts.entrySet()) {
        Pair pair = entry.getKey();
        boolean fresh = !known.contains(tokens.get(pair.left) + tokens.get(pair.right));
        if (fresh && entry.getValue() >= minFrequency && entry.getValue() > bestCount) {
          best = pair;
          bestCount = entry.getValue();
        }
      }
      if (best == null) {
        break;
      }
      known.add(tokens.get(best.left) + tokens.get(best.right));
      tokens.add(tokens.get(best.left) + tokens.get(best.right));
      learned.add(best);
      for (List<Integer> word : words) {
        merge(word, best, tokens.size() - 1);
      }
    }
    return learned;
  }

  /// The ids of one piece: the first merge of the list that fits anywhere, leftmost, again and again.
  static List<Integer> encode(byte[] piece, BpeModel model) {
    List<String> tokens = new ArrayList<>();
    for (byte[] token : model.tokens()) {
      tokens.add(PieceEncoder.latin1(token));
    }
    List<Integer> ids = new ArrayList<>();
    for (byte b : piece) {
      ids.add(tokens.indexOf(String.valueOf((char) (b & 0xFF))));
    }
    for (boolean merged = true; merged; ) {
      merged = false;
      for (int rank = 0; rank < model.mergeLefts().length && !merged; rank++) {
        for (int i = 0; i + 1 < ids.size() && !merged; i++) {
          if (ids.get(i) == model.mergeLefts()[rank] && ids.get(i + 1) == model.mergeRights()[rank]) {
            ids.set(i, tokens.indexOf(tokens.get(ids.get(i)) + tokens.get(ids.get(i + 1))));
            ids.subList(i + 1, i + 2).clear();
            merged = true;
          }
        }
      }
    }
    return ids;
  }

  private static void merge(List<Integer> word, Pair pair, int id) {
    for (int i = 0; i + 1 < word.size(); i++) {
      if (word.get(i) == pair.left && word.get(i + 1) == pair.right) {
        word.set(i, id);
        word.subList(i + 1, i + 2).clear();
      }
    }
  }

  private static List<String> bytesInOrder() {
    List<String> tokens = new ArrayList<>();
    for (int b = 33; b < 256; b++) {
      if (b <= 126 || (b >= 161 && b != 173)) {
        tokens.add(String.valueOf((char) b));
      }
    }
    for (int b = 0; b < 256; b++) {
      if (!tokens.contains(String.valueOf((char) b))) {
        tokens.add(String.valueOf((char) b));
      }
    }
    return tokens;
  }
}
