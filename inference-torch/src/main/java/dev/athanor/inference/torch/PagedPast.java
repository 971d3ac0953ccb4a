package dev.athanor.inference.torch;

import static dev.athanor.inference.PagePool.PAGE;

import dev.athanor.inference.Batch;
import dev.athanor.nn.Past;
import dev.athanor.tensor.Precision;
import dev.athanor.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A sequence's pages and states during one pass.
final class PagedPast implements Past, AutoCloseable {
  private final TorchKv kv;
  private final Batch.Segment segment;
  private final Precision computed;
  /// Where positions lie, by the first of them; all up to the pass's last.
  private final Map<Integer, Tensor> rows = new HashMap<>();

  /// @param computed in which products are
  PagedPast(TorchKv kv, Batch.Segment segment, Precision computed) {
    this.kv = kv;
    this.segment = segment;
    this.computed = computed;
  }

  private Tensor rows(int from) {
    return rows.computeIfAbsent(from, this::find);
  }

  private Tensor find(int from) {
    int[] table = segment.table();
    long[] found = new long[segment.start() + segment.count() - from];
    for (int i = 0; i < found.length; i++) {
      int position = from + i;
      found[i] = (long) table[position / PAGE] * PAGE + position % PAGE;
    }
    return Tensor.of(found, found.length).release();
  }

  @Override
  public int length() {
    return segment.start();
  }

  @Override
  public int[] ids() {
    return segment.ids();
  }

  @Override
  public int lengthAt(int position, int end) {
    return segment.lengthAt(position);
  }

  @Override
  public KeysValues extend(int block, KeysValues more, int from) {
    kv.write(block, rows(segment.start()), more);
    if (segment.start() == 0 && kv.precision() == computed) {
      return more;
    }
    KeysValues read = kv.read(block, rows(from));
    return computed == Precision.F32 ? new KeysValues(read.keys().f32(), read.values().f32()) : read;
  }

  @Override
  public @Nullable Tensor part(int block, Part part) {
    return kv.state(segment.number(), block, part);
  }

  @Override
  public void put(int block, Part part, Tensor value) {
    kv.putState(segment.number(), block, part, value);
  }

  @Override
  public void close() {
    rows.values().forEach(Tensor::close);
  }
}
