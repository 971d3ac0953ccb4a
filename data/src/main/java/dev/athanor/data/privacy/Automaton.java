package dev.athanor.data.privacy;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;

/// All triggers at once, one table look-up a character: Aho and Corasick, "Efficient string matching", CACM 1975, with every failure
/// link followed beforehand. Characters that no trigger uses share one column, so the table stays small; states that end a trigger
/// have the highest numbers, so that one comparison tells them.
final class Automaton {
  private final short[] columns = new short[1 << 16];
  private final int width;
  /// next[state + column] is the next state, states being multiples of the width.
  private final int[] next;
  private final int firstEnding;
  private final int[][] endings;

  Automaton(List<String> words) {
    int used = 1;
    for (String word : words) {
      for (int i = 0; i < word.length(); i++) {
        if (columns[word.charAt(i)] == 0) {
          columns[word.charAt(i)] = (short) used++;
        }
      }
    }
    for (int c = 0; c < columns.length; c++) {
      char folded = Fold.fold((char) c);
      if (folded != c) {
        columns[c] = columns[folded];
      }
    }
    width = used;
    int most = words.stream().mapToInt(String::length).sum() + 1;
    int[][] go = new int[most][];
    int[][] out = new int[most][];
    int states = build(words, go, out);
    close(go, out, states);
    int[] number = number(out, states);
    firstEnding = (states - (int) Arrays.stream(out, 0, states).filter(ends -> ends.length > 0).count()) * width;
    next = new int[states * width];
    endings = new int[states][];
    for (int s = 0; s < states; s++) {
      for (int c = 0; c < width; c++) {
        next[number[s] * width + c] = number[go[s][c]] * width;
      }
      endings[number[s]] = out[s];
    }
  }

  private int build(List<String> words, int[][] go, int[][] out) {
    go[0] = new int[width];
    out[0] = new int[0];
    int states = 1;
    for (int w = 0; w < words.size(); w++) {
      int state = 0;
      for (int i = 0; i < words.get(w).length(); i++) {
        int column = columns[words.get(w).charAt(i)];
        if (go[state][column] == 0) {
          go[states] = new int[width];
          out[states] = new int[0];
          go[state][column] = states++;
        }
        state = go[state][column];
      }
      out[state] = append(out[state], w);
    }
    return states;
  }

  /// Breadth first: a state's failure link leads to a shorter one, whose row is whole already.
  private void close(int[][] go, int[][] out, int states) {
    int[] fail = new int[states];
    var queue = new ArrayDeque<Integer>();
    for (int c = 0; c < width; c++) {
      if (go[0][c] != 0) {
        queue.add(go[0][c]);
      }
    }
    while (!queue.isEmpty()) {
      int state = queue.remove();
      for (int word : out[fail[state]]) {
        out[state] = append(out[state], word);
      }
      for (int c = 0; c < width; c++) {
        int child = go[state][c];
        if (child == 0) {
          go[state][c] = go[fail[state]][c];
        } else {
          fail[child] = go[fail[state]][c];
          queue.add(child);
        }
      }
    }
  }

  private static int[] number(int[][] out, int states) {
    int[] number = new int[states];
    int at = 0;
    for (int s = 0; s < states; s++) {
      if (out[s].length == 0) {
        number[s] = at++;
      }
    }
    for (int s = 0; s < states; s++) {
      if (out[s].length > 0) {
        number[s] = at++;
      }
    }
    return number;
  }

  private static int[] append(int[] values, int value) {
    int[] more = Arrays.copyOf(values, values.length + 1);
    more[values.length] = value;
    return more;
  }

  /// Takes the number of a word and where it ends.
  @FunctionalInterface
  interface Hits {
    /// @param end the index after the word's last character
    void hit(int word, int end);
  }

  void run(char[] text, int from, int to, Hits hits) {
    int state = 0;
    for (int i = from; i < to; i++) {
      state = next[state + columns[text[i]]];
      if (state >= firstEnding) {
        for (int word : endings[state / width]) {
          hits.hit(word, i + 1);
        }
      }
    }
  }
}
