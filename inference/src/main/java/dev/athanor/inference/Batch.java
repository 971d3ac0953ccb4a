package dev.athanor.inference;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The tokens of one pass, a row each: those of the first slice, then those of the second, and so on.
public final class Batch {
  /// The rows of one sequence.
  ///
  /// @param first its first row
  /// @param provisional whether the sequence does not grow by them yet
  public record Segment(KvCache cache, int first, int count, boolean provisional) {
    /// Positions before them.
    public int start() {
      return cache.length();
    }

    /// The page of each PAGE positions of the sequence, these rows' among them; those that no block sees any more are negative.
    public int[] table() {
      return cache.table();
    }

    /// The tokens at all positions up to these rows' last; what follows means nothing.
    public int[] ids() {
      return cache.ids();
    }

    /// What the [KvStore] knows the sequence's states by.
    public int number() {
      return cache.number();
    }

    /// What a dynamically scaled rotation takes for the sequence's length at a position.
    public int lengthAt(int position) {
      return cache.lengthAt(position);
    }
  }

  private static final int[] NO_TYPES = {};

  private final List<Segment> segments = new ArrayList<>();
  private final int[] segmentOf;
  private final int[] positions;
  private final int[] ids;
  private final int[] wantedRows;
  private final Set<LoadedAdapter> distinctAdapters = Collections.newSetFromMap(new IdentityHashMap<>());
  /// Of each row.
  private final @Nullable LoadedAdapter[] adapters;
  /// Of each row; empty where all are 0.
  private final int[] types;

  /// Makes room in the caches and notes the tokens there; they count when the caches advance.
  Batch(List<Slice> slices) {
    this(slices, NO_TYPES);
  }

  /// @param types of the tokens of all slices; empty where all are 0
  Batch(List<Slice> slices, int[] types) {
    this.types = types;
    int tokens = 0;
    int wanted = 0;
    for (Slice slice : slices) {
      tokens = Math.addExact(tokens, slice.length());
      wanted += slice.wanted();
    }
    segmentOf = new int[tokens];
    positions = new int[tokens];
    ids = new int[tokens];
    wantedRows = new int[wanted];
    adapters = new LoadedAdapter[tokens];
    int row = 0;
    int nextWanted = 0;
    for (Slice slice : slices) {
      KvCache cache = slice.cache();
      cache.reserve(cache.length() + slice.length());
      segments.add(new Segment(cache, row, slice.length(), slice.provisional()));
      LoadedAdapter adapter = cache.adapter();
      if (adapter != null) {
        distinctAdapters.add(adapter);
      }
      for (int i = 0; i < slice.length(); i++, row++) {
        adapters[row] = adapter;
        segmentOf[row] = segments.size() - 1;
        positions[row] = cache.length() + i;
        ids[row] = slice.ids()[slice.from() + i];
        cache.putId(positions[row], ids[row]);
        if (i >= slice.length() - slice.wanted()) {
          wantedRows[nextWanted++] = row;
        }
      }
    }
  }

  /// Rows.
  public int tokens() {
    return ids.length;
  }

  /// Those of its sequences, each once.
  Set<LoadedAdapter> distinctAdapters() {
    return distinctAdapters;
  }

  /// The adapter of each row.
  @Nullable LoadedAdapter[] adapters() {
    return adapters;
  }

  /// Whether it has one row only.
  boolean alone() {
    return ids.length == 1;
  }

  /// In the order of their rows.
  public List<Segment> segments() {
    return segments;
  }

  /// The rows of the sequence that a row belongs to.
  Segment segment(int row) {
    return segments.get(segmentOf[row]);
  }

  KvCache cache(int row) {
    return segment(row).cache();
  }

  /// Within the sequence.
  public int position(int row) {
    return positions[row];
  }

  /// The token.
  public int id(int row) {
    return ids[row];
  }

  /// The last position of the row's segment.
  int last(int row) {
    Segment own = segment(row);
    return own.start() + own.count() - 1;
  }

  /// Of the token, as BERT tells the two texts of a pair apart.
  int type(int row) {
    return types.length == 0 ? 0 : types[row];
  }

  /// How many rows' logits are wanted.
  public int wanted() {
    return wantedRows.length;
  }

  /// The row whose logits are wanted as number `index`.
  public int wantedRow(int index) {
    return wantedRows[index];
  }

  /// What was fed becomes part of the sequences.
  void commit() {
    for (Segment segment : segments) {
      if (!segment.provisional()) {
        segment.cache().advance(segment.count());
      }
    }
  }
}
