package dev.athanor.tokenizer.unigram;

import dev.athanor.tokenizer.SymbolSort;
import dev.athanor.tokenizer.WordRules;
import dev.athanor.tokenizer.Words;
import java.util.Arrays;

/// The vocabulary that training begins with: every character, and of the substrings that come at least twice those with the most
/// characters covered, count times length. Substrings are the nodes of the words' suffix tree, each suffix with its word's count:
/// they are read off the sorted suffixes as intervals of a common prefix (Abouelhoda, Kurtz and Ohlebusch 2004, "Replacing suffix
/// trees with enhanced suffix arrays"). Of those that one word alone holds, only the word itself counts: the others come where it
/// comes and cover less.
final class SeedPieces {
  private final Words words;
  private final char[] symbols;
  private final WordRules rules;
  private final int[] suffixes;
  /// The word in which every 16th symbol stands.
  private final int[] wordAt;

  // The nodes that are still open, the deepest last.
  private final int[] depths;
  private final int[] lefts;
  private final int[] leaves;
  private final long[] weights;
  private int top = -1;

  // What was found.
  private int[] foundLefts = new int[1 << 12];
  private byte[] foundLengths = new byte[1 << 12];
  private long[] foundScores = new long[1 << 12];
  private int found;

  private SeedPieces(Words words, WordRules rules, int threads) {
    this.words = words;
    this.symbols = words.symbols();
    this.rules = rules;
    int longest = rules.longestPiece();
    suffixes = new int[symbols.length - words.size()];
    wordAt = new int[(symbols.length >>> 4) + 1];
    for (int w = 0, i = 0; w < words.size(); w++) {
      for (int p = words.start(w); p < words.start(w + 1); p++) {
        if ((p & 15) == 0) {
          wordAt[p >>> 4] = w;
        }
        if (symbols[p] != 0) {
          suffixes[i++] = p;
        }
      }
    }
    // One symbol more than a piece may have tells whether a longer string is common.
    SymbolSort.sort(symbols, suffixes, longest + 1, threads);
    depths = new int[longest + 3];
    lefts = new int[longest + 3];
    leaves = new int[longest + 3];
    weights = new long[longest + 3];
  }

  /// @param most substrings beside the characters
  static Pieces of(Words words, WordRules rules, int most, int threads) {
    SeedPieces seeds = new SeedPieces(words, rules, threads);
    seeds.scan();
    return seeds.best(most);
  }

  private void scan() {
    int first = 0;
    for (int i = 0; i <= suffixes.length; i++) {
      int common = i == 0 || i == suffixes.length ? 0 : common(suffixes[i - 1], suffixes[i]);
      close(common, i);
      if (common == 0 && i > 0) {
        // Noted behind all that begin with it, as every node is.
        note(first, 1, words.symbolCount(symbols[suffixes[first]]));
        first = i;
      }
      if (i == suffixes.length) {
        return;
      }
      open(length(suffixes[i]), i, 1, count(suffixes[i]));
    }
  }

  /// Ends the nodes deeper than what the next suffix has in common with the last.
  private void close(int common, int next) {
    long carried = 0;
    int below = 0;
    int left = next;
    while (top >= 0 && depths[top] > common) {
      weights[top] += carried;
      leaves[top] += below;
      carried = weights[top];
      below = leaves[top];
      left = lefts[top];
      emit(depths[top], left, carried, below);
      top--;
    }
    if (below > 0 && common > 0) {
      open(common, left, below, carried);
    }
  }

  private void open(int depth, int left, int below, long weight) {
    if (top >= 0 && depths[top] == depth) {
      weights[top] += weight;
      leaves[top] += below;
      return;
    }
    top++;
    depths[top] = depth;
    lefts[top] = left;
    leaves[top] = below;
    weights[top] = weight;
  }

  private void emit(int depth, int left, long weight, int below) {
    int position = suffixes[left];
    if (depth > 1
        && weight > 1
        && (below > 1 || position == 0 || symbols[position - 1] == 0)
        && words.isPiece(position, depth, rules)) {
      note(left, depth, weight * depth);
    }
  }

  private void note(int left, int length, long score) {
    if (found == foundLefts.length) {
      int size = found + (found >> 1);
      foundLefts = Arrays.copyOf(foundLefts, size);
      foundLengths = Arrays.copyOf(foundLengths, size);
      foundScores = Arrays.copyOf(foundScores, size);
    }
    foundLefts[found] = left;
    foundLengths[found] = (byte) length;
    foundScores[found++] = score;
  }

  private int common(int a, int b) {
    int most = rules.longestPiece() + 1;
    int n = 0;
    while (n < most && symbols[a + n] == symbols[b + n] && symbols[a + n] != 0) {
      n++;
    }
    return n;
  }

  /// Symbols to the end of the word, of which no more than one beyond a piece's are counted.
  private int length(int position) {
    int n = 0;
    while (n <= rules.longestPiece() && symbols[position + n] != 0) {
      n++;
    }
    return n;
  }

  private long count(int position) {
    int word = wordAt[position >>> 4];
    while (words.start(word + 1) <= position) {
      word++;
    }
    return words.count(word);
  }

  private Pieces best(int most) {
    int multi = 0;
    for (int i = 0; i < found; i++) {
      multi += foundLengths[i] > 1 ? 1 : 0;
    }
    long bar = 0;
    int atBar = Integer.MAX_VALUE;
    if (multi > most) {
      long[] scores = new long[multi];
      for (int i = 0, j = 0; i < found; i++) {
        if (foundLengths[i] > 1) {
          scores[j++] = foundScores[i];
        }
      }
      Arrays.parallelSort(scores);
      bar = most == 0 ? Long.MAX_VALUE : scores[multi - most];
      atBar = 0;
      for (int i = multi - most; i < multi && scores[i] == bar; i++) {
        atBar++;
      }
    }
    boolean[] kept = new boolean[found];
    double sum = 0;
    for (int i = 0; i < found; i++) {
      kept[i] = foundLengths[i] == 1 || foundScores[i] > bar || (foundScores[i] == bar && atBar-- > 0);
      sum += kept[i] ? (double) Math.max(1, foundScores[i]) : 0;
    }
    return pieces(kept, StrictMath.log(sum));
  }

  /// Of the nodes with one left end the deepest was found first; a prefix goes before what it begins.
  private Pieces pieces(boolean[] kept, double logSum) {
    int size = 0;
    long[] order = new long[found];
    for (int i = 0; i < found; i++) {
      if (kept[i]) {
        order[size++] = ((long) foundLefts[i] << 32) | (Integer.MAX_VALUE - i);
      }
    }
    Arrays.parallelSort(order, 0, size);
    int[] at = new int[size];
    int[] lengths = new int[size];
    double[] scores = new double[size];
    for (int j = 0; j < size; j++) {
      int i = Integer.MAX_VALUE - (int) order[j];
      at[j] = suffixes[foundLefts[i]];
      lengths[j] = foundLengths[i];
      scores[j] = StrictMath.log((double) Math.max(1, foundScores[i])) - logSum;
    }
    return new Pieces(at, lengths, scores);
  }
}
