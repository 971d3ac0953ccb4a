package dev.athanor.data.parquet;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The texts of one column in a row group: pages of plain values (a length of four bytes, then UTF-8), packed with Zstandard.
///
/// @param path in the schema
/// @param repeated whether a row has any number of values; the levels say then which begins a row
final class TextColumn {
  /// Bytes of a page before it is packed, about.
  private static final int PAGE = 1 << 20;

  /// Fixed, so that equal documents give equal bytes.
  private static final int ZSTD_LEVEL = 3;

  private static final int BYTE_ARRAY = 6;
  private static final int CODEC_ZSTD = 6;
  private static final int PLAIN = 0;
  private static final int RLE = 3;

  private final List<String> path;
  private final boolean repeated;
  private final ByteArrayOutputStream values = new ByteArrayOutputStream();
  private final Levels repetition = new Levels();
  private final Levels definition = new Levels();
  private int valuesOfPage;

  private final ByteArrayOutputStream pages = new ByteArrayOutputStream();
  private long valuesOfChunk;
  private long plainBytes;

  TextColumn(List<String> path, boolean repeated) {
    this.path = path;
    this.repeated = repeated;
  }

  /// A row with exactly one value.
  void add(String value) {
    put(value);
    valuesOfPage++;
    endPageWhenFull();
  }

  /// A row with any number of values.
  void add(List<String> row) {
    if (row.isEmpty()) {
      level(0, 0);
    }
    for (int i = 0; i < row.size(); i++) {
      level(i == 0 ? 0 : 1, 1);
      put(row.get(i));
    }
    endPageWhenFull();
  }

  private void level(int repeats, int defined) {
    repetition.add(repeats);
    definition.add(defined);
    valuesOfPage++;
  }

  private void put(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    writeInt(values, bytes.length);
    values.writeBytes(bytes);
  }

  private static void writeInt(ByteArrayOutputStream out, int value) {
    for (int shift = 0; shift < 32; shift += 8) {
      out.write(value >>> shift);
    }
  }

  private void endPageWhenFull() {
    if (values.size() >= PAGE) {
      endPage();
    }
  }

  private void endPage() {
    if (valuesOfPage == 0) {
      return;
    }
    var plain = new ByteArrayOutputStream();
    if (repeated) {
      levels(plain, repetition);
      levels(plain, definition);
    }
    plain.writeBytes(values.toByteArray());
    byte[] packed = Zstd.compress(plain.toByteArray(), ZSTD_LEVEL);
    byte[] header =
        new CompactThrift()
            .i32(1, 0)
            .i32(2, plain.size())
            .i32(3, packed.length)
            .struct(5).i32(1, valuesOfPage).i32(2, PLAIN).i32(3, RLE).i32(4, RLE).end()
            .bytes();
    pages.writeBytes(header);
    pages.writeBytes(packed);
    plainBytes += header.length + plain.size();
    valuesOfChunk += valuesOfPage;
    valuesOfPage = 0;
    values.reset();
  }

  private static void levels(ByteArrayOutputStream out, Levels levels) {
    byte[] runs = levels.take();
    writeInt(out, runs.length);
    out.writeBytes(runs);
  }

  /// That the column holds in memory.
  long bytes() {
    return (long) pages.size() + values.size();
  }

  /// The whole chunk; what describes it is added to `footer` as an item. Begins anew.
  ///
  /// @param offset of the chunk in the file
  Chunk take(long offset, CompactThrift footer) {
    endPage();
    byte[] bytes = pages.toByteArray();
    footer
        .item()
        .i64(2, offset)
        .struct(3)
        .i32(1, BYTE_ARRAY)
        .numbers(2, PLAIN, RLE)
        .texts(3, path)
        .i32(4, CODEC_ZSTD)
        .i64(5, valuesOfChunk)
        .i64(6, plainBytes)
        .i64(7, bytes.length)
        .i64(9, offset)
        .end()
        .end();
    var chunk = new Chunk(bytes, plainBytes);
    pages.reset();
    valuesOfChunk = 0;
    plainBytes = 0;
    return chunk;
  }

  /// @param plainBytes before packing
  record Chunk(byte[] bytes, long plainBytes) {}

  /// Levels of 0 and 1 as runs: twice the length as a varint, then the level.
  private static final class Levels {
    private final ByteArrayOutputStream runs = new ByteArrayOutputStream();
    private int level;
    private int run;

    void add(int next) {
      if (next != level) {
        end();
        level = next;
      }
      run++;
    }

    private void end() {
      if (run > 0) {
        int rest = run << 1;
        while (rest > 0x7f) {
          runs.write((rest & 0x7f) | 0x80);
          rest >>>= 7;
        }
        runs.write(rest);
        runs.write(level);
        run = 0;
      }
    }

    byte[] take() {
      end();
      byte[] taken = runs.toByteArray();
      runs.reset();
      return taken;
    }
  }
}
