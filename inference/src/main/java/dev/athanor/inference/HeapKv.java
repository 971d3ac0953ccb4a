package dev.athanor.inference;

import dev.athanor.model.BlockSpec;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Mixer;
import dev.athanor.model.Stack;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/// The numbers of a [KvMemory] in arrays, as the CPU's kernels read them.
class HeapKv implements KvStore {
  private final List<BlockSpec> blocks;
  private final BlockRange range;
  /// Of each block; null where it recurs or is not of the range.
  private final KeyValues[] keyValues;
  /// Of each sequence by block; null where the block attends or is not of the range.
  private RecurrentState[][] states = {};

  HeapKv(DecoderSpec spec, KvFormat format, BlockRange range) {
    this(spec.stack(), format, range, Eviction.NONE);
  }

  /// @param range of the stack's blocks
  HeapKv(Stack stack, KvFormat format, BlockRange range, Eviction eviction) {
    blocks = stack.blocks();
    this.range = range;
    keyValues = new KeyValues[blocks.size()];
    for (int i = range.from(); i < range.to(); i++) {
      if (blocks.get(i).mixer() instanceof Mixer.Attention attention) {
        keyValues[i] = new KeyValues(attention, format, eviction);
      }
    }
  }

  /// Of a block that attends.
  KeyValues keyValues(int block) {
    KeyValues found = keyValues[block];
    if (found == null) {
      throw new IllegalArgumentException("block " + block + " has no keys and values");
    }
    return found;
  }

  /// Of a block that recurs.
  ///
  /// @param sequence its [KvCache#number]
  RecurrentState state(int sequence, int block) {
    return states[sequence][block];
  }

  @Override
  public void reservePage(int page) {
    for (KeyValues own : keyValues) {
      if (own != null) {
        own.reserve(page);
      }
    }
  }

  @Override
  public void copyPage(int from, int to) {
    for (KeyValues own : keyValues) {
      if (own != null) {
        own.copy(from, to);
      }
    }
  }

  @Override
  public long pageBytes() {
    long bytes = 0;
    for (KeyValues own : keyValues) {
      bytes += own == null ? 0 : own.pageBytes();
    }
    return bytes;
  }

  @Override
  public void write(int page, MemorySegment to, long at) {
    long next = at;
    for (KeyValues own : keyValues) {
      if (own != null) {
        own.write(page, to, next);
        next += own.pageBytes();
      }
    }
  }

  @Override
  public void read(MemorySegment from, long at, int page) {
    long next = at;
    for (KeyValues own : keyValues) {
      if (own != null) {
        own.read(from, next, page);
        next += own.pageBytes();
      }
    }
  }

  @Override
  public void reserveStates(int sequence) {
    if (sequence >= states.length) {
      states = Arrays.copyOf(states, Math.max(sequence + 1, 2 * states.length));
    }
    if (states[sequence] == null) {
      RecurrentState[] own = new RecurrentState[blocks.size()];
      for (int i = range.from(); i < range.to(); i++) {
        switch (blocks.get(i).mixer()) {
          case Mixer.Attention _ -> {}
          case Mixer.Mamba mamba -> own[i] = MambaPart.memory(mamba);
          case Mixer.Mamba2 mamba -> own[i] = Mamba2Part.memory(mamba);
        }
      }
      states[sequence] = own;
    }
  }

  @Override
  public void commitStates(int sequence) {
    for (RecurrentState state : states[sequence]) {
      if (state != null) {
        state.commit();
      }
    }
  }

  @Override
  public void copyStates(int from, int to) {
    reserveStates(to);
    for (int i = 0; i < states[to].length; i++) {
      states[to][i] = states[from][i] == null ? null : states[from][i].copy();
    }
  }

  @Override
  public void dropStates(int sequence) {
    states[sequence] = null;
  }
}
