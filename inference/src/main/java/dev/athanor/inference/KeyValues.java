package dev.athanor.inference;

import static dev.athanor.inference.PagePool.PAGE;

import dev.athanor.model.Mixer;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Keys and values of one block that attends, of all sequences, and the attention to them.
final class KeyValues {
  /// Positions whose scores are taken together; a multiple of PAGE. The cut is the same for every query, so that its result does not
  /// depend on what else is computed.
  static final int SPAN = 64;

  private static final int SPAN_PAGES = SPAN / PAGE;

  private final KvPages pages;
  private final int dim;
  private final int width;
  private final int group;
  private final int window;
  /// First positions that are seen whatever the window; a multiple of PAGE.
  private final int sinks;
  private final float scale;
  /// 0 for none.
  private final float softcap;

  KeyValues(Mixer.Attention attention, KvFormat format, Eviction eviction) {
    dim = attention.headDim();
    pages = KvPages.of(format, dim, attention.numKvHeads());
    width = pages.width;
    group = attention.numHeads() / attention.numKvHeads();
    int own = attention.window().orElse(Integer.MAX_VALUE);
    window = Math.min(own, eviction.window());
    sinks = eviction.narrows(own) ? eviction.sinkPages() * PAGE : 0;
    scale = (float) attention.scale();
    softcap = (float) attention.softcap().orElse(0);
  }

  void reserve(int page) {
    pages.reserve(page);
  }

  void copy(int from, int to) {
    pages.copy(from, to);
  }

  /// Bytes that a page takes when it is written out.
  long pageBytes() {
    return pages.pageBytes();
  }

  void write(int page, MemorySegment to, long at) {
    pages.write(page, to, at);
  }

  void read(MemorySegment from, long at, int page) {
    pages.read(from, at, page);
  }

  /// Numbers that the result of a query takes.
  int width() {
    return width;
  }

  /// Stores one position's key and value of one head.
  void put(int[] table, int head, int position, float[] kv, int keyAt, int valueAt) {
    pages.put(table[position / PAGE], head, position % PAGE, kv, keyAt, valueAt);
  }

  /// Numbers of a member's own that `attend` needs.
  int roomNumbers() {
    int span = SPAN_PAGES * (pages.keyNumbers() + pages.valueNumbers());
    return span + SPAN + group * (width + 2);
  }

  /// Attention of the queries at `position` that share a head of keys over the keys that they see, span by span with a running
  /// maximum, so that no row of scores is ever whole. Milakov and Gimelshein, https://arxiv.org/abs/1805.02867; Dao et al.,
  /// https://arxiv.org/abs/2205.14135
  ///
  /// @param table the sequence's pages
  /// @param last position that they see: `position`, or one behind it, where there are no distances
  /// @param head of the keys
  /// @param q `count` queries of heads from `firstQuery` on at qAt, `dim` numbers each
  /// @param distances added to the scores of each query head's keys
  /// @param room of roomNumbers()
  /// @return where the results begin in `room`: `width` numbers for each query, of which `dim` count
  int attend(
      int[] table, int head, int position, int last, float[] q, int qAt, int firstQuery, int count, DistanceBias distances, float[] room) {
    int scores = SPAN_PAGES * (pages.keyNumbers() + pages.valueNumbers());
    int sums = scores + SPAN;
    int out = sums + 2 * group;
    Arrays.fill(room, sums, out + group * width, 0);
    Arrays.fill(room, sums, sums + group, Float.NEGATIVE_INFINITY);
    int begin = Math.max(0, position - window + 1);
    // The first positions' spans, then those of the window; one run where they touch.
    int kept = begin <= sinks ? 0 : sinks;
    begin = begin <= sinks ? 0 : begin;
    int spans = (kept + SPAN - 1) / SPAN;
    int windowSpan = begin / SPAN;
    for (int span = 0; span < spans + last / SPAN - windowSpan + 1; span++) {
      boolean sink = span < spans;
      int first = (sink ? span : windowSpan + span - spans) * SPAN;
      int from = sink ? 0 : Math.max(0, begin - first);
      int n = Math.min(SPAN, (sink ? kept : last + 1) - first);
      for (int g = 0; g < count; g++) {
        int own = out + g * width;
        score(table, head, first, from, n, q, qAt + g * dim, room, scores, g == 0);
        if (softcap > 0) {
          Kernels.softcap(room, scores, n, softcap);
        }
        float[] byDistance = distances.of(firstQuery + g);
        for (int j = from; j < n && byDistance.length > 0; j++) {
          room[scores + j] += byDistance[Math.min(byDistance.length - 1, position - first - j)];
        }
        float max = Math.max(room[sums + g], Kernels.max(room, scores + from, n - from));
        float keep = (float) Math.exp(room[sums + g] - max);
        Kernels.expMinus(room, scores, n, max);
        Arrays.fill(room, scores, scores + from, 0);
        float sum = room[sums + group + g] * keep;
        for (int j = from; j < n; j++) {
          sum += room[scores + j];
        }
        room[sums + g] = max;
        room[sums + group + g] = sum;
        Kernels.scale(room, own, keep, width);
        weigh(table, head, first, from, n, room, scores, own);
      }
    }
    for (int g = 0; g < count; g++) {
      Kernels.scale(room, out + g * width, 1 / room[sums + group + g], width);
    }
    return out;
  }

  /// The scores of a span's positions; those of pages before `from` are left as they are.
  ///
  /// @param widen whether pages must be widened first
  private void score(
      int[] table, int head, int first, int from, int n, float[] q, int qAt, float[] room, int scores, boolean widen) {
    int perPage = pages.keyNumbers() + pages.valueNumbers();
    for (int place = from / PAGE; place * PAGE < n; place++) {
      int page = table[first / PAGE + place];
      int to = place * perPage;
      float[] keys = widen ? pages.read(page, head, room, to) : pages.readAgain(page, room);
      Kernels.scores(q, qAt, keys, pages.readAt(page, head, to), dim, scale, room, scores + place * PAGE);
    }
  }

  private void weigh(int[] table, int head, int first, int from, int n, float[] room, int scores, int out) {
    int perPage = pages.keyNumbers() + pages.valueNumbers();
    for (int place = from / PAGE; place * PAGE < n; place++) {
      int page = table[first / PAGE + place];
      float[] values = pages.readAgain(page, room);
      int at = pages.readAt(page, head, place * perPage) + pages.keyNumbers();
      Kernels.weigh(room, scores + place * PAGE, Math.min(PAGE, n - place * PAGE), values, at, width, room, out);
    }
  }
}
