package dev.athanor.inference;

import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Mixer;
import java.util.Arrays;

/// What a model remembers of one sequence: its tokens, keys and values of the blocks that attend, and the states of those that recur.
public final class KvCache {
  private static final int FIRST_ROOM = 64;

  private final BlockMemory[] blocks;
  private int[] ids = new int[FIRST_ROOM];
  private int length;
  private int expected;

  KvCache(DecoderSpec spec) {
    blocks = spec.stack().blocks().stream().map(block -> memory(block.mixer())).toArray(BlockMemory[]::new);
  }

  private static BlockMemory memory(Mixer mixer) {
    return switch (mixer) {
      case Mixer.Attention attention -> new KeyValues(attention);
      case Mixer.Mamba mamba -> MambaPart.memory(mamba);
      case Mixer.Mamba2 mamba -> Mamba2Part.memory(mamba);
    };
  }

  /// Positions that are filled.
  public int length() {
    return length;
  }

  /// Says how many tokens will be read before the first is written, however they are cut into slices. It matters to rotation with
  /// dynamic scaling alone, which depends on the sequence's length: a position turns as in a sequence of this length, or one that
  /// ends with it where that is longer. So the published library turns a prompt that it reads at once, then token by token.
  public void expect(int tokens) {
    expected = tokens;
  }

  /// What a dynamically scaled rotation takes for the sequence's length at a position.
  int lengthAt(int position) {
    return Math.max(expected, position + 1);
  }

  /// The tokens at the positions that are filled or about to be.
  int[] ids() {
    return ids;
  }

  void putId(int position, int id) {
    ids[position] = id;
  }

  /// Makes room for positions below `end`; they count when it has advanced.
  void reserve(int end) {
    if (end > ids.length) {
      ids = Arrays.copyOf(ids, (int) Math.max(end, Math.min(Integer.MAX_VALUE - 8, 2L * ids.length)));
    }
    for (BlockMemory block : blocks) {
      block.reserve(length, end);
    }
  }

  /// What a pass has written for the next positions counts from now on.
  void advance(int positions) {
    length += positions;
    for (BlockMemory block : blocks) {
      block.commit();
    }
  }

  KeyValues keyValues(int block) {
    return (KeyValues) blocks[block];
  }

  RecurrentState recurrent(int block) {
    return (RecurrentState) blocks[block];
  }
}
