package dev.athanor.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Merges the bytes of one piece into ids. The rule (Sennrich et al. 2016, arXiv:1508.07909): as long as any two neighbours
/// can merge, merge the pair that comes first in the list of merges, its leftmost occurrence first.
///
/// Short pieces look for that pair by going over all neighbours again, which is the rule itself; from
/// [#HEAP_FROM] bytes on neighbours form a linked list and candidates wait in a heap, in O(n log n), so that no input
/// (half a megabyte of one letter) can stall a server.
final class PieceEncoder {
  static final int HEAP_FROM = 40;
  private static final int NONE = -1;

  private final int[] idOfByte;
  private final PairTable ranks;
  private final int[] merged;
  private final Map<String, Integer> whole;

  /// @throws IllegalArgumentException where a byte of UTF-8 has no token, or a merge's result is no token
  PieceEncoder(BpeModel model) {
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
  }

  int[] encode(byte[] piece) {
    if (!whole.isEmpty()) {
      Integer id = whole.get(latin1(piece));
      if (id != null) {
        return new int[] {id};
      }
    }
    int[] ids = new int[piece.length];
    for (int i = 0; i < piece.length; i++) {
      ids[i] = idOfByte[piece[i] & 0xFF];
    }
    return ids.length < HEAP_FROM ? mergeByScan(ids) : mergeByHeap(ids);
  }

  private int[] mergeByScan(int[] ids) {
    int[] pairRanks = new int[ids.length];
    for (int i = 0; i + 1 < ids.length; i++) {
      pairRanks[i] = ranks.find(ids[i], ids[i + 1]);
    }
    int n = ids.length;
    while (true) {
      int best = NONE;
      for (int i = 0; i + 1 < n; i++) {
        if (pairRanks[i] != NONE && (best == NONE || pairRanks[i] < pairRanks[best])) {
          best = i;
        }
      }
      if (best == NONE) {
        return Arrays.copyOf(ids, n);
      }
      ids[best] = merged[pairRanks[best]];
      System.arraycopy(ids, best + 2, ids, best + 1, n - best - 2);
      System.arraycopy(pairRanks, best + 2, pairRanks, best + 1, n - best - 2);
      n--;
      if (best + 1 < n) {
        pairRanks[best] = ranks.find(ids[best], ids[best + 1]);
      }
      if (best > 0) {
        pairRanks[best - 1] = ranks.find(ids[best - 1], ids[best]);
      }
    }
  }

  private int[] mergeByHeap(int[] ids) {
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
