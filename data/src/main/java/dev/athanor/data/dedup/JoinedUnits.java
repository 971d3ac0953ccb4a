package dev.athanor.data.dedup;

/// All members of groups but those that lead them.
final class JoinedUnits implements Duplicates {
  private final UnionFind groups;
  private final long units;
  private long unit = -1;
  private long leader;

  JoinedUnits(UnionFind groups, long units) {
    this.groups = groups;
    this.units = units;
  }

  @Override
  public boolean advance() {
    while (++unit < units) {
      leader = groups.leader(unit);
      if (leader != unit) {
        return true;
      }
    }
    return false;
  }

  @Override
  public long unit() {
    return unit;
  }

  @Override
  public long leader() {
    return leader;
  }
}
