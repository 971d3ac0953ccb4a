package dev.athanor.nn;

import dev.athanor.model.Stack;
import dev.athanor.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a model remembers of one sequence while it writes it: keys and values of what attends, the states of what recurs, and the
/// tokens. Filled by forward passes without gradients; owns its memory.
public final class Cache implements AutoCloseable {
  /// What one block keeps.
  enum Part {
    /// [positions, key-value heads, headDim]
    KEYS,
    VALUES,
    /// The same of an encoder's result.
    CROSS_KEYS,
    CROSS_VALUES,
    /// The convolution's last inputs, [1, channels, kernel − 1].
    CONVOLUTION,
    /// A state space's state.
    STATE
  }

  private final List<Map<Part, Tensor>> blocks = new ArrayList<>();
  private long[] ids = {};
  private int length;

  Cache(Stack stack) {
    stack.blocks().forEach(_ -> blocks.add(new EnumMap<>(Part.class)));
  }

  /// Positions that were fed.
  public int length() {
    return length;
  }

  /// The tokens of those positions; an image's patches have its token.
  long[] ids() {
    return ids;
  }

  void append(long[] more) {
    ids = Arrays.copyOf(ids, length + more.length);
    System.arraycopy(more, 0, ids, length, more.length);
    length += more.length;
  }

  @Nullable Tensor get(int block, Part part) {
    return blocks.get(block).get(part);
  }

  void put(int block, Part part, Tensor value) {
    // Its own memory: a view would keep that of the whole pass.
    Tensor before = blocks.get(block).put(part, value.detach().clone().release());
    if (before != null) {
      before.close();
    }
  }

  /// What is kept with `more` behind it, and keeps that.
  Tensor extend(int block, Part part, Tensor more) {
    Tensor before = get(block, part);
    Tensor all = before == null ? more : Tensor.cat(List.of(before, more), 0);
    put(block, part, all);
    return all;
  }

  /// The bytes of what is kept.
  public long bytes() {
    return blocks.stream().flatMap(block -> block.values().stream()).mapToLong(part -> Float.BYTES * part.count()).sum();
  }

  @Override
  public void close() {
    blocks.forEach(
        block -> {
          block.values().forEach(Tensor::close);
          block.clear();
        });
  }
}
