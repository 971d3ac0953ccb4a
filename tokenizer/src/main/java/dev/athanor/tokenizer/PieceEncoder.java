package dev.athanor.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// Turns the bytes of one piece into ids. The rule (Sennrich et al. 2016, arXiv:1508.07909): as long as any two neighbours
/// can merge, merge the pair that comes first in the list of merges, its leftmost occurrence first.
///
/// Following it step by step, neighbours form a linked list and candidates wait in a heap: O(n log n), so that no input (half a megabyte
/// of one letter) can stall a server. That is done for the first texts, and where [TokenSearch] cannot stand in for it; it is several
/// times faster and takes a moment to be prepared.
final class PieceEncoder {
  private static final int NONE = -1;

  /// Bytes after which the search is worth its preparation.
  private static final int WORTH_SEARCHING = 1 << 14;

  /// Is told of every merge in its turn: the tokens that begin at the bytes `left` and `right` became `id` by the merge of this rank.
  @FunctionalInterface
  interface Merging {
    void merged(int left, int right, int rank, int id);
  }

  private static final Merging UNTOLD = (_, _, _, _) -> {};

  /// Room to work in, for one thread.
  static final class Scratch {
    private byte[] bytes = new byte[256];
    private final TokenSearch.Scratch search = new TokenSearch.Scratch();
  }

  private final BpeModel model;
  private final int[] idOfByte;
  private final PairTable ranks;
  private final int[] merged;
  private final Map<String, Integer> whole;
  private final int longestWhole;

  /// Bytes that were merged so far; what threads lose of it by writing at once does not matter.
  private int mergedBytes;

  private volatile boolean prepared;
  private volatile @Nullable TokenSearch search;

  /// @throws IllegalArgumentException where a byte of UTF-8 has no token, or a merge's result is no token
  PieceEncoder(BpeModel model) {
    this.model = model;
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < model.tokens().length; id++) {
      if (model.tokens()[id].length > 0) {
        ids.put(latin1(model.tokens()[id]), id);
      }
    }
    idOfByte = new int[256];
    for (int b = 0; b < 256; b++) {
      Integer id = ids.get(String.valueOf((char) b));
      if (id == null && Utf8.uses(b)) {
        throw new IllegalArgumentException(String.format("the vocabulary has no token for the byte 0x%02X", b));
      }
      idOfByte[b] = id == null ? NONE : id;
    }
    int merges = model.mergeLefts().length;
    ranks = new PairTable(merges);
    merged = new int[merges];
    for (int rank = 0; rank < merges; rank++) {
      int left = model.mergeLefts()[rank];
      int right = model.mergeRights()[rank];
      Integer id = ids.get(latin1(model.tokens()[left]) + latin1(model.tokens()[right]));
      if (id == null) {
        throw new IllegalArgumentException("merge " + rank + " makes bytes that are no token of the vocabulary");
      }
      if (ranks.findOrAdd(left, right) != rank) {
        throw new IllegalArgumentException("merge " + rank + " is in the list twice");
      }
      merged[rank] = id;
    }
    model.addedTokens().stream()
        .filter(AddedToken::special)
        .forEach(t -> ids.remove(latin1(t.content().getBytes(StandardCharsets.UTF_8)), t.id()));
    whole = model.ignoreMerges() ? Map.copyOf(ids) : Map.of();
    longestWhole = whole.keySet().stream().mapToInt(String::length).max().orElse(0);
  }

  /// From now on pieces are searched, where they can be.
  ///
  /// @return whether they can
  synchronized boolean prepare() {
    if (!prepared) {
      search = TokenSearch.of(model, ranks, merged, idOfByte).orElse(null);
      prepared = true;
    }
    return search != null;
  }

  int[] encode(byte[] piece) {
    IntList ids = new IntList(piece.length);
    encode(piece, piece.length, ids, new Scratch());
    return ids.toArray();
  }

  /// Tells how a piece's bytes merge. Of a piece that is a token as a whole it tells the merges all the same: see [#whole].
  void trace(byte[] piece, Merging merging) {
    mergeByHeap(single(piece, piece.length), merging);
  }

  /// The ids of single bytes.
  int[] single(byte[] piece, int length) {
    int[] ids = new int[length];
    for (int i = 0; i < length; i++) {
      ids[i] = idOfByte[piece[i] & 0xFF];
    }
    return ids;
  }

  /// The token that a piece is as a whole, where merges are not asked for such.
  OptionalInt whole(byte[] piece) {
    Integer id = whole.isEmpty() ? null : whole.get(latin1(piece));
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /// The id that each merge makes, by rank.
  int[] results() {
    return merged.clone();
  }

  /// Encodes `text[start, end)`, whose bytes need no copy of their own.
  void encode(String text, int start, int end, IntList out, Scratch scratch) {
    int longest = (end - start) * 3;
    if (scratch.bytes.length < longest) {
      scratch.bytes = new byte[longest];
    }
    encode(scratch.bytes, Utf8.write(text, start, end, scratch.bytes), out, scratch);
  }

  private void encode(byte[] piece, int length, IntList out, Scratch scratch) {
    if (length == 0) {
      return;
    }
    if (length <= longestWhole) {
      Integer id = whole.get(new String(piece, 0, length, StandardCharsets.ISO_8859_1));
      if (id != null) {
        out.add(id);
        return;
      }
    }
    if (!prepared) {
      mergedBytes += length;
      if (mergedBytes > WORTH_SEARCHING) {
        prepare();
      }
    }
    TokenSearch known = search;
    if (known == null) {
      out.addAll(merge(piece, length));
    } else {
      known.encode(piece, length, out, scratch.search);
    }
  }

  /// The rule itself, merge by merge.
  int[] merge(byte[] piece, int length) {
    return mergeByHeap(single(piece, length), UNTOLD);
  }

  private int[] mergeByHeap(int[] ids, Merging merging) {
    int n = ids.length;
    int[] next = new int[n];
    int[] previous = new int[n];
    LongHeap candidates = new LongHeap(n);
    for (int i = 0; i < n; i++) {
      next[i] = i + 1 < n ? i + 1 : NONE;
      previous[i] = i - 1;
      offer(candidates, ids, i, next[i]);
    }
    while (!candidates.isEmpty()) {
      long candidate = candidates.poll();
      int rank = (int) (candidate >>> 32);
      int left = (int) candidate;
      int right = next[left];
      // A candidate is out of date when either side has merged since; a side that is gone has the id NONE.
      if (ids[left] == NONE || right == NONE || ranks.find(ids[left], ids[right]) != rank) {
        continue;
      }
      ids[left] = merged[rank];
      ids[right] = NONE;
      merging.merged(left, right, rank, merged[rank]);
      next[left] = next[right];
      if (next[left] != NONE) {
        previous[next[left]] = left;
      }
      offer(candidates, ids, left, next[left]);
      if (previous[left] != NONE) {
        offer(candidates, ids, previous[left], left);
      }
    }
    int kept = 0;
    for (int i = 0; i != NONE; i = next[i]) {
      ids[kept++] = ids[i];
    }
    return Arrays.copyOf(ids, kept);
  }

  private void offer(LongHeap candidates, int[] ids, int left, int right) {
    if (right != NONE) {
      int rank = ranks.find(ids[left], ids[right]);
      if (rank != NONE) {
        candidates.add(((long) rank << 32) | left);
      }
    }
  }

  /// Bytes as a string that can be a key: one char a byte.
  static String latin1(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
