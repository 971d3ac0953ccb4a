package dev.athanor.data.classifier;

import dev.athanor.base.UserException;
import dev.athanor.data.classifier.FastTextMatrix.Centroids;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads fastText's file, versions 11 and 12, little-endian: magic number and version, the arguments, the dictionary, the input matrix
/// and the output matrix, each dense or quantised. The matrices stay in the file's memory map.
final class FastTextFile {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int SUPERVISED = 3;
  private static final int OLDEST = 11;
  private static final int NEWEST = 12;

  private final Path file;
  private MemorySegment bytes = MemorySegment.NULL;
  private long at;

  enum Loss {
    HIERARCHICAL_SOFTMAX,
    SOFTMAX,
    ONE_VERSUS_ALL
  }

  record Args(int dim, int wordNgrams, Loss loss, int bucket, int minn, int maxn) {}

  FastTextFile(Path file) {
    this.file = file;
  }

  FastTextModel read() {
    try (FileChannel channel = FileChannel.open(file)) {
      bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
    } catch (IOException e) {
      throw new UserException("cannot read " + file + ": " + e.getMessage(), e);
    }
    try {
      at = 4;
      int version = nextInt();
      if (version < OLDEST || version > NEWEST) {
        throw new UserException(file + ": fastText's version " + version + "; " + OLDEST + " and " + NEWEST + " are supported");
      }
      Args args = args(version);
      FastTextDictionary dictionary = dictionary();
      boolean quantised = nextByte() != 0;
      FastTextMatrix input = matrix(quantised);
      boolean outputToo = nextByte() != 0;
      FastTextMatrix output = matrix(quantised && outputToo);
      int labels = dictionary.labels().size();
      boolean hashes = args.maxn > 0 || args.wordNgrams > 1;
      boolean sound =
          labels > 0 && input.columns() == args.dim && output.columns() == args.dim && output.rows() >= labels
              && input.rows() >= dictionary.words() && (quantised || !hashes || input.rows() >= (long) dictionary.words() + args.bucket);
      if (!sound) {
        throw refuse("its parts do not fit together");
      }
      return new FastTextModel(args, dictionary, input, output);
    } catch (IndexOutOfBoundsException | NegativeArraySizeException | ArithmeticException e) {
      throw new UserException(file + ": damaged or cut off, at byte " + at, e);
    }
  }

  private UserException refuse(String why) {
    return new UserException(file + ": " + why);
  }

  private Args args(int version) {
    int dim = nextInt();
    at += 16; // window, epochs, least count, negatives
    int wordNgrams = nextInt();
    int loss = nextInt();
    int model = nextInt();
    int bucket = nextInt();
    int minn = nextInt();
    int maxn = nextInt();
    at += 12; // update rate, sampling threshold
    if (model != SUPERVISED) {
      throw refuse("word vectors, not a supervised model: it has no labels");
    }
    Loss known =
        switch (loss) {
          case 1 -> Loss.HIERARCHICAL_SOFTMAX;
          case 3 -> Loss.SOFTMAX;
          case 4 -> Loss.ONE_VERSUS_ALL;
          default -> throw refuse("trained with negative sampling; softmax, hierarchical softmax and one-vs-all are supported");
        };
    if (dim < 1 || bucket < 0 || wordNgrams > 64 || (bucket == 0 && (maxn > 0 || wordNgrams > 1))) {
      throw refuse("damaged: its arguments make no sense");
    }
    // Version 11 wrote arguments of subwords that supervised models did not use.
    return new Args(dim, wordNgrams, known, bucket, minn, version == OLDEST ? 0 : maxn);
  }

  private FastTextDictionary dictionary() {
    int size = nextInt();
    int words = nextInt();
    int labelCount = nextInt();
    at += 8; // tokens
    long prunedSize = nextLong();
    if (size != words + labelCount || words < 0 || labelCount < 0 || size > bytes.byteSize() / 10) {
      throw refuse("damaged: its dictionary makes no sense");
    }
    byte[][] entries = new byte[size][];
    List<String> labels = new ArrayList<>();
    long[] labelCounts = new long[labelCount];
    for (int id = 0; id < size; id++) {
      entries[id] = text();
      long count = nextLong();
      boolean label = nextByte() != 0;
      if (label != (id >= words)) {
        throw refuse("damaged: words and labels are mixed");
      }
      if (label) {
        labels.add(new String(entries[id], StandardCharsets.UTF_8));
        labelCounts[id - words] = count;
      }
    }
    Map<Integer, Integer> pruned = new HashMap<>();
    for (long i = 0; i < prunedSize; i++) {
      int bucket = nextInt();
      pruned.put(bucket, nextInt());
    }
    return new FastTextDictionary(entries, words, labels, labelCounts, pruned, prunedSize >= 0);
  }

  private byte[] text() {
    long end = at;
    while (bytes.get(ValueLayout.JAVA_BYTE, end) != 0) {
      end++;
    }
    byte[] text = bytes.asSlice(at, end - at).toArray(ValueLayout.JAVA_BYTE);
    at = end + 1;
    return text;
  }

  private FastTextMatrix matrix(boolean quantised) {
    if (!quantised) {
      long rows = nextLong();
      int columns = Math.toIntExact(nextLong());
      return new FastTextMatrix.Dense(rows, columns, part(Math.multiplyExact(Math.multiplyExact(rows, columns), 4L)));
    }
    boolean hasNorms = nextByte() != 0;
    long rows = nextLong();
    int columns = Math.toIntExact(nextLong());
    MemorySegment codes = part(nextInt());
    Centroids centroids = centroids();
    if (codes.byteSize() != rows * centroids.parts() || (centroids.parts() - 1L) * centroids.size() + centroids.last() != columns) {
      throw refuse("damaged: its quantised matrix does not fit together");
    }
    MemorySegment normCodes = hasNorms ? part(rows) : MemorySegment.NULL;
    return new FastTextMatrix.Quantised(rows, columns, codes, centroids, normCodes, hasNorms ? centroids() : centroids);
  }

  private Centroids centroids() {
    int dim = nextInt();
    int parts = nextInt();
    int size = nextInt();
    int last = nextInt();
    return new Centroids(parts, size, last, part(4L * dim * FastTextMatrix.CENTROIDS));
  }

  private MemorySegment part(long size) {
    MemorySegment part = bytes.asSlice(at, size);
    at += size;
    return part;
  }

  private int nextInt() {
    int value = bytes.get(INT, at);
    at += 4;
    return value;
  }

  private long nextLong() {
    long value = bytes.get(LONG, at);
    at += 8;
    return value;
  }

  private byte nextByte() {
    return bytes.get(ValueLayout.JAVA_BYTE, at++);
  }
}
