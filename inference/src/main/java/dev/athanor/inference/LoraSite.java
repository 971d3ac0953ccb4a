package dev.athanor.inference;

import static dev.athanor.inference.Lanes.PANEL;
import static dev.athanor.inference.Lanes.TILE;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A product of a decoder that adapters may add to: `y += scale · B (A x)` for the rows whose sequence has one. Rows of several
/// adapters and of none go through it together, as S-LoRA has it (Sheng et al., https://arxiv.org/abs/2311.03285): first every row's
/// A x, then every row's B.
///
/// A row's numbers are chains of their own, `fma` in the order of columns, then of ranks, whatever else is in the batch; a row without
/// an adapter is not touched.
final class LoraSite {
  /// Where rows of a weight lie in the product's outputs.
  ///
  /// @param from the first of `rows` rows of the weight
  /// @param at the output that it makes
  record Part(String weight, int from, int rows, int at) {}

  private final LoraSites all;
  private final int index;
  private final int in;
  private final int panels;
  private final List<Part> parts;

  LoraSite(LoraSites all, int index, PackedMatrix matrix, List<Part> parts) {
    this.all = all;
    this.index = index;
    this.in = matrix.cols();
    this.panels = matrix.paddedRows() / PANEL;
    this.parts = List.copyOf(parts);
  }

  int index() {
    return index;
  }

  /// Numbers of a row that it reads.
  int in() {
    return in;
  }

  /// Panels of its outputs.
  int panels() {
    return panels;
  }

  List<Part> parts() {
    return parts;
  }

  /// Adds to the outputs of all rows of a pass, after this member's share of the product; others may still be at theirs. To be
  /// followed by a meeting, as the product is.
  void add(Share share, Activations x, Buffer y, int stride) {
    if (touches(share.batch())) {
      add(share, share.batch().adapters(), share.batch().tokens(), x, y.data(), stride);
    }
  }

  /// The same for the first `count` rows.
  ///
  /// @param adapters of each row
  void add(Share share, @Nullable LoadedAdapter[] adapters, int count, Activations x, float[] y, int stride) {
    reduce(share, adapters, 0, count, x);
    share.barrier();
    expand(share, adapters, 0, count, y, stride);
  }

  /// Whether an adapter of a pass adds something here.
  boolean touches(Batch batch) {
    for (LoadedAdapter adapter : batch.distinctAdapters()) {
      if (adapter.term(index) != null) {
        return true;
      }
    }
    return false;
  }

  /// A member's share of `A x`.
  ///
  /// @param first the first of `count` rows, which begins a tile
  void reduce(Share share, @Nullable LoadedAdapter[] adapters, int first, int count, Activations x) {
    boolean alone = count == 1;
    float[] reduced = all.reduced();
    float[] room = share.room().scratch(PANEL * TILE);
    int unit = 0;
    for (int tile = first; tile < first + count; tile += TILE) {
      int end = Math.min(tile + TILE, first + count);
      LoraTerm whole = whole(adapters, tile, end);
      if (whole != null) {
        for (int panel = 0; panel < whole.panels(); panel++) {
          if (unit++ % share.threads() == share.thread()) {
            whole.reduceTile(panel, x.data(), x.begin(tile, false), reduced, all.place(tile), room);
          }
        }
      } else {
        for (int row = tile; row < end; row++) {
          LoraTerm term = term(adapters[row]);
          for (int panel = 0; term != null && panel < term.panels(); panel++) {
            if (unit++ % share.threads() == share.thread()) {
              term.reduceRow(panel, x.data(), x.begin(row, alone), Activations.step(alone), reduced, all.place(row), room);
            }
          }
        }
      }
    }
  }

  /// A member's share of `y += B …` of what was reduced.
  void expand(Share share, @Nullable LoadedAdapter[] adapters, int first, int count, float[] y, int stride) {
    float[] reduced = all.reduced();
    int to = share.to(panels);
    for (int panel = share.from(panels); panel < to; panel++) {
      for (int tile = first; tile < first + count; tile += TILE) {
        int end = Math.min(tile + TILE, first + count);
        LoraTerm whole = whole(adapters, tile, end);
        if (whole != null) {
          whole.expandTile(panel, reduced, all.place(tile), y, tile * stride + panel * PANEL, stride);
        } else {
          for (int row = tile; row < end; row++) {
            LoraTerm term = term(adapters[row]);
            if (term != null) {
              term.expandRow(panel, reduced, all.place(row), y, row * stride + panel * PANEL);
            }
          }
        }
      }
    }
  }

  private @Nullable LoraTerm term(@Nullable LoadedAdapter adapter) {
    return adapter == null ? null : adapter.term(index);
  }

  /// What all of several rows have in common; null where they differ, and for a row that is alone.
  private @Nullable LoraTerm whole(@Nullable LoadedAdapter[] adapters, int from, int to) {
    if (to - from == 1) {
      return null;
    }
    for (int row = from + 1; row < to; row++) {
      if (adapters[row] != adapters[from]) {
        return null;
      }
    }
    return term(adapters[from]);
  }
}
