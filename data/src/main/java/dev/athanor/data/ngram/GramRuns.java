package dev.athanor.data.ngram;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/// Sorted runs of n-grams read as one: every n-gram once, with its count in all of them.
final class GramRuns {
  private GramRuns() {}

  /// Takes one n-gram.
  interface Reader {
    /// @param context the words before, the nearest first; not to be kept
    /// @param length of the context: `order − 1`, less where it ends in BEGIN
    void read(int[] context, int length, int word, long count) throws IOException;
  }

  static void merge(List<Path> runs, int order, Reader reader) throws IOException {
    List<Run> open = new ArrayList<>();
    try {
      var queue = new PriorityQueue<Run>(Math.max(1, runs.size()), Run::compare);
      for (Path file : runs) {
        Run run = new Run(file, order);
        open.add(run);
        if (run.next()) {
          queue.add(run);
        }
      }
      int[] context = new int[order];
      while (!queue.isEmpty()) {
        Run first = queue.remove();
        int length = first.length;
        int word = first.word;
        long count = first.count;
        System.arraycopy(first.context, 0, context, 0, length);
        Run top = queue.peek();
        while (top != null && first.sameAs(top)) {
          count += top.count;
          queue.remove();
          if (top.next()) {
            queue.add(top);
          }
          top = queue.peek();
        }
        reader.read(context, length, word, count);
        if (first.next()) {
          queue.add(first);
        }
      }
    } finally {
      for (Run run : open) {
        run.close();
      }
    }
  }

  private static final class Run implements Closeable {
    private final Varints.Reader in;
    private final int[] context;
    private final int longest;
    private int length;
    private int word;
    private long count;

    Run(Path file, int order) throws IOException {
      in = new Varints.Reader(file);
      longest = order - 1;
      context = new int[order];
    }

    boolean next() throws IOException {
      if (in.atEnd()) {
        return false;
      }
      length = in.nextInt();
      boolean ended = length > 0 && context[length - 1] == WordHash.BEGIN;
      while (length < longest && !ended) {
        int w = in.nextInt();
        context[length++] = w;
        ended = w == WordHash.BEGIN;
      }
      word = in.nextInt();
      count = in.next();
      return true;
    }

    boolean sameAs(Run other) {
      return compare(other) == 0;
    }

    int compare(Run other) {
      int most = Math.min(length, other.length);
      for (int d = 0; d < most; d++) {
        if (context[d] != other.context[d]) {
          return Integer.compare(context[d], other.context[d]);
        }
      }
      return Integer.compare(word, other.word);
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
