package dev.athanor.data.ngram;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Interpolated modified Kneser–Ney over the files of [AdjustedCounts], as KenLM's `lmplz` does it (Heafield et al., "Scalable
/// modified Kneser-Ney language model estimation", ACL 2013):
///
/// `p_k(w | h) = (a(hw) − D(a(hw))) / Σ_x a(hx) + γ(h) p_{k−1}(w | h')`, `γ(h) = (Σ_x D(a(hx)) + Σ_pruned x (a(hx) − D(a(hx)))) / Σ_x a(hx)`
///
/// with the uniform distribution over all words but `<s>` below the unigrams. All orders are walked at once: the followers of a
/// context are among those of the shorter context above it in the tree, which are at hand.
final class Smoothing implements Closeable {
  private final int order;
  private final long[] prune;
  private final List<Discounts> discounts;
  private final int vocabSize;
  private final Sink sink;
  private final List<Blocks> files = new ArrayList<>();
  private final int[] context;

  /// Takes the model, n-gram by n-gram, in no order that it could rely on.
  interface Sink {
    /// @param context the words before, the nearest first; not to be kept
    void gram(int word, int[] context, int length, double probability) throws IOException;

    /// @param gram its words, the last first
    void backoff(int[] gram, int length, double gamma) throws IOException;
  }

  /// @param vocabSize of all words, the three marks included
  Smoothing(Path folder, int order, long[] prune, List<Discounts> discounts, int vocabSize, Sink sink) throws IOException {
    this.order = order;
    this.prune = prune;
    this.discounts = discounts;
    this.vocabSize = vocabSize;
    this.sink = sink;
    context = new int[order];
    for (int k = 1; k <= order; k++) {
      files.add(new Blocks(AdjustedCounts.file(folder, k), k - 1));
    }
  }

  void run() throws IOException {
    Blocks unigrams = files.getFirst();
    unigrams.next();
    double gamma = gamma(unigrams, 1);
    double[] probabilities = new double[vocabSize];
    Arrays.fill(probabilities, gamma / (vocabSize - 1));
    int[] words = new int[vocabSize];
    Arrays.setAll(words, w -> w);
    for (int i = 0; i < unigrams.size; i++) {
      probabilities[unigrams.words[i]] += (unigrams.adjusted[i] - discounts.get(1).of(capped(unigrams.adjusted[i]))) / unigrams.total;
    }
    // Scored by itself, as KenLM allows, the beginning of a sentence is sure.
    probabilities[WordHash.BEGIN] = 1;
    for (int w = 0; w < vocabSize; w++) {
      sink.gram(w, context, 0, probabilities[w]);
    }
    children(0, words, probabilities, vocabSize);
  }

  /// All contexts that have one more word than the `depth` words in `context`, and those below them.
  private void children(int depth, int[] words, double[] probabilities, int count) throws IOException {
    if (depth + 1 == order) {
      return;
    }
    Blocks blocks = files.get(depth + 1);
    int[] childWords = new int[16];
    double[] childProbabilities = new double[16];
    while (blocks.startsWith(context, depth)) {
      context[depth] = blocks.context[depth];
      blocks.next();
      if (blocks.size > childWords.length) {
        childWords = new int[2 * blocks.size];
        childProbabilities = new double[2 * blocks.size];
      }
      int kept = block(blocks, depth + 1, words, probabilities, count, childWords, childProbabilities);
      children(depth + 1, childWords, childProbabilities, kept);
    }
  }

  /// One context's followers; gives how many stay.
  private int block(Blocks block, int length, int[] words, double[] lower, int count, int[] toWords, double[] to) throws IOException {
    int k = length + 1;
    double gamma = gamma(block, k);
    int kept = 0;
    int at = 0;
    for (int i = 0; i < block.size; i++) {
      if (block.actual[i] <= prune[k - 1]) {
        continue;
      }
      int word = block.words[i];
      at = length == 1 ? word : Arrays.binarySearch(words, at, count, word);
      if (at < 0) {
        throw new IllegalStateException("an n-gram of order " + k + " was counted without its suffix");
      }
      double own = (block.adjusted[i] - discounts.get(k).of(capped(block.adjusted[i]))) / block.total;
      double p = own + gamma * lower[at];
      toWords[kept] = word;
      to[kept++] = p;
      sink.gram(word, context, length, p);
    }
    if (kept > 0) {
      sink.backoff(context, length, gamma);
    }
    return kept;
  }

  private double gamma(Blocks block, int k) {
    double freed = 0;
    for (int i = 0; i < block.size; i++) {
      boolean pruned = block.actual[i] <= prune[k - 1];
      freed += pruned ? (double) block.adjusted[i] : discounts.get(k).of(capped(block.adjusted[i]));
    }
    return freed / block.total;
  }

  private static int capped(long count) {
    return (int) Math.min(count, 3);
  }

  @Override
  public void close() throws IOException {
    for (Blocks file : files) {
      file.close();
    }
  }

  /// Reads blocks; the context of the next one is known before it is read.
  private static final class Blocks implements Closeable {
    private final Varints.Reader in;
    private final int length;
    private final int[] context;
    private boolean ahead;
    private int[] words = new int[16];
    private long[] adjusted = new long[16];
    private long[] actual = new long[16];
    private int size;
    private double total;

    Blocks(Path file, int length) throws IOException {
      in = new Varints.Reader(file);
      this.length = length;
      context = new int[length];
      look();
    }

    private void look() throws IOException {
      ahead = !in.atEnd();
      for (int d = 0; ahead && d < length; d++) {
        context[d] = in.nextInt();
      }
    }

    boolean startsWith(int[] path, int depth) {
      return ahead && Arrays.equals(context, 0, depth, path, 0, depth);
    }

    /// Reads the followers; `context` is then the next block's.
    void next() throws IOException {
      size = in.nextInt();
      if (size > words.length) {
        words = new int[2 * size];
        adjusted = new long[2 * size];
        actual = new long[2 * size];
      }
      int word = 0;
      long sum = 0;
      for (int i = 0; i < size; i++) {
        word += in.nextInt();
        words[i] = word;
        adjusted[i] = in.next();
        actual[i] = in.next();
        sum += adjusted[i];
      }
      total = (double) sum;
      look();
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
