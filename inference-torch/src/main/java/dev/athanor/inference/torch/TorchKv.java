package dev.athanor.inference.torch;

import static dev.athanor.inference.PagePool.PAGE;

import dev.athanor.inference.BlockRange;
import dev.athanor.inference.KvStore;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Mixer;
import dev.athanor.nn.Past;
import dev.athanor.tensor.Precision;
import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The numbers of pages and states in tensors: of each block that attends its keys and its values, [pages · PAGE, heads, headDim], the
/// positions of a page one after the other.
///
/// All pages' memory is asked for at once, since tensors do not grow. On the CPU the operating system gives it as it is first written.
final class TorchKv implements KvStore, AutoCloseable {
  /// What a block that recurs keeps of one sequence. A pass puts what it writes beside what counts.
  private static final class BlockState {
    private Map<Past.Part, Tensor> now = new EnumMap<>(Past.Part.class);
    private Map<Past.Part, Tensor> next = new EnumMap<>(Past.Part.class);

    void put(Past.Part part, Tensor value) {
      close(next.put(part, value));
    }

    void commit() {
      Map<Past.Part, Tensor> before = now;
      now = next;
      next = before;
      closeAll(next);
    }

    /// States are never written in place, so that two sequences can hold the same memory.
    BlockState copy() {
      BlockState copy = new BlockState();
      now.forEach((part, tensor) -> copy.now.put(part, tensor.detach().release()));
      return copy;
    }

    void close() {
      closeAll(now);
      closeAll(next);
    }

    private static void closeAll(Map<Past.Part, Tensor> tensors) {
      tensors.values().forEach(Tensor::close);
      tensors.clear();
    }

    private static void close(@Nullable Tensor tensor) {
      if (tensor != null) {
        tensor.close();
      }
    }
  }

  private final Precision precision;
  private final BlockRange range;
  /// Of each block; null where it recurs or is not of the range.
  private final Past.KeysValues[] pages;
  /// Of each sequence by block of the range; null where there is none.
  private final List<BlockState @Nullable []> states = new ArrayList<>();

  /// @param pages that it has room for
  TorchKv(DecoderSpec spec, BlockRange range, Precision precision, int pages) {
    this.range = range;
    this.precision = precision;
    List<BlockSpec> blocks = spec.stack().blocks();
    this.pages = new Past.KeysValues[blocks.size()];
    for (int i = range.from(); i < range.to(); i++) {
      if (blocks.get(i).mixer() instanceof Mixer.Attention a) {
        long[] shape = {(long) pages * PAGE, a.numKvHeads(), a.headDim()};
        this.pages[i] = new Past.KeysValues(Tensor.empty(precision, shape).release(), Tensor.empty(precision, shape).release());
      }
    }
  }

  Precision precision() {
    return precision;
  }

  /// Writes the keys and values of positions.
  ///
  /// @param rows where they lie: page · PAGE + place in the page
  void write(int block, Tensor rows, Past.KeysValues values) {
    pages[block].keys().indexCopy_(0, rows, values.keys().to(precision));
    pages[block].values().indexCopy_(0, rows, values.values().to(precision));
  }

  /// The keys and values of positions, in their order.
  Past.KeysValues read(int block, Tensor rows) {
    return new Past.KeysValues(pages[block].keys().indexSelect(0, rows), pages[block].values().indexSelect(0, rows));
  }

  @Nullable Tensor state(int sequence, int block, Past.Part part) {
    return of(sequence)[block - range.from()].now.get(part);
  }

  /// Keeps a copy beside what counts.
  void putState(int sequence, int block, Past.Part part, Tensor value) {
    of(sequence)[block - range.from()].put(part, value.detach().clone().release());
  }

  private BlockState[] of(int sequence) {
    BlockState[] own = states.get(sequence);
    if (own == null) {
      throw new IllegalArgumentException("sequence " + sequence + " has no states");
    }
    return own;
  }

  @Override
  public void reservePage(int page) {
    // All of them were.
  }

  @Override
  public void copyPage(int from, int to) {
    try (Scope _ = new Scope()) {
      for (Past.KeysValues own : pages) {
        if (own != null) {
          copy(own.keys(), from, to);
          copy(own.values(), from, to);
        }
      }
    }
  }

  /// As F32, which holds all that is kept.
  @Override
  public long pageBytes() {
    long bytes = 0;
    for (Past.KeysValues own : pages) {
      bytes += own == null ? 0 : 2 * pageNumbers(own) * Float.BYTES;
    }
    return bytes;
  }

  private static long pageNumbers(Past.KeysValues of) {
    long[] shape = of.keys().shape();
    return PAGE * shape[1] * shape[2];
  }

  @Override
  public void write(int page, MemorySegment to, long at) {
    try (Scope _ = new Scope()) {
      long next = at;
      for (Past.KeysValues own : pages) {
        for (Tensor part : own == null ? List.<Tensor>of() : List.of(own.keys(), own.values())) {
          float[] numbers = part.narrow(0, (long) page * PAGE, PAGE).to(Precision.F32).floats();
          MemorySegment.copy(numbers, 0, to, ValueLayout.JAVA_FLOAT_UNALIGNED, next, numbers.length);
          next += (long) Float.BYTES * numbers.length;
        }
      }
    }
  }

  @Override
  public void read(MemorySegment from, long at, int page) {
    try (Scope _ = new Scope()) {
      long next = at;
      for (Past.KeysValues own : pages) {
        for (Tensor part : own == null ? List.<Tensor>of() : List.of(own.keys(), own.values())) {
          Tensor place = part.narrow(0, (long) page * PAGE, PAGE);
          float[] numbers = new float[Math.toIntExact(pageNumbers(own))];
          MemorySegment.copy(from, ValueLayout.JAVA_FLOAT_UNALIGNED, next, numbers, 0, numbers.length);
          place.copy_(Tensor.of(numbers, place.shape()));
          next += (long) Float.BYTES * numbers.length;
        }
      }
    }
  }

  private static void copy(Tensor of, int from, int to) {
    of.narrow(0, (long) to * PAGE, PAGE).copy_(of.narrow(0, (long) from * PAGE, PAGE));
  }

  @Override
  public void reserveStates(int sequence) {
    while (states.size() <= sequence) {
      states.add(null);
    }
    if (states.get(sequence) == null) {
      BlockState[] own = new BlockState[range.to() - range.from()];
      for (int i = 0; i < own.length; i++) {
        own[i] = new BlockState();
      }
      states.set(sequence, own);
    }
  }

  @Override
  public void commitStates(int sequence) {
    for (BlockState state : of(sequence)) {
      state.commit();
    }
  }

  @Override
  public void copyStates(int from, int to) {
    reserveStates(to);
    BlockState[] source = of(from);
    BlockState[] target = of(to);
    for (int i = 0; i < source.length; i++) {
      target[i].close();
      target[i] = source[i].copy();
    }
  }

  @Override
  public void dropStates(int sequence) {
    for (BlockState state : of(sequence)) {
      state.close();
    }
    states.set(sequence, null);
  }

  @Override
  public void close() {
    for (Past.KeysValues own : pages) {
      if (own != null) {
        own.keys().close();
        own.values().close();
      }
    }
    for (int sequence = 0; sequence < states.size(); sequence++) {
      if (states.get(sequence) != null) {
        dropStates(sequence);
      }
    }
  }
}
