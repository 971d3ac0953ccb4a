package dev.athanor.data.classifier;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// A matrix of a fastText model, in its file's memory map.
sealed interface FastTextMatrix {
  ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  int CENTROIDS = 256;

  long rows();

  int columns();

  void addTo(int row, float[] sum);

  float dot(int row, float[] vector);

  record Dense(long rows, int columns, MemorySegment values) implements FastTextMatrix {
    @Override
    public void addTo(int row, float[] sum) {
      long at = (long) row * columns * 4;
      for (int i = 0; i < columns; i++) {
        sum[i] += values.get(FLOAT, at + 4L * i);
      }
    }

    @Override
    public float dot(int row, float[] vector) {
      long at = (long) row * columns * 4;
      float sum = 0;
      for (int i = 0; i < columns; i++) {
        sum += values.get(FLOAT, at + 4L * i) * vector[i];
      }
      return sum;
    }
  }

  /// Each row in parts, each part the nearest of 256 centroids; if wanted the rows' norms are kept apart, each one of 256 too.
  record Quantised(long rows, int columns, MemorySegment codes, Centroids centroids, MemorySegment normCodes, Centroids norms)
      implements FastTextMatrix {
    @Override
    public void addTo(int row, float[] sum) {
      float norm = norm(row);
      for (int part = 0; part < centroids.parts(); part++) {
        long from = centroids.start(part, code(row, part));
        int at = part * centroids.size();
        int size = centroids.size(part);
        for (int i = 0; i < size; i++) {
          sum[at + i] += norm * centroids.values().get(FLOAT, from + 4L * i);
        }
      }
    }

    @Override
    public float dot(int row, float[] vector) {
      float sum = 0;
      for (int part = 0; part < centroids.parts(); part++) {
        long from = centroids.start(part, code(row, part));
        int at = part * centroids.size();
        int size = centroids.size(part);
        for (int i = 0; i < size; i++) {
          sum += vector[at + i] * centroids.values().get(FLOAT, from + 4L * i);
        }
      }
      return sum * norm(row);
    }

    private int code(int row, int part) {
      return Byte.toUnsignedInt(codes.get(ValueLayout.JAVA_BYTE, (long) row * centroids.parts() + part));
    }

    private float norm(int row) {
      if (normCodes.byteSize() == 0) {
        return 1;
      }
      return norms.values().get(FLOAT, norms.start(0, Byte.toUnsignedInt(normCodes.get(ValueLayout.JAVA_BYTE, row))));
    }
  }

  /// @param parts that a row has
  /// @param size of a part
  /// @param last the last part's size
  record Centroids(int parts, int size, int last, MemorySegment values) {
    int size(int part) {
      return part == parts - 1 ? last : size;
    }

    /// Where a centroid's values begin, in bytes.
    long start(int part, int code) {
      return 4L * (part == parts - 1 ? (long) part * CENTROIDS * size + (long) code * last : ((long) part * CENTROIDS + code) * size);
    }
  }
}
