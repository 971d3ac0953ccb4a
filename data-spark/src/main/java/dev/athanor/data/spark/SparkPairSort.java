package dev.athanor.data.spark;

import dev.athanor.data.flow.PairSort;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/// Pairs sorted by Spark: they are written to files that all machines see, sorted there, and read back a part at a time.
final class SparkPairSort implements PairSort {
  /// Of a file: 16 MB.
  private static final long PAIRS = 1 << 20;

  private final JavaSparkContext spark;
  private final Path folder;
  private final List<String> files = new ArrayList<>();
  private @Nullable DataOutputStream open;
  private long inFile;
  private long all;
  private boolean read;

  SparkPairSort(JavaSparkContext spark, Path folder) {
    this.spark = spark;
    this.folder = folder;
  }

  @Override
  public void add(long key, long value) {
    if (read) {
      throw new IllegalStateException("the pairs are being read");
    }
    try {
      DataOutputStream out = open;
      if (out == null || inFile == PAIRS) {
        out = next();
      }
      out.writeLong(key);
      out.writeLong(value);
      inFile++;
      all++;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write in " + folder, e);
    }
  }

  private DataOutputStream next() throws IOException {
    finish();
    Files.createDirectories(folder);
    Path file = folder.resolve(files.size() + ".bin");
    files.add(file.toString());
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16));
    open = out;
    inFile = 0;
    return out;
  }

  private void finish() throws IOException {
    DataOutputStream out = open;
    if (out != null) {
      out.close();
    }
    open = null;
  }

  @Override
  public void forEach(Reader reader) {
    read = true;
    try {
      finish();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write in " + folder, e);
    }
    if (files.isEmpty()) {
      return;
    }
    int parts = Math.max(files.size(), spark.defaultParallelism());
    JavaRDD<NumberPair> pairs = spark.parallelize(files, files.size()).flatMap(SparkPairSort::pairsOf);
    Iterator<NumberPair> sorted = pairs.sortBy(pair -> pair, true, parts).toLocalIterator();
    long handed = 0;
    while (sorted.hasNext()) {
      NumberPair pair = sorted.next();
      reader.read(pair.key(), pair.value());
      handed++;
    }
    if (handed != all) {
      throw new IllegalStateException(all + " pairs went in, " + handed + " came out");
    }
  }

  private static Iterator<NumberPair> pairsOf(String file) throws IOException {
    Path path = Path.of(file);
    long count = Files.size(path) / (2 * Long.BYTES);
    DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(path), 1 << 16));
    return LongStream.range(0, count).mapToObj(number -> read(in, path, number == count - 1)).iterator();
  }

  private static NumberPair read(DataInputStream in, Path file, boolean last) {
    try {
      NumberPair pair = new NumberPair(in.readLong(), in.readLong());
      if (last) {
        in.close();
      }
      return pair;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  @Override
  public void close() {
    try {
      finish();
      for (String file : files) {
        Files.deleteIfExists(Path.of(file));
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + folder, e);
    }
  }
}
