package dev.athanor.data.ngram;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Turns the sorted n-grams of the highest order into the counts that Kneser–Ney takes for every order: how often for the highest
/// and for those that begin a sentence, else how many distinct words stand before. One pass: contexts come as a walk through the
/// tree of their words, nearest first, so what follows a context is complete when the walk leaves its node, and then counts once
/// for the node above.
///
/// Writes a file an order: blocks of context, number of followers, and for each the word's distance to the one before, the
/// adjusted and the actual count.
final class AdjustedCounts implements GramRuns.Reader, Closeable {
  private final int order;
  private final long[] prune;
  private final int[] path;
  private final Followers[] followers;
  private final List<Varints.Writer> files = new ArrayList<>();
  private final long[][] countsOfCounts;
  private final long[] kept;
  private int depth;

  /// @param prune `prune[k − 1]`: n-grams of order k that occur no more often are left out of the model
  AdjustedCounts(int order, long[] prune, Path folder) throws IOException {
    this.order = order;
    this.prune = prune;
    path = new int[order];
    followers = new Followers[order];
    countsOfCounts = new long[order + 1][5];
    kept = new long[order + 1];
    for (int d = 0; d < order; d++) {
      followers[d] = new Followers();
      files.add(new Varints.Writer(file(folder, d + 1)));
    }
  }

  static Path file(Path folder, int k) {
    return folder.resolve(k + "-grams");
  }

  @Override
  public void read(int[] context, int length, int word, long count) throws IOException {
    int same = 0;
    int most = Math.min(depth, length);
    while (same < most && path[same] == context[same]) {
      same++;
    }
    while (depth > same) {
      leave();
    }
    while (depth < length) {
      path[depth] = context[depth];
      depth++;
    }
    followers[depth].add(word, count, count);
  }

  private void leave() throws IOException {
    Followers here = followers[depth];
    here.sort();
    Varints.Writer out = files.get(depth);
    for (int d = 0; d < depth; d++) {
      out.put(path[d]);
    }
    out.put(here.size());
    int before = 0;
    for (int i = 0; i < here.size(); i++) {
      out.put(here.word(i) - before);
      out.put(here.adjusted(i));
      out.put(here.actual(i));
      before = here.word(i);
      tally(depth + 1, here.adjusted(i), here.actual(i));
      if (depth > 0) {
        followers[depth - 1].add(here.word(i), 1, here.actual(i));
      }
    }
    here.clear();
    depth--;
  }

  private void tally(int k, long adjusted, long actual) {
    if (adjusted < 5) {
      countsOfCounts[k][(int) adjusted]++;
    }
    if (actual > prune[k - 1]) {
      kept[k]++;
    }
  }

  /// Leaves all nodes; nothing may be read afterwards.
  void finish() throws IOException {
    while (depth >= 0) {
      leave();
    }
  }

  /// Discounts by order; `result[0]` is unused.
  List<Discounts> discounts() {
    List<Discounts> all = new ArrayList<>();
    for (int k = 0; k <= order; k++) {
      all.add(Discounts.estimate(countsOfCounts[k]));
    }
    return all;
  }

  /// How many n-grams of order k the model will have, unigrams without the three marks that no text has counted.
  long kept(int k) {
    return kept[k];
  }

  @Override
  public void close() throws IOException {
    for (Varints.Writer file : files) {
      file.close();
    }
  }
}
