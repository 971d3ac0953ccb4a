package dev.athanor.train.objective;

import dev.athanor.data.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/// Rows of given documents, each followed by [Bytes#END], over and over in the given order.
record ListedRows(int length, List<int[]> documents) implements Rows {
  static ListedRows of(int length, int[]... documents) {
    return new ListedRows(length, List.of(documents));
  }

  /// Documents of random bytes, of lengths from `least` to `most`.
  static ListedRows random(int length, int count, int least, int most, long seed) {
    Random random = new Random(seed);
    return new ListedRows(
        length,
        IntStream.range(0, count)
            .mapToObj(_ -> random.ints(least + random.nextInt(most - least + 1), 0, 256).toArray())
            .toList());
  }

  @Override
  public void row(long row, int[] tokens, int[] segments) {
    int[] stream = stream();
    for (int i = 0; i <= length; i++) {
      tokens[i] = stream[(int) ((row * length + i) % stream.length)];
    }
    for (int i = 1; i < length; i++) {
      segments[i] = segments[i - 1] + (tokens[i - 1] == Bytes.END ? 1 : 0);
    }
  }

  private int[] stream() {
    return documents.stream()
        .flatMapToInt(document -> IntStream.concat(Arrays.stream(document), IntStream.of(Bytes.END)))
        .toArray();
  }

  /// The stretches of documents in a row's inputs, found the plain way.
  List<int[]> pieces(long row) {
    int[] tokens = new int[length + 1];
    row(row, tokens, new int[length]);
    List<int[]> pieces = new ArrayList<>();
    List<Integer> piece = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      if (tokens[i] != Bytes.END) {
        piece.add(tokens[i]);
      }
      if ((tokens[i] == Bytes.END || i == length - 1) && !piece.isEmpty()) {
        pieces.add(piece.stream().mapToInt(Integer::intValue).toArray());
        piece.clear();
      }
    }
    return pieces;
  }
}
