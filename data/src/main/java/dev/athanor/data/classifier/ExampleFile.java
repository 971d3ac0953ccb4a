package dev.athanor.data.classifier;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// Labelled features in a temporary file, read back in any order through a memory map.
final class ExampleFile implements Closeable {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path file;
  private final OutputStream out;
  private final Arena arena = Arena.ofConfined();
  private MemorySegment bytes = MemorySegment.NULL;
  private long[] starts = new long[1 << 10];
  private int[] labels = new int[1 << 10];
  private long[] counts = new long[16];
  private int size;
  private long end;

  ExampleFile(Path folder) throws IOException {
    Files.createDirectories(folder);
    file = Files.createTempFile(folder, ".examples-", "");
    out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
  }

  void add(int label, int[] features) throws IOException {
    if (size + 1 == starts.length) {
      starts = Arrays.copyOf(starts, 2 * starts.length);
      labels = Arrays.copyOf(labels, 2 * labels.length);
    }
    if (label >= counts.length) {
      counts = Arrays.copyOf(counts, 2 * label);
    }
    counts[label]++;
    labels[size] = label;
    ByteBuffer part = ByteBuffer.allocate(4 * features.length).order(ByteOrder.LITTLE_ENDIAN);
    part.asIntBuffer().put(features);
    out.write(part.array());
    end += part.capacity();
    starts[++size] = end;
  }

  /// Nothing can be added any more.
  void open() throws IOException {
    out.close();
    try (FileChannel channel = FileChannel.open(file)) {
      bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, end, arena);
    }
  }

  int size() {
    return size;
  }

  long count(int label) {
    return label < counts.length ? counts[label] : 0;
  }

  int label(int example) {
    return labels[example];
  }

  int[] features(int example) {
    return bytes.asSlice(starts[example], starts[example + 1] - starts[example]).toArray(INT);
  }

  @Override
  public void close() throws IOException {
    out.close();
    arena.close();
    Files.deleteIfExists(file);
  }
}
