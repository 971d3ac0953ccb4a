package dev.athanor.data.dedup;

import dev.athanor.data.flow.Workspace;
import dev.athanor.data.spill.Scratch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// Joins numbers into groups that their smallest members lead. Any number of threads may join at once: a root is hung below a
/// smaller one by one compare-and-set, paths are halved on the way, and a parent is always smaller than its child, so neither
/// cycles nor the order of joining matter: the outcome depends on what was joined alone. Anderson and Woll, "Wait-free parallel
/// algorithms for the union-find problem", STOC 1991.
///
/// What is kept for a member is its distance to its parent, so that zeros are a beginning: 4 bytes a member (8 from 2³¹ members
/// on), in memory where that is a quarter of what may be held, else in a file.
public final class UnionFind implements AutoCloseable {
  private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();
  private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

  private final Arena arena = Arena.ofShared();
  private final @Nullable Scratch scratch;
  private final MemorySegment gaps;
  private final boolean wide;

  /// In memory.
  public UnionFind(long members) {
    wide = members > Integer.MAX_VALUE;
    scratch = null;
    gaps = arena.allocate(bytes(members), Long.BYTES);
  }

  UnionFind(long members, Workspace workspace, String name) {
    wide = members > Integer.MAX_VALUE;
    if (bytes(members) <= workspace.memory() / 4) {
      scratch = null;
      gaps = arena.allocate(bytes(members), Long.BYTES);
    } else {
      var file = new Scratch(workspace.folder().resolve(name + ".groups"));
      scratch = file;
      file.writeZeros(bytes(members));
      gaps = file.map();
    }
  }

  private long bytes(long members) {
    return members * (wide ? Long.BYTES : Integer.BYTES);
  }

  /// The smallest number that this one is joined with; itself where there is none.
  public long leader(long member) {
    long at = member;
    while (true) {
      long gap = gap(at);
      if (gap == 0) {
        return at;
      }
      long further = gap(at - gap);
      if (further != 0) {
        // Past the parent, where no one else has moved it meanwhile.
        set(at, gap, gap + further);
      }
      at -= gap + further;
    }
  }

  public void join(long one, long other) {
    while (true) {
      long a = leader(one);
      long b = leader(other);
      if (a == b || set(Math.max(a, b), 0, Math.abs(a - b))) {
        return;
      }
    }
  }

  private long gap(long member) {
    return wide ? (long) LONG.getVolatile(gaps, member * Long.BYTES) : (int) INT.getVolatile(gaps, member * Integer.BYTES);
  }

  private boolean set(long member, long expected, long gap) {
    return wide
        ? LONG.compareAndSet(gaps, member * Long.BYTES, expected, gap)
        : INT.compareAndSet(gaps, member * Integer.BYTES, (int) expected, (int) gap);
  }

  @Override
  public void close() {
    arena.close();
    Scratch file = scratch;
    if (file != null) {
      file.close();
    }
  }
}
