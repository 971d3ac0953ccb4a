package dev.athanor.inference;

import static dev.athanor.inference.PagePool.PAGE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// The numbers of pages of one block that attends: for each head PAGE keys, which lie transposed, PAGE numbers a dimension, so that
/// scores need no sum across lanes, and PAGE values of `width` numbers, where width is the dimensions rounded up to whole vectors.
///
/// Memory comes in slabs as pages are used first.
abstract sealed class KvPages {
  private static final int SLAB_BYTES = 1 << 20;

  final int dim;
  final int width;
  final int numKvHeads;
  /// Pages in a slab.
  final int slabPages;

  KvPages(int dim, int numKvHeads, KvFormat format) {
    this.dim = dim;
    this.numKvHeads = numKvHeads;
    width = width(dim);
    slabPages = Math.max(1, SLAB_BYTES / (pageNumbers() * format.bytes()));
  }

  static KvPages of(KvFormat format, int dim, int numKvHeads) {
    return switch (format) {
      case F32 -> new Floats(dim, numKvHeads);
      case F16 -> new Halves(dim, numKvHeads);
      case INT8 -> new Bytes(dim, numKvHeads);
    };
  }

  /// The room that a head's value takes.
  static int width(int headDim) {
    return (headDim + Lanes.LANES - 1) / Lanes.LANES * Lanes.LANES;
  }

  /// Numbers in a page's keys of one head, and in its values.
  final int keyNumbers() {
    return dim * PAGE;
  }

  final int valueNumbers() {
    return width * PAGE;
  }

  private int headNumbers() {
    return keyNumbers() + valueNumbers();
  }

  final int pageNumbers() {
    return numKvHeads * headNumbers();
  }

  /// Where a head's keys of a page begin in its slab; its values follow them.
  final int at(int page, int head) {
    return page % slabPages * pageNumbers() + head * headNumbers();
  }

  /// Makes room for a page; done before members write.
  abstract void reserve(int page);

  abstract void copy(int from, int to);

  /// Bytes that a page takes when it is written out.
  abstract long pageBytes();

  abstract void write(int page, MemorySegment to, long at);

  abstract void read(MemorySegment from, long at, int page);

  /// Stores one position's key and value of one head.
  abstract void put(int page, int head, int place, float[] kv, int keyAt, int valueAt);

  /// The array where a page's keys and values of a head can be read as F32: its own memory, or `room`, to which they are widened from
  /// `to` on.
  abstract float[] read(int page, int head, float[] room, int to);

  /// The same array, when they have been read there.
  abstract float[] readAgain(int page, float[] room);

  /// Where they begin there.
  abstract int readAt(int page, int head, int to);

  /// A slab for a page that has none yet.
  final boolean lacks(Object[] slabs, int page) {
    return page / slabPages >= slabs.length || slabs[page / slabPages] == null;
  }

  static int grown(int length, int index) {
    return Math.max(index + 1, 2 * length);
  }

  static final class Floats extends KvPages {
    private float[][] slabs = {};

    Floats(int dim, int numKvHeads) {
      super(dim, numKvHeads, KvFormat.F32);
    }

    @Override
    void reserve(int page) {
      if (lacks(slabs, page)) {
        int slab = page / slabPages;
        if (slab >= slabs.length) {
          slabs = Arrays.copyOf(slabs, grown(slabs.length, slab));
        }
        slabs[slab] = new float[slabPages * pageNumbers()];
      }
    }

    @Override
    void copy(int from, int to) {
      System.arraycopy(slabs[from / slabPages], at(from, 0), slabs[to / slabPages], at(to, 0), pageNumbers());
    }

    @Override
    long pageBytes() {
      return Float.BYTES * (long) pageNumbers();
    }

    @Override
    void write(int page, MemorySegment to, long at) {
      MemorySegment.copy(slabs[page / slabPages], at(page, 0), to, ValueLayout.JAVA_FLOAT_UNALIGNED, at, pageNumbers());
    }

    @Override
    void read(MemorySegment from, long at, int page) {
      MemorySegment.copy(from, ValueLayout.JAVA_FLOAT_UNALIGNED, at, slabs[page / slabPages], at(page, 0), pageNumbers());
    }

    @Override
    void put(int page, int head, int place, float[] kv, int keyAt, int valueAt) {
      float[] slab = slabs[page / slabPages];
      int at = at(page, head);
      for (int d = 0; d < dim; d++) {
        slab[at + d * PAGE + place] = kv[keyAt + d];
      }
      System.arraycopy(kv, valueAt, slab, at + keyNumbers() + place * width, dim);
    }

    @Override
    float[] read(int page, int head, float[] room, int to) {
      return slabs[page / slabPages];
    }

    @Override
    float[] readAgain(int page, float[] room) {
      return slabs[page / slabPages];
    }

    @Override
    int readAt(int page, int head, int to) {
      return at(page, head);
    }
  }

  static final class Halves extends KvPages {
    private short[][] slabs = {};

    Halves(int dim, int numKvHeads) {
      super(dim, numKvHeads, KvFormat.F16);
    }

    @Override
    void reserve(int page) {
      if (lacks(slabs, page)) {
        int slab = page / slabPages;
        if (slab >= slabs.length) {
          slabs = Arrays.copyOf(slabs, grown(slabs.length, slab));
        }
        slabs[slab] = new short[slabPages * pageNumbers()];
      }
    }

    @Override
    void copy(int from, int to) {
      System.arraycopy(slabs[from / slabPages], at(from, 0), slabs[to / slabPages], at(to, 0), pageNumbers());
    }

    @Override
    long pageBytes() {
      return Short.BYTES * (long) pageNumbers();
    }

    @Override
    void write(int page, MemorySegment to, long at) {
      MemorySegment.copy(slabs[page / slabPages], at(page, 0), to, ValueLayout.JAVA_SHORT_UNALIGNED, at, pageNumbers());
    }

    @Override
    void read(MemorySegment from, long at, int page) {
      MemorySegment.copy(from, ValueLayout.JAVA_SHORT_UNALIGNED, at, slabs[page / slabPages], at(page, 0), pageNumbers());
    }

    @Override
    void put(int page, int head, int place, float[] kv, int keyAt, int valueAt) {
      short[] slab = slabs[page / slabPages];
      int at = at(page, head);
      for (int d = 0; d < dim; d++) {
        slab[at + d * PAGE + place] = Float.floatToFloat16(kv[keyAt + d]);
      }
      int value = at + keyNumbers() + place * width;
      for (int d = 0; d < dim; d++) {
        slab[value + d] = Float.floatToFloat16(kv[valueAt + d]);
      }
    }

    @Override
    float[] read(int page, int head, float[] room, int to) {
      short[] slab = slabs[page / slabPages];
      int at = at(page, head);
      int count = keyNumbers() + valueNumbers();
      for (int i = 0; i < count; i++) {
        room[to + i] = Float.float16ToFloat(slab[at + i]);
      }
      return room;
    }

    @Override
    float[] readAgain(int page, float[] room) {
      return room;
    }

    @Override
    int readAt(int page, int head, int to) {
      return to;
    }
  }

  /// `d = max|x| / 127`, `q = round(x / d)` over one key or value.
  static final class Bytes extends KvPages {
    private byte[][] slabs = {};
    /// Of each page and head, PAGE for the keys and PAGE for the values.
    private float[][] scales = {};

    Bytes(int dim, int numKvHeads) {
      super(dim, numKvHeads, KvFormat.INT8);
    }

    private int scaleAt(int page, int head) {
      return (page % slabPages * numKvHeads + head) * 2 * PAGE;
    }

    @Override
    void reserve(int page) {
      if (lacks(slabs, page)) {
        int slab = page / slabPages;
        if (slab >= slabs.length) {
          slabs = Arrays.copyOf(slabs, grown(slabs.length, slab));
          scales = Arrays.copyOf(scales, slabs.length);
        }
        slabs[slab] = new byte[slabPages * pageNumbers()];
        scales[slab] = new float[slabPages * numKvHeads * 2 * PAGE];
      }
    }

    @Override
    void copy(int from, int to) {
      System.arraycopy(slabs[from / slabPages], at(from, 0), slabs[to / slabPages], at(to, 0), pageNumbers());
      System.arraycopy(scales[from / slabPages], scaleAt(from, 0), scales[to / slabPages], scaleAt(to, 0), pageScales());
    }

    private int pageScales() {
      return numKvHeads * 2 * PAGE;
    }

    @Override
    long pageBytes() {
      return pageNumbers() + (long) Float.BYTES * pageScales();
    }

    @Override
    void write(int page, MemorySegment to, long at) {
      MemorySegment.copy(slabs[page / slabPages], at(page, 0), to, ValueLayout.JAVA_BYTE, at, pageNumbers());
      MemorySegment.copy(
          scales[page / slabPages], scaleAt(page, 0), to, ValueLayout.JAVA_FLOAT_UNALIGNED, at + pageNumbers(), pageScales());
    }

    @Override
    void read(MemorySegment from, long at, int page) {
      MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at, slabs[page / slabPages], at(page, 0), pageNumbers());
      MemorySegment.copy(
          from, ValueLayout.JAVA_FLOAT_UNALIGNED, at + pageNumbers(), scales[page / slabPages], scaleAt(page, 0), pageScales());
    }

    @Override
    void put(int page, int head, int place, float[] kv, int keyAt, int valueAt) {
      byte[] slab = slabs[page / slabPages];
      int at = at(page, head);
      float[] scale = scales[page / slabPages];
      scale[scaleAt(page, head) + place] = put(kv, keyAt, slab, at + place, PAGE);
      scale[scaleAt(page, head) + PAGE + place] = put(kv, valueAt, slab, at + keyNumbers() + place * width, 1);
    }

    private float put(float[] x, int from, byte[] to, int at, int step) {
      float max = 0;
      for (int d = 0; d < dim; d++) {
        max = Math.max(max, Math.abs(x[from + d]));
      }
      float inverse = max == 0 ? 0 : 127 / max;
      for (int d = 0; d < dim; d++) {
        to[at + d * step] = (byte) Math.rint(x[from + d] * inverse);
      }
      return max / 127;
    }

    @Override
    float[] read(int page, int head, float[] room, int to) {
      byte[] slab = slabs[page / slabPages];
      float[] scale = scales[page / slabPages];
      int at = at(page, head);
      int scaleAt = scaleAt(page, head);
      for (int d = 0; d < dim; d++) {
        widenKeys(slab, at + d * PAGE, scale, scaleAt, room, to + d * PAGE);
      }
      int values = keyNumbers();
      for (int place = 0; place < PAGE; place++) {
        float own = scale[scaleAt + PAGE + place];
        int row = values + place * width;
        for (int d = 0; d < width; d++) {
          room[to + row + d] = slab[at + row + d] * own;
        }
      }
      return room;
    }

    private static void widenKeys(byte[] from, int at, float[] scale, int scaleAt, float[] to, int toAt) {
      for (int j = 0; j < PAGE; j++) {
        to[toAt + j] = from[at + j] * scale[scaleAt + j];
      }
    }

    @Override
    float[] readAgain(int page, float[] room) {
      return room;
    }

    @Override
    int readAt(int page, int head, int to) {
      return to;
    }
  }
}
