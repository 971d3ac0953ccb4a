package dev.athanor.data.classifier;

import dev.athanor.base.UserException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// A supervised model as fastText publishes them (`.bin`, quantised `.ftz`): the mean of the vectors of a text's words, of their
/// character n-grams and of hashed word n-grams, then a softmax, a Huffman tree of sigmoids, or a sigmoid for each label. Joulin et
/// al., "Bag of tricks for efficient text classification", EACL 2017; "FastText.zip", 2016. Line ends are blanks to it, and a `</s>` within a text does not end it.
public final class FastTextModel implements TextClassifier {
  static final int MAGIC = 793_712_314;
  static final String LABEL_PREFIX = "__label__";
  private static final byte[] END = "</s>".getBytes(StandardCharsets.UTF_8);
  private static final byte[] LABEL = LABEL_PREFIX.getBytes(StandardCharsets.UTF_8);
  private static final long NGRAM_FACTOR = 116_049_371L;
  /// What fastText adds before it takes a logarithm.
  private static final double TINY = 1e-5;

  private final FastTextFile.Args args;
  private final FastTextDictionary dictionary;
  private final FastTextMatrix input;
  private final FastTextMatrix output;
  private final HuffmanTree tree;

  FastTextModel(FastTextFile.Args args, FastTextDictionary dictionary, FastTextMatrix input, FastTextMatrix output) {
    this.args = args;
    this.dictionary = dictionary;
    this.input = input;
    this.output = output;
    tree = args.loss() == FastTextFile.Loss.HIERARCHICAL_SOFTMAX ? HuffmanTree.of(dictionary.labelCounts()) : HuffmanTree.NONE;
  }

  /// @throws UserException when the file is damaged, or of a kind that is not supported: says which
  static FastTextModel read(Path file) {
    return new FastTextFile(file).read();
  }

  @Override
  public List<String> labels() {
    return dictionary.labels();
  }

  @Override
  public float[] probabilities(CharSequence text) {
    var bag = new Bag();
    bag.text(text.toString().getBytes(StandardCharsets.UTF_8));
    float[] p = new float[dictionary.labels().size()];
    if (bag.rows == 0) {
      return p;
    }
    float[] hidden = bag.sum;
    for (int i = 0; i < hidden.length; i++) {
      hidden[i] /= bag.rows;
    }
    switch (args.loss()) {
      case SOFTMAX -> {
        for (int label = 0; label < p.length; label++) {
          p[label] = output.dot(label, hidden);
        }
        LinearModel.softmax(p, new float[p.length], 1);
      }
      case ONE_VERSUS_ALL -> {
        for (int label = 0; label < p.length; label++) {
          p[label] = (float) (1 / (1 + Math.exp(-output.dot(label, hidden))));
        }
      }
      case HIERARCHICAL_SOFTMAX -> walk(tree.root(), 0, hidden, p);
    }
    return p;
  }

  private void walk(int node, double logProbability, float[] hidden, float[] p) {
    if (tree.isLeaf(node)) {
      p[node] = (float) Math.min(1, Math.exp(logProbability));
      return;
    }
    double right = 1 / (1 + Math.exp(-output.dot(node - p.length, hidden)));
    walk(tree.left(node), logProbability + Math.log(1 - right + TINY), hidden, p);
    walk(tree.right(node), logProbability + Math.log(right + TINY), hidden, p);
  }

  /// Sums the vectors of what is in a text.
  private final class Bag {
    private final float[] sum = new float[args.dim()];
    private int rows;
    /// The hashes of the last words, the nearest first.
    private final int[] window = new int[Math.max(1, args.wordNgrams())];
    private int words;
    private byte[] framed = new byte[64];

    void text(byte[] bytes) {
      int from = 0;
      for (int i = 0; i <= bytes.length; i++) {
        if (i == bytes.length || isBlank(bytes[i])) {
          if (i > from) {
            token(bytes, from, i);
          }
          from = i + 1;
        }
      }
      token(END, 0, END.length);
    }

    private void token(byte[] bytes, int from, int to) {
      int hash = hash(bytes, from, to);
      int id = dictionary.find(bytes, from, to, hash);
      boolean label = id < 0 ? startsWith(bytes, from, to, LABEL) : id >= dictionary.words();
      if (label) {
        return;
      }
      boolean end = to - from == END.length && startsWith(bytes, from, to, END);
      if (id >= 0) {
        add(id);
      }
      if (!end && args.maxn() > 0) {
        subwords(bytes, from, to);
      }
      wordNgrams(hash);
    }

    private void subwords(byte[] bytes, int from, int to) {
      int length = to - from + 2;
      if (length > framed.length) {
        framed = new byte[2 * length];
      }
      framed[0] = '<';
      System.arraycopy(bytes, from, framed, 1, to - from);
      framed[length - 1] = '>';
      for (int i = 0; i < length; i++) {
        if (isContinued(framed[i])) {
          continue;
        }
        int h = HASH_START;
        int end = i;
        for (int n = 1; end < length && n <= args.maxn(); n++) {
          do {
            h = (h ^ framed[end++]) * HASH_FACTOR;
          } while (end < length && isContinued(framed[end]));
          if (n >= args.minn() && !(n == 1 && (i == 0 || end == length))) {
            addBucket(Integer.remainderUnsigned(h, args.bucket()));
          }
        }
      }
    }

    /// Those that end in this word; fastText's begin with one, but it is the same set.
    private void wordNgrams(int hash) {
      int longest = Math.min(window.length - 1, words);
      for (int n = 1; n <= longest; n++) {
        long h = window[n - 1];
        for (int i = n - 2; i >= 0; i--) {
          h = h * NGRAM_FACTOR + window[i];
        }
        h = h * NGRAM_FACTOR + hash;
        addBucket((int) Long.remainderUnsigned(h, args.bucket()));
      }
      System.arraycopy(window, 0, window, 1, window.length - 1);
      window[0] = hash;
      words++;
    }

    private void addBucket(int bucket) {
      int row = dictionary.bucketRow(bucket);
      if (row >= 0) {
        add(row);
      }
    }

    private void add(int row) {
      input.addTo(row, sum);
      rows++;
    }
  }

  private static final int HASH_START = 0x811c9dc5;
  private static final int HASH_FACTOR = 16_777_619;

  /// FNV-1a of 32 bits, except that bytes above 127 are taken as negative numbers.
  static int hash(byte[] bytes, int from, int to) {
    int h = HASH_START;
    for (int i = from; i < to; i++) {
      h = (h ^ bytes[i]) * HASH_FACTOR;
    }
    return h;
  }

  private static boolean isContinued(byte b) {
    return (b & 0xC0) == 0x80;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || (b >= 9 && b <= 13) || b == 0;
  }

  private static boolean startsWith(byte[] bytes, int from, int to, byte[] prefix) {
    return to - from >= prefix.length && Arrays.equals(bytes, from, from + prefix.length, prefix, 0, prefix.length);
  }
}
