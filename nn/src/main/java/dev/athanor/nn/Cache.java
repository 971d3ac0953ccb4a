package dev.athanor.nn;

import dev.athanor.model.Stack;
import dev.athanor.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A [Past] that grows by itself: keys and values of what attends, the states of what recurs, and the tokens. Filled by forward passes
/// without gradients; owns its memory.
public final class Cache implements Past, AutoCloseable {
  /// What one block keeps.
  private static final class Kept {
    private @Nullable KeysValues keysValues;
    private final Map<Part, Tensor> parts = new EnumMap<>(Part.class);
  }

  private final List<Kept> blocks = new ArrayList<>();
  private int[] ids = {};
  private int length;

  Cache(Stack stack) {
    stack.blocks().forEach(_ -> blocks.add(new Kept()));
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public int[] ids() {
    return ids;
  }

  /// The sequence ends with the pass.
  @Override
  public int lengthAt(int position, int end) {
    return end;
  }

  void append(long[] more) {
    ids = Arrays.copyOf(ids, length + more.length);
    for (long id : more) {
      ids[length++] = (int) id;
    }
  }

  @Override
  public @Nullable Tensor part(int block, Part part) {
    return blocks.get(block).parts.get(part);
  }

  @Override
  public void put(int block, Part part, Tensor value) {
    Tensor before = blocks.get(block).parts.put(part, own(value));
    if (before != null) {
      before.close();
    }
  }

  /// Its own memory: a view would keep that of the whole pass.
  private static Tensor own(Tensor value) {
    return value.detach().clone().release();
  }

  @Override
  public KeysValues extend(int block, KeysValues more, int from) {
    Kept kept = blocks.get(block);
    KeysValues before = kept.keysValues;
    KeysValues all =
        before == null
            ? more
            : new KeysValues(
                Tensor.cat(List.of(before.keys(), more.keys()), 0), Tensor.cat(List.of(before.values(), more.values()), 0));
    kept.keysValues = new KeysValues(own(all.keys()), own(all.values()));
    if (before != null) {
      before.keys().close();
      before.values().close();
    }
    long seen = all.keys().size(0) - from;
    return new KeysValues(all.keys().narrow(0, from, seen), all.values().narrow(0, from, seen));
  }

  /// The bytes of what is kept.
  public long bytes() {
    long numbers = 0;
    for (Kept kept : blocks) {
      numbers += kept.parts.values().stream().mapToLong(Tensor::count).sum();
      KeysValues keysValues = kept.keysValues;
      if (keysValues != null) {
        numbers += keysValues.keys().count() + keysValues.values().count();
      }
    }
    return Float.BYTES * numbers;
  }

  @Override
  public void close() {
    for (Kept kept : blocks) {
      kept.parts.values().forEach(Tensor::close);
      kept.parts.clear();
      KeysValues keysValues = kept.keysValues;
      if (keysValues != null) {
        keysValues.keys().close();
        keysValues.values().close();
        kept.keysValues = null;
      }
    }
  }
}
