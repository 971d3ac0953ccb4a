package dev.athanor.inference;

import static dev.athanor.inference.Lanes.TILE;

/// The input of a product: a row that is alone as it is, several in tiles of four, laid out tile by tile, in a tile column by
/// column, in a column row by row, so that a kernel reads one stream. What lies in the unused lanes of a tile does not matter.
/// Where a matrix reads them rounded to 8 bits, a row that was put is rounded as well, once it is complete.
final class Activations {
  private final int width;
  private final int perToken;
  private final int more;
  private final Buffer buffer;
  private final IntBuffer codes;
  private final Buffer scales;
  private final Rounded rounded;
  private boolean rounds;

  /// @param width numbers a row
  /// @param perToken rows a token, and `more` rows
  Activations(int width, int perToken, int more, Buffer buffer, IntBuffer codes, Buffer scales) {
    this.width = width;
    this.perToken = perToken;
    this.more = more;
    this.buffer = buffer;
    this.codes = codes;
    this.scales = scales;
    rounded = new Rounded(width, codes, scales);
    buffer.require((long) width * perToken, (long) width * more);
  }

  /// With memory of its own.
  static Activations own(int width) {
    return new Activations(width, 1, 0, new Buffer(), new IntBuffer(), new Buffer());
  }

  /// Rows rounded up to whole tiles.
  static int roundedUp(int rows) {
    return (rows + TILE - 1) / TILE * TILE;
  }

  /// Says that a matrix will read these.
  Activations readBy(PackedMatrix matrix) {
    if (matrix.readsRounded()) {
      rounds = true;
      long groups = Rounded.groups(width);
      codes.require(groups * Rounded.GROUP_INTS * perToken, groups * Rounded.GROUP_INTS * more);
      scales.require(groups * perToken, groups * more);
    }
    return this;
  }

  /// Makes room where the memory is its own.
  void fit(int rows) {
    buffer.fit(rows);
    codes.fit(rows);
    scales.fit(rows);
  }

  int width() {
    return width;
  }

  float[] data() {
    return buffer.data();
  }

  Rounded rounded() {
    return rounded;
  }

  /// Puts numbers from[at…] in the places k… of a row.
  ///
  /// @param alone the row is the only one of its product; it is the first of a tile
  void put(int row, boolean alone, int k, float[] from, int at, int count) {
    if (alone) {
      System.arraycopy(from, at, buffer.data(), begin(row, true) + k, count);
    } else {
      spread(from, at, buffer.data(), begin(row, false) + k * TILE, count);
    }
  }

  private static void spread(float[] from, int at, float[] to, int place, int count) {
    for (int i = 0; i < count; i++) {
      to[place + i * TILE] = from[at + i];
    }
  }

  /// Puts a whole row.
  void putRow(int row, boolean alone, float[] from, int at) {
    put(row, alone, 0, from, at, width);
    if (rounds) {
      rounded.take(row, alone, from, at, 1, width);
    }
  }

  /// Puts a whole row of others that are as wide.
  void copy(int row, boolean alone, Activations from, int fromRow, boolean fromAlone) {
    float[] source = from.data();
    int fromStep = step(fromAlone);
    int at = from.begin(fromRow, fromAlone);
    float[] data = buffer.data();
    int step = step(alone);
    int to = begin(row, alone);
    for (int i = 0; i < width; i++) {
      data[to + i * step] = source[at + i * fromStep];
    }
    complete(row, alone);
  }

  /// Copies a row out.
  ///
  /// @param alone it was put so
  void row(int row, boolean alone, float[] to) {
    int at = begin(row, alone);
    int step = step(alone);
    for (int i = 0; i < width; i++) {
      to[i] = buffer.data()[at + i * step];
    }
  }

  /// Says that all of a row was put.
  void complete(int row, boolean alone) {
    if (rounds) {
      rounded.take(row, alone, buffer.data(), begin(row, alone), step(alone), width);
    }
  }

  /// Says that this member has put its part of rows that several members put; each completes its own rows.
  void complete(Share share) {
    if (rounds) {
      share.barrier();
      for (int row = share.from(); row < share.to(); row++) {
        complete(row, share.batch().alone());
      }
    }
  }

  /// Where a row begins, its numbers `step` apart.
  int begin(int row, boolean alone) {
    int tile = row / TILE * TILE * width;
    return alone ? tile : tile + row % TILE;
  }

  static int step(boolean alone) {
    return alone ? 1 : TILE;
  }
}
