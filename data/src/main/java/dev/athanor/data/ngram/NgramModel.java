package dev.athanor.data.ngram;

import java.util.Arrays;

/// An n-gram model over token ids with interpolated, modified Kneser–Ney smoothing (Chen and Goodman 1998, section 4.4):
///
/// `p_k(w | h) = max(c(hw) − D(c(hw)), 0) / c(h·)  +  γ(h) · p_{k−1}(w | h without its first token)`
///
/// where the highest order counts occurrences, every lower order counts the distinct tokens that stand before `hw`, γ gives
/// exactly the discounted mass to the lower order, and below the unigrams lies the uniform distribution. So probabilities
/// are positive and sum to 1 over the vocabulary, after any context.
///
/// A document's first tokens are predicted after `order − 1` start symbols, which are never predicted themselves. For a fair
/// comparison with a neural model both should see documents in the same form.
///
/// Immutable after training and safe to share between threads. About 30 bytes a distinct n-gram.
public final class NgramModel {
  private final int order;
  private final int vocabSize;
  private final GramTable[] grams;
  private final int[] start;
  private final float[][] kept;
  private final float[][] backoff;

  /// @param grams `grams[k]` holds the k-grams; `grams[0]` is unused
  /// @param start `start[k]` is the number of the k-gram of k start symbols
  /// @param kept `kept[k][id]` is the first summand of the formula for the k-gram `id`
  /// @param backoff `backoff[k][context]` is γ of the (k−1)-gram `context`
  private NgramModel(
      int order, int vocabSize, GramTable[] grams, int[] start, float[][] kept, float[][] backoff) {
    this.order = order;
    this.vocabSize = vocabSize;
    this.grams = grams;
    this.start = start;
    this.kept = kept;
    this.backoff = backoff;
  }

  /// Counts all documents in one pass and smooths.
  ///
  /// @param documents token ids, 0 ≤ id < `vocabSize`
  /// @param order ≥ 1; 5 is usual
  public static NgramModel train(Iterable<int[]> documents, int vocabSize, int order) {
    var counts = new Counts(vocabSize, order);
    for (int[] document : documents) {
      counts.add(document);
    }
    return counts.smooth();
  }

  public int order() {
    return order;
  }

  public int vocabSize() {
    return vocabSize;
  }

  /// The number of distinct n-grams of all orders.
  public long size() {
    return Arrays.stream(grams, 1, order + 1).mapToLong(GramTable::size).sum();
  }

  /// The natural-log probability of `tokens[at]` after the up to `order − 1` tokens before it in the same document.
  public double logProb(int[] tokens, int at) {
    int from = Math.max(0, at - order + 1);
    int[] state = at < order - 1 ? start.clone() : unknownPast();
    int[] next = new int[order + 1];
    for (int i = from; i < at; i++) {
      step(state, tokens[i], next);
      int[] swap = state;
      state = next;
      next = swap;
    }
    return Math.log(step(state, tokens[at], next));
  }

  /// The natural-log probability of every token of a document, the first included: `result[i] = ln p(document[i] | …)`.
  public float[] score(int[] document) {
    float[] scores = new float[document.length];
    int[] state = start.clone();
    int[] next = new int[order + 1];
    for (int i = 0; i < document.length; i++) {
      scores[i] = (float) Math.log(step(state, document[i], next));
      int[] swap = state;
      state = next;
      next = swap;
    }
    return scores;
  }

  private int[] unknownPast() {
    int[] state = new int[order + 1];
    Arrays.fill(state, 1, order + 1, -1);
    return state;
  }

  /// The probability of `token` where `state[k]` is the k-gram that ends before it (−1: never seen). Fills `next` with the
  /// k-grams that end in it: one look-up an order.
  private double step(int[] state, int token, int[] next) {
    checkToken(token, vocabSize);
    double p = 1.0 / vocabSize;
    next[0] = 0;
    for (int k = 1; k <= order; k++) {
      int context = state[k - 1];
      int gram = context < 0 ? -1 : grams[k].find(context, token);
      next[k] = gram;
      if (context >= 0) {
        p = (gram < 0 ? 0 : kept[k][gram]) + backoff[k][context] * p;
      }
    }
    return p;
  }

  private static void checkToken(int token, int vocabSize) {
    if (token < 0 || token >= vocabSize) {
      throw new IllegalArgumentException("token " + token + " is outside the vocabulary of " + vocabSize);
    }
  }

  /// Counting. The k-gram that ends at a token is its prefix, which ended at the token before, and the token: so one
  /// insertion an order and token. A k-gram that is seen for the first time is one more distinct left extension of its
  /// suffix, the (k−1)-gram that ends at the same token.
  private static final class Counts {
    private final int order;
    private final int vocabSize;
    private final GramTable[] grams;
    private final int[][] counts;
    private final int[] start;

    Counts(int vocabSize, int order) {
      if (order < 1) {
        throw new IllegalArgumentException("the order of an n-gram model is at least 1, not " + order);
      }
      if (vocabSize < 1 || vocabSize >= 1 << GramTable.TOKEN_BITS) {
        throw new IllegalArgumentException("vocabulary of " + vocabSize + " tokens");
      }
      this.order = order;
      this.vocabSize = vocabSize;
      grams = new GramTable[order + 1];
      counts = new int[order + 1][1 << 10];
      start = new int[order + 1];
      Arrays.setAll(grams, k -> new GramTable());
      for (int k = 1; k < order; k++) {
        start[k] = grams[k].add(start[k - 1], vocabSize);
      }
    }

    void add(int[] document) {
      int[] state = start.clone();
      int[] next = new int[order + 1];
      for (int token : document) {
        checkToken(token, vocabSize);
        for (int k = 1; k <= order; k++) {
          int before = grams[k].size();
          next[k] = grams[k].add(state[k - 1], token);
          if (k > 1 && next[k] == before) {
            increment(k - 1, next[k - 1]);
          }
        }
        increment(order, next[order]);
        int[] swap = state;
        state = next;
        next = swap;
      }
    }

    private void increment(int k, int gram) {
      if (gram >= counts[k].length) {
        counts[k] = Arrays.copyOf(counts[k], Math.max(gram + 1, counts[k].length * 2));
      }
      counts[k][gram]++;
    }

    NgramModel smooth() {
      float[][] kept = new float[order + 1][];
      float[][] backoff = new float[order + 1][];
      for (int k = 1; k <= order; k++) {
        int contexts = k == 1 ? 1 : grams[k - 1].size();
        counts[k] = Arrays.copyOf(counts[k], grams[k].size());
        kept[k] = new float[grams[k].size()];
        backoff[k] = new float[contexts];
        smooth(grams[k], counts[k], Discounts.estimate(countsOfCounts(counts[k])), kept[k], backoff[k]);
        counts[k] = new int[0];
      }
      return new NgramModel(order, vocabSize, grams, start, kept, backoff);
    }

    private static long[] countsOfCounts(int[] counts) {
      long[] n = new long[5];
      for (int count : counts) {
        if (count < n.length) {
          n[count]++;
        }
      }
      return n;
    }

    /// A count of 0 belongs to a start symbol, which is a context and never an event.
    private static void smooth(GramTable table, int[] counts, Discounts discounts, float[] kept, float[] backoff) {
      long[] total = new long[backoff.length];
      double[] taken = new double[backoff.length];
      table.forEach(
          (context, gram) -> {
            total[context] += counts[gram];
            taken[context] += counts[gram] == 0 ? 0 : discounts.of(counts[gram]);
          });
      table.forEach(
          (context, gram) -> {
            if (counts[gram] > 0) {
              kept[gram] = (float) ((counts[gram] - discounts.of(counts[gram])) / total[context]);
            }
          });
      for (int context = 0; context < backoff.length; context++) {
        // A context that ends every document that holds it says nothing: all to the lower order.
        backoff[context] = total[context] == 0 ? 1 : (float) (taken[context] / total[context]);
      }
    }
  }
}
